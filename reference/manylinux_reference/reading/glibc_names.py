"""Which names glibc's libraries have under which versions.

Every Python process has those of the libraries that interpreters are linked with: libc,
libm, libdl, libpthread and libutil.  A file may refer to them without needing the
library.
"""

from __future__ import annotations

from manylinux_reference.reading.policy import Version, text_of, version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Names = dict[str, set[str]]  # by version node

PATH = __file__.removesuffix("py") + "txt"
OF_PYTHON = "-"  # in the place of these libraries
FOR_OLD_FILES = "="  # the same of names that are found under their versions alone
ANY = "*"  # in the place of a version: each, of an architecture without lists
PREFIX = "GLIBC_"
OLDEST = (2, 5)  # level of all: what is older, is there always


def glibc_names(arch: str) -> dict[str, Version]:
    """Return the first release of each name that every process has without version."""
    found: dict[str, Version] = {}
    for library, versions, names in _lines(arch):
        numbered = [version(each) for each in versions if each != ANY]
        if library == OF_PYTHON and numbered:
            found |= dict.fromkeys(names.split(), max(min(numbered), OLDEST))
    return found


def not_listed(arch: str, asked: Mapping[str, set[str]]) -> tuple[Names, Names]:
    """Return which of the names asked for are in no library under their versions.

    And in which libraries those are that not every process has, by ``name@node``.
    Nothing is said of version nodes that no name has.
    """
    left = {node: set(names) for node, names in asked.items()}
    known: set[str] = set()
    elsewhere: Names = {}
    for library, versions, text in _lines(arch):
        nodes = [PREFIX + each for each in versions if PREFIX + each in left]
        if ANY in versions:
            nodes = list(left)
        known.update(nodes)
        names = text.split() if nodes else []
        for node in nodes:
            if library not in (OF_PYTHON, FOR_OLD_FILES):
                for name in asked[node].intersection(names):
                    elsewhere.setdefault(f"{name}@{node}", set()).add(library)
            left[node].difference_update(names)
    return {node: left[node] for node in known}, elsewhere


def _lines(arch: str) -> Iterator[tuple[str, list[str], str]]:
    """Yield libraries with the versions that an architecture has of some names."""
    for line in text_of(PATH):
        library, key, names = line.split(" ", 2)
        for part in key.split(";") if arch in key else ():
            archs, _, versions = part.partition("=")
            if arch in archs.split(","):
                yield library, versions.split(","), names
