"""Which names without a version nothing defines that is loaded with a file.

glibc, ``elf/dl-lookup.c``: what is opened and all that it needs is looked through.
"""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import gnu_hash, numbers
from manylinux_reference.reading.elf.file import Elf

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
HASHES_PER_STEP = 64


def leave_out_defined(wheel: Wheel) -> None:
    """Leave of the names without a version those that something may define.

    A file has what is loaded with it, whichever of the wheel's files was opened first.
    """
    tables: dict[str, set[int]] = {}
    lost: dict[str, set[str]] = {}
    for first in _opened(wheel):
        scope = _scope(first)
        wanted = [elf for elf in scope if elf.loose]
        if not wanted or any(map(_may_have_more, scope)):
            continue
        for elf in scope:
            if elf.name not in tables:
                hashes = numbers("I", elf.hashes, elf)
                wheel.budget.steps.spend(len(hashes) // HASHES_PER_STEP)
                tables[elf.name] = {value | CHAIN_END for value in hashes}
        defined = [tables[elf.name] for elf in scope]
        for elf in wanted:
            wheel.budget.steps.spend(len(elf.loose))
            missing = (name for name in elf.loose if not _is_in(defined, name))
            lost.setdefault(elf.name, set()).update(missing)
    for elf in wheel.elves:
        left = lost.get(elf.name, ())
        elf.loose = [name for name in elf.loose if name in left]


def _is_in(tables: list[set[int]], name: str) -> bool:
    value = gnu_hash(name.encode()) | CHAIN_END
    return any(value in table for table in tables)


def _opened(wheel: Wheel) -> list[Elf]:
    """Return the shared objects that are not there for others alone."""
    links = [link for elf in wheel.elves for link in elf.links.values()]
    needed = {link.name for link in links if isinstance(link, Elf)}
    return [
        elf
        for elf in wheel.elves
        if elf.is_shared_object and (elf.is_named_as_module or elf.name not in needed)
    ]


def _scope(first: Elf) -> list[Elf]:
    """Return a file and what is loaded with it."""
    scope = {first.name: first}
    for elf in (queue := [first]):
        for link in elf.links.values():
            if isinstance(link, Elf) and link.name not in scope:
                scope[link.name] = link
                queue.append(link)
    return queue


def _may_have_more(elf: Elf) -> bool:
    """Return whether a file needs a library of whose symbols nothing is known."""
    externals = [
        name
        for name in (*elf.needed, *elf.filters)
        if not isinstance(elf.links.get(name), Elf)
    ]
    return not all(f"{name}\0".startswith(VERSIONED) for name in externals)
