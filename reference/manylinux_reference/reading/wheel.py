"""Reads a wheel: filename, WHEEL, RECORD and every ELF file, straight from the zip."""

from __future__ import annotations

from manylinux_reference.mutants.rule import rule
from manylinux_reference.reading.archive import Archive, Member
from manylinux_reference.reading.elf import MAGIC, Elf
from manylinux_reference.reading.elf_reader import read_elf
from manylinux_reference.reading.inflate import chunks, content, first_bytes
from manylinux_reference.reading.record import read_record
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules import tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.reading.elf_symbols import Question

LARGEST_METADATA = 1024 * 1024
LARGEST_RECORD = 64 * 1024 * 1024
LARGEST_ELVES = 64 * 1024**3  # bytes in all ELF files together


class Wheel:
    """What the rules look at.

    ``tags`` are the filename's, expanded.  ``record`` maps each path of RECORD to
    whether it has a hash.  ``metadata`` holds the fields of WHEEL in lower case.
    """

    __slots__ = (
        "abis", "contained", "distribution", "elves", "members", "metadata",
        "platforms", "pythons", "record", "tags",
    )  # fmt: skip

    def __init__(self, filename: str) -> None:
        parts = filename.removesuffix(".whl").split("-")
        if not filename.endswith(".whl") or len(parts) not in (5, 6) or not all(parts):
            raise UnusableError("the name is not that of a wheel")
        self.distribution = parts[0]
        self.pythons, self.abis, self.platforms = (
            part.split(".") for part in parts[-3:]
        )
        try:
            self.tags = tags.expand("-".join(parts[-3:]))
        except tags.InvalidTagSetError as error:
            raise UnusableError(f"the tags of its name: {error}") from error
        self.members: list[str] = []
        self.metadata: dict[str, list[str]] = {}
        self.record: dict[str, bool] = {}
        self.elves: list[Elf] = []
        self.contained: set[str] = set()  # file names and SONAMEs of the ELF files


def read_wheel(path: str, question: Callable[[Wheel], Question]) -> Wheel:
    """Read a wheel; ``question`` says which symbols matter in which ELF file.

    Raises UnusableError if the file is no wheel, damaged or out of bounds.
    """
    wheel = Wheel(path.rpartition("/")[2])
    archive = Archive(path)
    try:
        wheel.members = [member.name for member in archive.members]
        _read_dist_info(archive, wheel)
        wheel.elves = list(_elves(archive, question(wheel)))
    finally:
        archive.close()
    for elf in wheel.elves:
        wheel.contained.update((elf.base_name, elf.soname))
    wheel.contained.discard("")
    return wheel


def _read_dist_info(archive: Archive, wheel: Wheel) -> None:
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


def _elves(archive: Archive, question: Question) -> Iterator[Elf]:
    room = LARGEST_ELVES
    for member in archive.members:
        if not is_inspected(member.name):
            continue
        if member.size < len(MAGIC) or not counts_by_name(member.name):
            continue
        if first_bytes(archive, member, len(MAGIC)) != MAGIC:
            continue
        room -= member.size
        if room < 0:
            raise UnusableError(f"more than {LARGEST_ELVES} bytes of ELF files")
        yield _elf(archive, member, question)


def _elf(archive: Archive, member: Member, question: Question) -> Elf:
    return read_elf(lambda: chunks(archive, member), member.name, member.size, question)


@rule("auditor.members.every", off=lambda name: ".data/" not in name)
def is_inspected(_name: str) -> bool:
    """Return True: every member is looked at, wherever it lies."""
    return True


@rule("wheel.contents.any-name", off=lambda name: not name.endswith(".py"))
def counts_by_name(_name: str) -> bool:
    """Return True: what a file is, its content says."""
    return True
