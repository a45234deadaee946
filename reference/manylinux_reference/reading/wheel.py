"""What is read of a wheel: its filename, WHEEL, RECORD, members and ELF files."""

from __future__ import annotations

from manylinux_reference.reading.budget import Budget
from manylinux_reference.reading.filename import read_filename
from manylinux_reference.reading.inflate import content
from manylinux_reference.reading.record import read_record
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.archive import Archive, Member
    from manylinux_reference.reading.elf import Elf

LARGEST_METADATA = 1024 * 1024
LARGEST_RECORD = 64 * 1024 * 1024


class Wheel:
    """The facts about one wheel; so far, those of its filename.

    ``record`` maps each path of RECORD to whether it has a hash.  ``metadata`` holds
    the fields of WHEEL in lower case.

    Raises UnusableError if the filename is not that of a wheel.
    """

    __slots__ = (
        "abis", "budget", "contained", "distribution", "elves", "members", "metadata",
        "platforms", "pythons", "record",
    )  # fmt: skip

    def __init__(self, filename: str) -> None:
        name = read_filename(filename)
        self.budget = Budget()  # for everything that is read of it and found in it
        self.distribution = name.distribution
        self.pythons = name.python.split(".")
        self.abis = name.abi.split(".")
        self.platforms = name.platform.split(".")
        self.members: list[str] = []
        self.metadata: dict[str, list[str]] = {}
        self.record: dict[str, bool] = {}
        self.elves: list[Elf] = []
        self.contained: set[str] = set()  # file names and SONAMEs of the ELF files

    def add(self, elf: Elf) -> None:
        """Add an ELF file that the wheel contains."""
        self.elves.append(elf)
        self.contained.add(elf.base_name)
        if elf.soname:
            self.contained.add(elf.soname)


def read_dist_info(archive: Archive, wheel: Wheel) -> None:
    """Read the names of the members, WHEEL and RECORD.

    Raises UnusableError if WHEEL is missing, or one of the two cannot be read.
    """
    wheel.members = [member.name for member in archive.members]
    found = {
        member.name.rpartition("/")[2]: member
        for member in archive.members
        if member.name.count("/") == 1
        and member.name.endswith((".dist-info/WHEEL", ".dist-info/RECORD"))
    }
    if "WHEEL" not in found:
        raise UnusableError("not a wheel: no .dist-info/WHEEL")
    for line in _text(archive, found["WHEEL"], LARGEST_METADATA).splitlines():
        key, colon, value = line.partition(":")
        if colon:
            wheel.metadata.setdefault(key.strip().lower(), []).append(value.strip())
    if "RECORD" in found:
        wheel.record = read_record(_text(archive, found["RECORD"], LARGEST_RECORD))


def _text(archive: Archive, member: Member, limit: int) -> str:
    try:
        return content(archive, member, limit).decode()
    except UnicodeDecodeError as error:
        raise UnusableError("is not UTF-8", member.name) from error
