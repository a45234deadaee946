"""What is loaded with a file, and which names nothing of that defines.

glibc, ``elf/dl-lookup.c``: what is opened and all that it needs is looked through.
"""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import gnu_hash, numbers, readable
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.wheel.reader import Wheel

# External libraries that give each of their symbols a version: what is linked with one
# of them asks for its names with versions (glibc and GCC, their ``Versions`` files).
VERSIONED = (  # \0 ends a name
    *("libc.so.", "libm.so.", "libdl.so.", "libpthread.so.", "librt.so."),
    *("libutil.so.", "libresolv.so.", "libcrypt.so.1\0", "libnsl.so.1\0"),
    *("libgcc_s.so.", "libstdc++.so.", "ld-linux", "ld64.so."),
)
CHAIN_END = 1  # the lowest bit of a hash in DT_GNU_HASH
HASHES_PER_STEP = 256  # bytes of hashes
SCOPE_PER_STEP = 8  # files in which a name is looked for


def leave_out_defined(wheel: Wheel) -> None:
    """Leave of the names without a version those that something may define.

    A file has what is loaded with it, whichever of the wheel's files was opened first.
    """
    tables: dict[str, set[int]] = {}
    hashed: dict[str, int] = {}  # of names, which many files have in common
    asked: dict[str, set[int]] = {}  # the hashes of a file's names
    lost: dict[str, set[int]] = {}  # those that nothing loaded with the file has
    for first in _opened(wheel):
        scope = scope_of(first)
        wanted = [elf for elf in scope if elf.loose]
        if not wanted or any(map(_may_have_more, scope)):
            continue
        for elf in scope:
            if elf.name not in tables:
                wheel.budget.steps.spend(len(elf.hashes) // HASHES_PER_STEP)
                tables[elf.name] = hashes_of(elf)
        defined = [tables[elf.name] for elf in scope]
        for elf in wanted:
            wheel.budget.steps.spend(
                len(elf.loose) * (1 + len(scope) // SCOPE_PER_STEP)
            )
            if elf.name not in asked:
                for name in elf.loose:
                    if name not in hashed:
                        hashed[name] = gnu_hash(name.encode()) | CHAIN_END
                asked[elf.name] = {hashed[name] for name in elf.loose}
            left = asked[elf.name].difference(*defined)
            lost.setdefault(elf.name, set()).update(left)
    for elf in wheel.elves:
        left = lost.get(elf.name, set())
        elf.loose = [name for name in elf.loose if left and hashed[name] in left]


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
        value = gnu_hash(name) | CHAIN_END
        having = (each for each, table in tables if value in table)
        library = next(having, elf)
        if library.is_indirect and name in library.protected:
            symbol = readable(name)
            text = f"has a copy of {symbol}, which {library.name} does not share so"
            yield Finding("wheel.symbols.contained", elf.name, text, symbol=symbol)
            return


def hashes_of(elf: Elf) -> set[int]:
    """Return the hashes of the names that others find in a file."""
    return {value | CHAIN_END for value in numbers("I", elf.hashes, elf)}


def _opened(wheel: Wheel) -> list[Elf]:
    """Return the shared objects that are not there for others alone."""
    links = [link for elf in wheel.elves for link in elf.links.values()]
    needed = {link.name for link in links if isinstance(link, Elf)}
    return [
        elf
        for elf in wheel.elves
        if elf.is_shared_object and (elf.is_named_as_module or elf.name not in needed)
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
