"""Which file of an installed wheel the loader takes for a needed name (ld.so(8))."""

from __future__ import annotations

from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.rules.wheel.needed import names as needs
from manylinux_reference.rules.wheel.places import Places
from manylinux_reference.rules.wheel.scopes import hashes_of
from manylinux_reference.rules.wheel.versions import lacking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from manylinux_reference.reading.wheel.reader import Wheel

    Link: TypeAlias = "Elf | str | None"  # see ``Elf.links``

EXTENSION_SUFFIXES = (".cpython-", ".abi3.")  # importlib.machinery
SYSTEMS = (0, 3)  # EI_OSABI: none, GNU


def link(wheel: Wheel) -> None:
    """Fill in ``links`` of each ELF file.

    Every file that no other needs is loaded first once, and so is each that looks like
    an extension module.  Where that makes a difference, the link is one that fails.
    """
    names = _names(wheel)
    wanted = {
        elf.name: kept
        for elf in wheel.elves
        if elf.is_loadable and (kept := [n for n in needs(elf) if n in names])
    }
    if not wanted:
        return
    loader = _Loader(wheel, wanted)
    needed = {name for kept in wanted.values() for name in kept}
    left = []
    for elf in wheel.elves:
        is_extension = any(part in elf.base_name for part in EXTENSION_SUFFIXES)
        if is_extension or needed.isdisjoint((elf.base_name, elf.soname)):
            loader.load(elf)
        else:
            left.append(elf)
    for elf in left:
        if elf.name not in loader.seen:
            loader.load(elf)


def _names(wheel: Wheel) -> set[str]:
    """Return every name by which the loader could find a file of the wheel."""
    paths = (name.split("/") for name in wheel.members if ".so" in name)
    return wheel.contained.union(*paths)


class _Loader:
    """Follows ``_dl_map_object_deps`` and ``_dl_map_object`` (glibc, ``elf/``)."""

    def __init__(self, wheel: Wheel, wanted: dict[str, list[str]]) -> None:
        self.seen: set[str] = set()
        self._wanted = wanted
        self._places = Places(wheel)
        self._steps = wheel.budget.steps

    def load(self, first: Elf) -> None:
        """Load a file and what it needs, breadth first."""
        by_name = {first.soname: first} if first.soname else {}
        parents: dict[str, Elf | None] = {first.name: None}
        queue = [first]
        for elf in queue:
            names = self._wanted.get(elf.name, ())
            self._steps.spend(len(names))
            for name in names:
                found: Link = by_name.get(name) or self._search(elf, name, parents)
                _note(elf, name, found)
                if found is None or isinstance(found, str):
                    continue
                by_name.setdefault(name, found)
                if found.name not in parents:
                    parents[found.name] = elf
                    queue.append(found)
                    if found.soname:
                        by_name.setdefault(found.soname, found)
        self.seen.update(parents)

    def _search(self, elf: Elf, name: str, parents: dict[str, Elf | None]) -> Link:
        """Return what the search path finds; DT_RPATH counts without DT_RUNPATH."""
        if elf.runpath is not None:  # if it is empty, DT_RPATH is ignored all the same
            return self._look(elf, elf.runpath, name, elf)
        above: Elf | None = elf
        while above is not None:
            if above.rpath and above.runpath is None:
                found = self._look(above, above.rpath, name, elf)
                if found is not None:
                    return found
            self._steps.spend()
            above = parents[above.name]
        return None

    def _look(self, owner: Elf, path: str, name: str, user: Elf) -> Link:
        for element in path.split(":"):
            self._steps.spend()
            folder = self._places.folder(owner, element)
            if folder is None:
                continue
            for other in self._places.instead(folder, name):
                if taken := _taken(other, user):
                    _note(user, name, taken)
            if found := _taken(self._places.at(folder, name), user):
                return found
        return None


def _note(elf: Elf, name: str, found: Link) -> None:
    """Keep what the loader finds, or what is worse of that and of earlier finds."""
    before = elf.links.get(name, found)
    if before is None or found is None:
        found = None
    elif isinstance(before, str) or _is_worse(before, found, elf, name):
        found = before
    elf.links[name] = found


def _is_worse(one: Elf, other: Elf | str, elf: Elf, name: str) -> bool:
    """Return whether a file lacks versions, or names that another one has."""
    if one is other or isinstance(other, str):
        return False
    return bool(lacking(one, elf, name)) or not hashes_of(one) >= hashes_of(other)


def _taken(found: Link, user: Elf) -> Link:
    """Return a file that ends the loader's search, its name if it then refuses it.

    A file of another class or machine is passed over, but the machine is looked at
    after byte order and system (``open_verify`` in glibc's ``elf/dl-load.c``).
    """
    if found is None or isinstance(found, str):
        return found
    if found.bits != user.bits or found.machine == user.machine:
        return found if found.bits == user.bits else None
    is_read = found.big_endian == user.big_endian and found.osabi in SYSTEMS
    return None if is_read and not found.abi_version else found.name
