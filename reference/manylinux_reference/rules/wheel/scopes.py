"""What is loaded with a file, and which names nothing of that defines.

glibc, ``elf/dl-lookup.c``: what is opened and all that it needs is looked through.
"""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import readable
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from manylinux_reference.reading.wheel.reader import Wheel

# External libraries that give each of their symbols a version: what is linked with one
# of them asks for its names with versions (glibc and GCC, their ``Versions`` files).
VERSIONED = (  # \0 ends a name
    *("libc.so.", "libm.so.", "libdl.so.", "libpthread.so.", "librt.so."),
    *("libutil.so.", "libresolv.so.", "libcrypt.so.1\0", "libnsl.so.1\0"),
    *("libgcc_s.so.", "libstdc++.so.", "ld-linux", "ld64.so."),
)
CXX_LIBRARY = "libstdc++.so.6"  # which may have such names of C++, too
HASHES_PER_STEP = 64
SCOPE_PER_STEP = 8  # files in which a name is looked for


def leave_out_defined(wheel: Wheel) -> None:
    """Leave of the names without a version those that something may define.

    A file has what is loaded with it, whichever of the wheel's files was opened first.
    """
    tables = _Tables(wheel)
    cxx = _leave_out_contained(wheel, tables)
    lost: dict[str, set[str]] = {}  # of files, what nothing loaded with them has
    for first in _opened(wheel):
        scope = scope_of(first)
        wanted = [elf for elf in scope if elf.loose]
        if not wanted or any(map(_may_have_more, scope)):
            continue
        others = cxx if any(CXX_LIBRARY in each.needed for each in scope) else ()
        for elf in wanted:
            found = set(tables.lost(elf, scope)).difference(others)
            lost.setdefault(elf.name, set()).update(found)
    for elf in wheel.elves:
        left = lost.get(elf.name, ())
        elf.loose = [name for name in elf.loose if name in left]


def _leave_out_contained(wheel: Wheel, tables: _Tables) -> set[str]:
    """Leave of the C++ names without a version those that the wheel itself defines.

    The others, which are returned, are names like any other.
    """
    names = {name for elf in wheel.elves for name in elf.unversioned}
    if not names:
        return names
    found = {id(each): each for elf in wheel.elves for each in elf.links.values()}
    libraries = [each for each in found.values() if isinstance(each, Elf)]
    left = set(tables.without(names, libraries))
    for elf in wheel.elves:
        elf.loose += [name for name in elf.unversioned if name not in left]
        elf.unversioned = [name for name in elf.unversioned if name in left]
    return names - left


class _Tables:
    """What each file defines, and what was found in it so far."""

    def __init__(self, wheel: Wheel) -> None:
        self._steps = wheel.budget.steps
        self._defined: dict[str, set[int]] = {}
        self._found: dict[str, set[int]] = {}
        self._asked: dict[str, dict[int, str]] = {}  # names by their hashes

    def lost(self, elf: Elf, scope: list[Elf]) -> Iterable[str]:
        """Return the names that a file asks for and no file of a scope has."""
        if elf.name not in self._asked:
            self._asked[elf.name] = _by_hash(elf.loose)
        return self._without(self._asked[elf.name], scope)

    def without(self, names: Iterable[str], scope: list[Elf]) -> Iterable[str]:
        """Return the names that no file of a scope has."""
        return self._without(_by_hash(names), scope)

    def _without(self, asked: Mapping[int, str], scope: list[Elf]) -> Iterable[str]:
        self._steps.spend(len(asked) * (1 + len(scope) // SCOPE_PER_STEP))
        left = dict(asked)
        for each in scope:
            for value in left.keys() & self._table(each):
                if self._has(each, left[value], value):
                    del left[value]
        return left.values()

    def _table(self, elf: Elf) -> set[int]:
        if elf.name not in self._defined:
            self._defined[elf.name] = table = hashes_of(elf)
            self._found[elf.name] = set()
            self._steps.spend(len(table) // HASHES_PER_STEP)
        return self._defined[elf.name]

    def _has(self, elf: Elf, name: str, value: int) -> bool:
        found = self._found[elf.name]
        if value not in found and has(elf, name.encode()):
            found.add(value)
        return value in found


@decides("wheel.symbols.contained")
def shared_alone(elf: Elf) -> Findings:
    """Yield a finding if a program copies what a library does not let it copy.

    Or has an address of its own for a function of such a library (glibc,
    ``sysdeps/generic/dl-protected.h``).
    """
    _, *libraries = scope_of(elf) if elf.copied else (elf,)
    if not any(library.is_indirect for library in libraries):
        return
    tables = [(library, hashes_of(library)) for library in libraries]
    for name in sorted(elf.copied):
        having = (each for each, table in tables if hash(name) in table)
        library = next(having, elf)
        if library.is_indirect and name in library.protected:
            symbol = readable(name)
            text = f"has a copy of {symbol}, which {library.name} does not share so"
            yield Finding("wheel.symbols.contained", elf.name, text, symbol=symbol)
            return


def _by_hash(names: Iterable[str]) -> dict[int, str]:
    return {hash(name.encode()): name for name in names}


def hashes_of(elf: Elf) -> set[int]:
    """Return the hashes of the names that others may find in a file."""
    return elf.exported.hashes() if elf.exported else set()


def has(elf: Elf, name: bytes, node: str = "") -> bool:
    """Return whether others find a name in a file, under a version or under none."""
    return elf.exported is not None and elf.exported.has(name, node)


def _opened(wheel: Wheel) -> list[Elf]:
    """Return the programs, and the shared objects that are not for others alone."""
    links = [link for elf in wheel.elves for link in elf.links.values()]
    needed = {link.name for link in links if isinstance(link, Elf)}
    return [
        elf
        for elf in wheel.elves
        if elf.is_executable
        or (elf.is_shared_object and (elf.is_named_as_module or elf.name not in needed))
    ]


def scope_of(first: Elf) -> list[Elf]:
    """Return a file and what is loaded with it."""
    scope, names = [first], {first.name}
    for elf in scope:
        for link in elf.links.values():
            if isinstance(link, Elf) and link.name not in names:
                names.add(link.name)
                scope.append(link)
    return scope


def _may_have_more(elf: Elf) -> bool:
    """Return whether a file needs a library of whose symbols nothing is known."""
    externals = [
        name
        for name in (*elf.needed, *elf.filters)
        if not isinstance(elf.links.get(name), Elf)
    ]
    return not all(f"{name}\0".startswith(VERSIONED) for name in externals)
