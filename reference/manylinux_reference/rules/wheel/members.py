"""Rules on the archive's members: which names are refused, and which are ELF files."""

from __future__ import annotations

from manylinux_reference.reading.elf import MAGIC
from manylinux_reference.reading.inflate import first_bytes
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules import decides

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.archive import Archive, Member

LONGEST_NAME = 4096  # PATH_MAX on Linux


def refuse_unsafe_names(archive: Archive) -> None:
    """Raise UnusableError if an installer could place a member elsewhere."""
    for name in archive.names:
        reason = unsafe(name)
        if reason:
            raise UnusableError(reason, name)


@decides("auditor.input.hostile")
def unsafe(name: str) -> str | None:
    """Return why an installer cannot place a member of this name, or None.

    APPNOTE 4.4.17.1: relative paths with slashes.
    """
    if not name or len(name) > LONGEST_NAME:
        return "the name is empty or too long"
    if "\\" in name or "\0" in name:
        return "the name has a backslash or a null byte"
    if name[0] == "/" or name[1:2] == ":":
        return "the name is absolute"
    if ".." in name and ".." in name.split("/"):
        return "the name leaves the target folder"
    if "//" in name or name.startswith("./") or "/./" in name:
        return "the name is not in its simplest form"
    return None


@decides("auditor.members.every", "wheel.contents.any-name")
def elf_members(archive: Archive) -> Iterator[Member]:
    """Yield the members that are ELF files, wherever they lie and whatever their name.

    The loader looks at the content alone (gABI, ELF Identification).
    """
    for member in archive.members:
        if member.size >= len(MAGIC) and first_bytes(archive, member, 4) == MAGIC:
            yield member
