"""What is read of a wheel: its file name, WHEEL, RECORD, members and ELF files."""

from __future__ import annotations

from importlib import import_module

from manylinux_reference.reading.budget import Budget
from manylinux_reference.reading.inflate import content
from manylinux_reference.reading.record import read_record
from manylinux_reference.reading.unusable import UnusableError, printable
from manylinux_reference.reading.wheel.filename import (
    WheelName,
    normalized,
    read_filename,
)
from manylinux_reference.reading.wheel.plain_requirement import (
    are_plain_specifiers,
    is_plain_requirement,
)
from manylinux_reference.reading.wheel.version import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.archive import Archive, Member
    from manylinux_reference.reading.elf.file import Elf

DIST_INFO, DATA = ".dist-info", ".data"
FIELDS = (
    *("wheel-version", "root-is-purelib", "tag", "name", "version"),
    *("requires-dist", "requires-python"),
)
UNKNOWN = "UNKNOWN"  # what distutils wrote for nothing, and uv takes for that
WHOLE, REQUIRED = ("name", "version"), "requires-dist"  # which pip reads as they stand
VERSION = "Wheel-Version"
WHEEL_VERSION = "1"  # PyPA, Binary distribution format: installers refuse another
NO_FIELD = ("From ", " ", "\t")
CONTINUED = "\r "  # in the place of a line's end; what is read has no such character
LARGEST_NUMBER = 2**64 - 2  # of a version; a build tag may have one more
MEGABYTE = 1024 * 1024
ENTRY_POINTS = "entry_points.txt"
PROGRAMS = ".data/data/bin/"  # the folder of scripts
LARGEST = {
    "WHEEL": MEGABYTE,
    "METADATA": 16 * MEGABYTE,
    "RECORD": 32 * MEGABYTE,
    ENTRY_POINTS: MEGABYTE,
}
# What installers write or read there (PyPA, Recording installed projects), uv's too.
FILES = frozenset((
    ENTRY_POINTS, "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json",
    "uv_cache.json",
))  # fmt: skip


class Wheel:
    """The facts about one wheel; so far, those of its file name.

    ``record`` maps each path of RECORD to its hash, which may be empty; ``changed`` are
    the members with another hash than that, ``resized`` those with another size than
    that of their row, ``doubtful`` the paths with two.  ``metadata`` holds the fields
    of WHEEL by their names in lower case.

    Raises UnusableError if the file name is not that of a wheel.
    """

    __slots__ = (
        "abis", "budget", "changed", "contained", "distribution", "doubtful", "elves",
        "members", "metadata", "platforms", "pythons", "record", "resized", "version",
    )  # fmt: skip

    def __init__(self, filename: str) -> None:
        name = read_filename(filename)
        _check_name(name)
        self.budget = Budget()  # for everything that is read of it and found in it
        self.distribution = name.distribution
        self.version = name.version
        self.pythons = name.python.split(".")
        self.abis = name.abi.split(".")
        self.platforms = name.platform.split(".")
        self.members: list[str] = []
        self.metadata: dict[str, list[str]] = {}
        self.record: dict[str, str] = {}
        self.changed: list[str] = []
        self.resized: list[str] = []
        self.doubtful: list[str] = []
        self.elves: list[Elf] = []
        self.contained: set[str] = set()  # file names and SONAMEs of the ELF files

    def add(self, elf: Elf) -> None:
        """Add an ELF file that the wheel contains."""
        self.elves.append(elf)
        self.contained.add(elf.base_name)
        if elf.soname:
            self.contained.add(elf.soname)


def _check_name(name: WheelName) -> None:
    """Refuse a name that uv does not read: other letters in tags, too large numbers."""
    epoch, release, pre, post, development, _ = name.version
    number, rest = name.build or (0, "")
    for part in (name.python, name.abi, name.platform, f"{number}{rest}"):
        letters = part.replace(".", "").replace("_", "")
        if not (letters.isascii() and letters.isalnum()) and letters:
            raise UnusableError(f"the name has other letters in {printable(part)}")
    if max(epoch, *release, *pre, post, *development, number - 1) > LARGEST_NUMBER:
        raise UnusableError("the name has a number of more than 64 bits")


def read_dist_info(archive: Archive, wheel: Wheel) -> None:
    """Read the names of the members, WHEEL, METADATA and RECORD.

    Raises UnusableError if an installer refuses the wheel for one of them,
    NotJudgedError if it is beyond the budget.
    """
    wheel.members = [member.name for member in archive.members]
    folder = _dist_info(archive, wheel)
    found = {
        member.name[len(folder) + 1 :]: member
        for member in archive.entries
        if member.name.startswith(folder)
    }
    text = _text(archive, found, "WHEEL")
    first = text.partition("\n")[0]
    if (
        first.strip() and ":" not in first and not first.startswith(NO_FIELD)
    ):  # to pip and uv, such a line ends the fields
        raise UnusableError("WHEEL does not begin with a field")
    wheel.metadata = _fields(text, wheel.budget)
    # uv looks for this field in these very letters, and wants both numbers.
    versions = wheel.metadata.get("wheel-version", [""]) if VERSION in text else [""]
    major, *minor = versions[0].split(".")
    if major != WHEEL_VERSION or not minor or not all(map(_is_number, minor)):
        said = versions[0] or "missing"
        raise UnusableError(f"Wheel-Version is {printable(said)}, not such as 1.0")
    metadata = _fields(_text(archive, found, "METADATA"), wheel.budget)
    _check_metadata(metadata, wheel)
    _check_files(archive, found)
    text = _text(archive, found, "RECORD")
    rows = read_record(text, wheel.budget)
    wheel.record, wheel.doubtful = rows.hashes, rows.doubtful
    wheel.resized = [
        member.name
        for member in archive.entries
        if rows.sizes.get(member.name, member.size) != member.size
    ]


def compare_hashes(archive: Archive, wheel: Wheel) -> None:
    """Have the content of each member compared with its row of RECORD, once read."""
    for member in archive.entries:
        member.row = wheel.record.get(member.name, "")


def _check_files(archive: Archive, found: dict[str, Member]) -> None:
    """Refuse a .dist-info folder that an installer cannot complete."""
    for name, member in found.items():
        first, slash, _ = name.partition("/")
        if slash and first in FILES:
            raise UnusableError(f"has a folder where {first} is a file", member.name)
    if ENTRY_POINTS in found:
        check = import_module("manylinux_reference.reading.wheel.entry_points")
        text = _text(archive, found, ENTRY_POINTS)
        scripts = check.check_entry_points(text, archive.budget)
        for member in archive.members:  # which pip overwrites, and uv overwrites with
            if member.name.partition(PROGRAMS)[2] in scripts:
                raise UnusableError("is installed where a script is", member.name)


def _is_number(text: str) -> bool:
    """Return whether this is a number to pip."""
    try:
        int(text)
    except ValueError:
        return False
    return True


def _dist_info(archive: Archive, wheel: Wheel) -> str:
    """Return the name of the one .dist-info folder, that of the wheel's project."""
    roots = {member.name.partition("/")[0] for member in archive.entries}
    folders = [root for root in roots if root.endswith(DIST_INFO)]
    if len(folders) != 1:
        raise UnusableError(f"not a wheel: {len(folders) or 'no'} {DIST_INFO} folders")
    stem = folders[0].removesuffix(DIST_INFO)
    name, _, version = stem.partition("-")
    if not (_same_name(name, wheel) and version_key(version) == wheel.version):
        raise UnusableError("is not named after the wheel", folders[0])
    for root in roots:  # pip unpacks any of these as the .data folder, uv the wheel's
        if root.endswith(DATA) and root != stem + DATA:
            raise UnusableError("is another .data folder than the wheel's", root)
    return folders[0]


def _check_metadata(fields: dict[str, list[str]], wheel: Wheel) -> None:
    """Refuse a wheel whose METADATA is that of another project or release.

    Or whose requirements pip or uv does not read.
    """
    name, version = (fields.get(key, [""])[0] for key in ("name", "version"))
    if not _same_name(name, wheel) or name == UNKNOWN:
        raise UnusableError("METADATA names another project than the wheel")
    if version_key(version) != wheel.version:
        raise UnusableError("METADATA names another version than the wheel")
    _check_requirements(fields, wheel.budget)


def _check_requirements(fields: dict[str, list[str]], budget: Budget) -> None:
    """Refuse requirements that uv does not read; most need no grammar for that."""
    python = fields.get("requires-python", [""])[0]
    texts = fields.get(REQUIRED, [])
    is_plain = python in ("", UNKNOWN) or are_plain_specifiers(python)
    texts = [text for text in texts if not is_plain_requirement(text)]
    if is_plain and not texts:
        return
    check = import_module("manylinux_reference.reading.wheel.requirement")
    for text in (python, *texts):
        budget.search(text)
    if not is_plain:
        check.check_python(python)
    for text in texts:
        check.check_requirement(text)


def _same_name(name: str, wheel: Wheel) -> bool:
    ends = name[:1] + name[-1:]  # uv refuses what is no name of a project
    same = normalized(name) == normalized(wheel.distribution)
    return same and ends.isascii() and ends.isalnum()


def _fields(text: str, budget: Budget) -> dict[str, list[str]]:
    """Return the header's fields that matter here, by their names in lower case.

    RFC 5322, 2.2: a line that begins with white space continues the one before; one
    that begins with no name of a field is the first of the body.  The envelope's lines
    of a mailbox, and what continues nothing, are no fields (``email.feedparser``).
    Raises UnusableError if name or version goes on: pip reads the end of the line, too.
    """
    fields: dict[str, list[str]] = {}
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head, _, _ = f"\n{text}".partition("\n\n")
    budget.entries.spend(head.count("\n"))
    head = head[1:].replace("\n ", CONTINUED).replace("\n\t", CONTINUED)
    for line in head.split("\n"):
        if line.startswith(NO_FIELD):
            continue
        key, colon, value = line.partition(":")
        if not (colon and key.isascii() and key.isprintable()) or " " in key:
            break
        name = key.lower()
        if name in WHOLE and CONTINUED in value:
            raise UnusableError(f"{key} stands on more than one line of METADATA")
        if name in FIELDS:
            if name != REQUIRED:
                value = value.replace("\r", "")
            is_whole = name == "name"  # whose end no installer strips
            value = value.lstrip(" \t") if is_whole else value.strip()
            fields.setdefault(name, []).append(value)
    return fields


def _text(archive: Archive, found: dict[str, Member], name: str) -> str:
    member = found.get(name)
    if member is None:
        raise UnusableError(f"not a wheel: no {DIST_INFO}/{name}")
    raw = content(archive, member, LARGEST[name])
    archive.budget.characters.spend(len(raw))
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise UnusableError("is not UTF-8", member.name) from error
