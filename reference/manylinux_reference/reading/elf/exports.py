"""What other files find in a file, looked up as the loader does.

glibc, ``do_lookup_x`` and ``check_match`` in ``elf/dl-lookup.c``.
"""

from __future__ import annotations

from itertools import compress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    Walk: TypeAlias = Callable[[bytes], Iterable[int]]

VERSION, HIDDEN = 0x7FFF, 0x8000  # of an entry of DT_VERSYM
OLDEST_VERSION = 2  # 0 and 1 stand for none; the first one is everybody's


class Exports:
    """The defined symbols of a file, from the number ``first`` on.

    ``hashes`` are Python's own hashes of their names, ``found`` says of which symbols a
    lookup may find them, and ``walk`` leads through the file's hash table to the
    numbers of symbols that may have a name.
    ``versions`` are the numbers that all symbols have in DT_VERSYM, if there is one,
    and ``nodes`` what those stand for.
    """

    __slots__ = ("_found", "_hashes", "first", "nodes", "versions", "walk")

    def __init__(
        self, walk: Walk, hashes: Sequence[int], found: bytes, first: int = 0
    ) -> None:
        self.walk = walk
        self.first = first
        self.versions: Sequence[int] = ()
        self.nodes: Mapping[int, str] = {}
        self._hashes = hashes
        self._found = found

    def hashes(self) -> set[int]:
        """Return the hashes of the names that others may find."""
        return set(compress(self._hashes, self._found))

    def has(self, name: bytes, node: str = "") -> bool:
        """Return whether a lookup of a name under a version, or under none, ends here.

        Without one, a newer version than the first counts if it is the only default.
        """
        wanted, defaults = hash(name), 0
        for number in self.walk(name):
            at = number - self.first
            if not self._found[at] or self._hashes[at] != wanted:
                continue
            index = self.versions[number] if self.versions else 0
            own = self.nodes.get(index & VERSION, "")
            if node:
                if own == node or not (own or index & HIDDEN):
                    return True
            elif index & VERSION <= OLDEST_VERSION:
                return True
            else:
                defaults += not index & HIDDEN
        return defaults == 1
