"""Rules on the archive's members: which names are refused, and which are ELF files."""

from __future__ import annotations

from importlib import import_module

from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.file import MAGIC
from manylinux_reference.reading.inflate import first_bytes, read_through
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules import decides

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from manylinux_reference.reading.archive import Archive, Member
    from manylinux_reference.reading.budget import Budget

LONGEST_NAME = 255  # bytes of a file's or folder's name: NAME_MAX of Linux
LONGEST_PATH = 3072  # bytes: a quarter of PATH_MAX is left to the target folder
# PyPA, Binary distribution format, The .data directory
SCHEMES = ("purelib", "platlib", "headers", "scripts", "data")
SCRIPTS, PROGRAMS = "scripts", "data/bin"  # the first go where the second is
DATA, SITE_DEPTH = "data", 2  # in which lib/python3.11/site-packages is that folder
ROOTS = ("purelib", "platlib")  # whose content goes where that of the wheel's root goes


UNASSIGNED, CONTROLS = "Cn", frozenset(("Cc", "Cf", "Co", "Cs"))  # kinds of letters


def refuse_unsafe_names(archive: Archive) -> None:
    """Raise UnusableError if installers refuse a name, or disagree on its place."""
    for member in archive.entries:
        reason = unsafe(member.name)
        if reason:
            raise UnusableError(reason, member.name)
    names = (member.name for member in archive.entries)
    refuse_collisions(names, archive.budget)


def _too_long(name: str) -> bool:
    if len(name) < LONGEST_NAME // 4:  # a letter has four bytes at most
        return not name
    raw = name.encode()
    return len(raw) > LONGEST_PATH or max(map(len, raw.split(b"/"))) > LONGEST_NAME


def _has_foreign_letter(name: str) -> bool:
    return "\\" in name or "\0" in name


def _is_absolute(name: str) -> bool:
    return name[0] == "/"


def _leaves(name: str) -> bool:
    return ".." in name and ".." in name.split("/")


def _has_empty_part(name: str) -> bool:
    return "//" in name or ("." in name and "." in name.split("/"))


def _has_control(name: str) -> bool:
    if name.isprintable():
        return False
    category = import_module("unicodedata").category
    kinds = {category(letter) for letter in name}
    if UNASSIGNED in kinds and not kinds & CONTROLS:  # perhaps in a later Unicode
        raise NotJudgedError("has letters in its name that this Python does not know")
    return not kinds.isdisjoint((*CONTROLS, UNASSIGNED))


UNSAFE = (
    ("the name is empty or too long", _too_long),
    ("the name has a backslash or a null byte", _has_foreign_letter),
    ("the name is absolute", _is_absolute),
    ("the name leaves the target folder", _leaves),
    ("the name is not in its simplest form", _has_empty_part),
    ("the name has control characters", _has_control),  # uv refuses these
)


@decides("auditor.input.hostile")
def unsafe(name: str) -> str | None:
    """Return why an installer cannot place a member of this name, or None.

    APPNOTE 4.4.17.1: relative paths with slashes.
    """
    for reason, is_so in UNSAFE:
        if is_so(name):
            return reason
    return None


@decides("auditor.input.hostile")
def refuse_collisions(names: Iterable[str], budget: Budget) -> None:
    """Raise UnusableError if two names are installed at one place.

    One is a file and the other a folder, or one of the two lies in the .data folder.
    Raises NotJudgedError if their folders are beyond the budget.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        path = installed_path(name)
        if path in files:
            raise UnusableError("is installed where another member is", name)
        if path[-1:] == "/":
            path = path[:-1]
            folders.add(path)
        else:
            files.add(path)
        while (path := path.rpartition("/")[0]) and path not in folders:
            budget.characters.spend(len(path))
            folders.add(path)
    for name in files & folders:
        raise UnusableError("is a file and a folder", name)


def installed_path(name: str) -> str:
    """Return where a member is installed, below the root or a scheme of its own.

    Raises UnusableError if it lies in a .data folder, and not in one of its schemes;
    or in a folder of scripts, which uv refuses.
    """
    root, slash, rest = name.partition("/")
    if not root.endswith(".data") or name == f"{root}/":
        return name
    scheme, slash, path = rest.partition("/")
    if scheme not in SCHEMES or not slash:
        raise UnusableError("lies in no folder that an installer knows", name)
    if scheme == SCRIPTS:
        if "/" in path:
            raise UnusableError("lies in a folder of the scripts", name)
        return f"{root}/{PROGRAMS}/{path}" if path else name
    folder, _, below = path.partition("-packages/")
    if scheme == DATA and folder.startswith("lib") and folder.count("/") == SITE_DEPTH:
        return below or name  # an interpreter's own folder, where it is lib/python3.11
    return path if scheme in ROOTS and path else name


@decides("auditor.members.every", "wheel.contents.any-name")
def elf_members(archive: Archive, *, thoroughly: bool = True) -> Iterator[Member]:
    """Yield the members that are ELF files, wherever they lie and whatever their name.

    The loader looks at the content alone (gABI, ELF Identification).  ``thoroughly``:
    the others are read as well, as an installer does, and refused if they are damaged.
    """
    for member in archive.chosen:
        if first_bytes(archive, member, len(MAGIC)) == MAGIC:
            yield member
        elif thoroughly:
            read_through(archive, member)
