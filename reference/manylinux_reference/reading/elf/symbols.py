"""Looks for names in the dynamic symbol table, and reads it only if one is there."""

from __future__ import annotations

from itertools import compress
from struct import Struct, unpack_from

from manylinux_reference.reading.elf.dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERSYM,
    all_readable,
    numbers,
)
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf
    from manylinux_reference.reading.range_buffer import RangeBuffer

LARGEST_TABLE = 4_000_000  # symbols
LONGEST_CHAIN = 1_000_000
FEW = 64  # names or indexes that are looked for one by one
NAMES_PER_STEP = 16  # so many are looked at in the time of a step
VERSIONS_PER_STEP = 4096  # so many are passed over in the time of a step
STB_WEAK = 2
VERSYM_HIDDEN = 0x8000
EM_S390 = 22
BLOCK = 64 * 1024  # bytes of a table that are numbers at a time
ENOUGH = 8  # undefined names are evidence; nobody reads more


class SymbolQuery:
    """Which symbols to look for in the files of a wheel.

    ``names`` in each file; those of ``by_library`` in files that need the library;
    each of ``stem_prefixes`` followed by the file's stem.  Of a version need whose node
    is not among ``known_nodes`` every symbol is looked for; None: of no version need.
    """

    __slots__ = ("by_library", "known_nodes", "names", "stem_prefixes")

    def __init__(
        self,
        names: Iterable[bytes] = (),
        by_library: Mapping[str, Sequence[bytes]] | None = None,
        stem_prefixes: Sequence[bytes] = (),
        known_nodes: frozenset[str] | None = None,
    ) -> None:
        self.names = tuple(names)
        self.by_library = by_library or {}
        self.stem_prefixes = stem_prefixes
        self.known_nodes = known_nodes

    def names_for(self, elf: Elf) -> list[bytes]:
        """Return the names to look for in one file."""
        found = [*self.names, *(prefix + elf.stem for prefix in self.stem_prefixes)]
        for library, names in self.by_library.items():
            if library in elf.needed:
                found += names
        return found

    def indexes_for(self, elf: Elf) -> list[int]:
        """Return the indexes of the version needs whose symbols are wanted."""
        known = self.known_nodes
        if known is None:
            return []
        return [need.index for need in elf.version_needs if need.node not in known]


def read_symbols(dynamic: Dynamic, elf: Elf, query: SymbolQuery) -> None:
    """Fill in what was asked for: ``undefined``, ``exports``, ``version_symbols``.

    And of weak version needs whether a strong symbol is bound to them.
    Of a shared object without needs every undefined name counts as asked for.

    Raises NotKeptError if more of the file has to be kept first, UnusableError if
    a table is damaged or too large.
    """
    if DT_SYMTAB not in dynamic or DT_STRTAB not in dynamic:
        return
    at = dynamic.offset(DT_SYMTAB)  # somewhere in the file, whether it is read or not
    names, indexes = query.names_for(elf), query.indexes_for(elf)
    strings = dynamic.string_table()
    elf.symbol_table = (at, count_symbols(dynamic, elf) * entry_size(elf)), strings
    offsets = positions(dynamic.buffer, strings, names)
    weak = [need for need in elf.version_needs if need.weak]
    if indexes or weak:
        bound = BoundSymbols(dynamic, elf)
        _read_version_symbols(bound, elf, indexes)
        for need in weak:
            need.strong = any(
                undefined
                for _, undefined, is_weak in bound.to(need.index)
                if not is_weak
            )
    if offsets or (elf.is_shared_object and not elf.needed):
        _read_names(dynamic, elf, offsets)


def _read_names(dynamic: Dynamic, elf: Elf, offsets: dict[int, bytes]) -> None:
    everything = elf.is_shared_object and not elf.needed
    table = Symbols(dynamic, elf)
    few = len(offsets) <= FEW and not everything
    for at, undefined, weak in table.named(offsets) if few else table:
        name = offsets.get(at)
        if name is None and everything and undefined and len(elf.undefined) < ENOUGH:
            name = dynamic.string(at).encode()
        if not name:
            continue
        if undefined:
            elf.undefined[name] = weak and elf.undefined.get(name, True)
        else:
            elf.exports.add(name)


def _read_version_symbols(bound: BoundSymbols, elf: Elf, indexes: list[int]) -> None:
    """Find the undefined symbols of some version indexes, as evidence for people."""
    needs = {need.index: need for need in elf.version_needs}
    for wanted in indexes:
        found = [each for each in bound.to(wanted) if each[1]]
        names = bound.dynamic.names([at for at, _, _ in found])
        elf.version_symbols[wanted] = all_readable(names)
        strong = (not weak for _, _, weak in found)
        needs[wanted].symbols = list(compress(names, strong))


class BoundSymbols:
    """The symbols together with the version indexes that they are bound to."""

    def __init__(self, dynamic: Dynamic, elf: Elf) -> None:
        self.dynamic = dynamic
        self._symbols = Symbols(dynamic, elf)
        self._index = Struct(dynamic.order + "H")
        size = self._symbols.count * self._index.size
        kept, begin = dynamic.buffer.locate(dynamic.offset(DT_VERSYM, size), size)
        self._versions = (kept, begin, begin + size)

    def to(self, index: int) -> Iterator[tuple[int, bool, bool]]:
        """Yield the symbols that are bound to a version index, hidden or not."""
        steps = self.dynamic.budget.steps
        steps.spend(1 + self._symbols.count // VERSIONS_PER_STEP)
        for wanted in (index, index | VERSYM_HIDDEN):
            value, step = self._index.pack(wanted), self._index.size
            for number in _entries_starting_with(self._versions, value, step):
                steps.spend()
                yield self._symbols[number]


def _entries_starting_with(
    table: tuple[bytearray, int, int], value: bytes, step: int
) -> Iterator[int]:
    """Yield the numbers of the entries of ``step`` bytes that begin with a value."""
    data, begin, end = table
    at = data.find(value, begin, end)
    while at >= 0:
        number, odd = divmod(at - begin, step)
        if not odd:
            yield number
        at = data.find(value, at + 1, end)


class Symbols:
    """The dynamic symbol table; its entries are name offset, undefined, weak."""

    def __init__(self, dynamic: Dynamic, elf: Elf) -> None:
        is_64_bit = elf.is_64_bit
        self._layout = Struct(dynamic.order + ("I2BH2Q" if is_64_bit else "3I2BH"))
        self._name = Struct(dynamic.order + "I")
        self._info, self._section = (1, 3) if is_64_bit else (3, 5)
        self.count = count_symbols(dynamic, elf)
        size = self.count * self._layout.size
        kept, at = dynamic.buffer.locate(dynamic.offset(DT_SYMTAB, size), size)
        self._table = (kept, at, at + size)

    def __getitem__(self, number: int) -> tuple[int, bool, bool]:
        """Return one entry."""
        kept, begin, _ = self._table
        at = begin + number * self._layout.size
        return self._entry(self._layout.unpack_from(kept, at))

    def __iter__(self) -> Iterator[tuple[int, bool, bool]]:
        """Yield every entry."""
        kept, begin, end = self._table
        return map(self._entry, self._layout.iter_unpack(memoryview(kept)[begin:end]))

    def named(self, offsets: Iterable[int]) -> Iterator[tuple[int, bool, bool]]:
        """Yield the entries whose names are at these offsets."""
        for at in offsets:
            name = self._name.pack(at)
            for number in _entries_starting_with(self._table, name, self._layout.size):
                yield self[number]

    def _entry(self, fields: tuple[int, ...]) -> tuple[int, bool, bool]:
        undefined = fields[self._section] == 0
        return fields[0], undefined, fields[self._info] >> 4 == STB_WEAK


def entry_size(elf: Elf) -> int:
    """Return the bytes of an entry of the symbol table (gABI, Symbol Table)."""
    return 24 if elf.is_64_bit else 16


def sections(table: bytes, elf: Elf) -> Sequence[int]:
    """Return the section of each symbol, 0 of those that are undefined."""
    first = 3 if elf.is_64_bit else 7  # in half-words
    return numbers("H", table, elf)[first :: entry_size(elf) // 2]


def defined(table: bytes, elf: Elf) -> Iterator[int]:
    """Yield where the names of defined symbols are in the string table."""
    names = numbers("I", table, elf)[:: entry_size(elf) // 4]
    return compress(names, sections(table, elf))


def positions(
    buffer: RangeBuffer, table: tuple[int, int], names: Iterable[bytes]
) -> dict[int, bytes]:
    """Return where in a string table each name is, as a whole string or its end.

    Linkers let one string end inside another.  ``table`` is its offset and size.
    """
    strings, first = buffer.locate(*table)
    found, absent = {}, b"\0"
    for name in dict.fromkeys(names):
        if name.startswith(absent):  # as does one that is nowhere
            continue
        at = strings.find(name, first, first + table[1])
        absent = absent if at >= 0 else name
        at = strings.find(name + b"\0", at, first + table[1]) if at >= 0 else at
        while at >= 0:
            found[at - first] = name
            at = strings.find(name + b"\0", at + 1, first + table[1])
    return found


def count_symbols(dynamic: Dynamic, elf: Elf) -> int:
    """Return how many symbols there are; raise UnusableError if they are too many."""
    count = count_hashed(dynamic, elf)
    if not count:  # the strings follow, unless somebody has moved them
        count = max(0, dynamic.offset(DT_STRTAB) - dynamic.offset(DT_SYMTAB))
        count //= 24 if elf.is_64_bit else 16
    if count > LARGEST_TABLE:
        raise UnusableError(f"a symbol table of {count} entries")
    return count


def count_hashed(dynamic: Dynamic, elf: Elf) -> int:
    """Return how many symbols the hash tables tell of, 0 if that is unknown.

    Raises UnusableError if two of them disagree.
    """
    if dynamic.hashed is not None:
        return dynamic.hashed
    count = sysv_hashes(dynamic, elf)[2] if DT_HASH in dynamic else 0
    if DT_GNU_HASH in dynamic:
        hashed = count_gnu(dynamic, elf.bits // 8)  # knows nothing if it is empty
        if count and hashed and count != hashed:
            raise UnusableError(f"{count} symbols by DT_HASH, {hashed} by DT_GNU_HASH")
        count = count or hashed
    if count > LARGEST_TABLE:
        raise UnusableError(f"a symbol table of {count} entries")
    dynamic.hashed = count
    return count


def sysv_hashes(dynamic: Dynamic, elf: Elf) -> tuple[int, int, int]:
    """Return the bytes of a number in DT_HASH, and how many buckets and chains."""
    # The s390x supplement of the gABI makes hash table words 64 bits wide; lld
    # writes 32 bits all the same.  There is at least one bucket, so its number
    # tells: wide and big-endian, it begins with zeros.
    at = dynamic.one(DT_HASH)
    wide = elf.machine == EM_S390 and dynamic.read(at, 4) == bytes(4)
    layout = Struct(dynamic.order + ("2Q" if wide else "2I"))
    buckets, count = layout.unpack(dynamic.read(at, layout.size))
    return layout.size // 2, int(buckets), int(count)


def _largest(raw: bytes, order: str) -> int:
    """Return the largest of many numbers of 32 bits, 0 if there are none."""
    layouts = (
        (f"{order}{min(BLOCK, len(raw) - at) // 4}I", at)
        for at in range(0, len(raw), BLOCK)
    )
    return max((max(unpack_from(layout, raw, at)) for layout, at in layouts), default=0)


def count_gnu(dynamic: Dynamic, word: int) -> int:
    """Return one more than the last symbol of the GNU hash table, 0 if it is empty."""
    at = dynamic.one(DT_GNU_HASH)
    header = Struct(dynamic.order + "4I")
    number = Struct(dynamic.order + "I")
    buckets, first, bloom, _ = header.unpack(dynamic.read(at, header.size))
    at += header.size + bloom * word
    if buckets > LARGEST_TABLE:
        raise UnusableError(f"a hash table of {buckets} buckets")
    last = _largest(dynamic.read(at, buckets * number.size), dynamic.order)
    if last < first or not last:
        return 0
    at += buckets * number.size
    for index in range(last - first, last - first + LONGEST_CHAIN):
        dynamic.budget.steps.spend()
        (value,) = number.unpack(dynamic.read(at + index * number.size, number.size))
        if value & 1:  # the last of its chain
            return int(first) + index + 1
    raise UnusableError("a chain without end in the hash table")
