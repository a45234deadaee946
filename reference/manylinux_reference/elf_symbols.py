"""Looks for names in the dynamic symbol table, and reads it only if one is there."""

from __future__ import annotations

from struct import Struct

from manylinux_reference.elf_dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERSYM,
)
from manylinux_reference.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.elf import Elf
    from manylinux_reference.elf_dynamic import Dynamic

    # Which names to look for in a file, and which version indexes to find symbols for.
    Question = Callable[[Elf], tuple[list[bytes], list[int]]]

LARGEST_TABLE = 4_000_000  # symbols
LONGEST_CHAIN = 1_000_000
STB_WEAK = 2
EM_S390 = 22
ENOUGH = 8  # undefined names are evidence; nobody reads more


def read_symbols(dynamic: Dynamic, elf: Elf, question: Question) -> None:
    """Fill in what was asked for: ``undefined``, ``exports`` and ``witnesses``.

    Of a shared object without needs every undefined name counts as asked for.
    """
    if DT_SYMTAB not in dynamic or DT_STRTAB not in dynamic:
        return
    dynamic.offset(DT_SYMTAB)  # is somewhere in the file, whether it is read or not
    names, indexes = question(elf)
    start, size = dynamic.string_table()
    strings, first = dynamic.window.find(start, size)
    offsets = {
        at: name
        for name in names
        for at in _occurrences(strings, name + b"\0", first, first + size)
    }
    if indexes and DT_VERSYM in dynamic:
        _read_witnesses(dynamic, elf, set(indexes))
    if offsets or (elf.is_shared_object and not elf.needed):
        _read_names(dynamic, elf, offsets)


def _read_names(dynamic: Dynamic, elf: Elf, offsets: dict[int, bytes]) -> None:
    everything = elf.is_shared_object and not elf.needed
    for at, undefined, weak in _entries(dynamic, elf):
        name = offsets.get(at)
        if name is None and everything and undefined and len(elf.undefined) < ENOUGH:
            name = dynamic.string(at).encode()
        if not name:
            continue
        if undefined:
            elf.undefined[name] = weak and elf.undefined.get(name, True)
        else:
            elf.exports.add(name)


def _read_witnesses(dynamic: Dynamic, elf: Elf, indexes: set[int]) -> None:
    """Find one symbol for each version index, as evidence for people."""
    entries = list(_entries(dynamic, elf))
    index = Struct(dynamic.order + "H")
    raw = dynamic.window.read(dynamic.offset(DT_VERSYM), len(entries) * index.size)
    for (at, undefined, _), (version,) in zip(
        entries, index.iter_unpack(raw), strict=True
    ):
        if undefined and version in indexes:
            elf.witnesses[version] = dynamic.string(at)
            indexes.discard(version)


def _occurrences(
    strings: bytearray, name: bytes, start: int, stop: int
) -> Iterator[int]:
    """Yield where a name stands; linkers let one string end inside another."""
    at = strings.find(name, start, stop)
    while at >= 0:
        yield at - start
        at = strings.find(name, at + 1, stop)


def _entries(dynamic: Dynamic, elf: Elf) -> Iterator[tuple[int, bool, bool]]:
    """Yield name offset, whether undefined and whether weak, of every symbol."""
    wide = elf.is_wide
    layout = Struct(dynamic.order + ("I2BH2Q" if wide else "3I2BH"))
    info, section = (1, 3) if wide else (3, 5)
    size = _count(dynamic, elf, layout.size) * layout.size
    kept, at = dynamic.window.find(dynamic.offset(DT_SYMTAB), size)
    for fields in layout.iter_unpack(memoryview(kept)[at : at + size]):
        yield fields[0], fields[section] == 0, fields[info] >> 4 == STB_WEAK


def _count(dynamic: Dynamic, elf: Elf, entry: int) -> int:
    count = 0
    if DT_HASH in dynamic:
        # The s390x supplement of the gABI makes hash table words 64 bits wide; lld
        # writes 32 bits all the same.  There is at least one bucket, so its number
        # tells: wide and big-endian, it begins with zeros.
        at = dynamic.offset(DT_HASH)
        wide = elf.machine == EM_S390 and dynamic.window.read(at, 4) == bytes(4)
        word = Struct(dynamic.order + ("Q" if wide else "I"))
        at += word.size
        (count,) = word.unpack(dynamic.window.read(at, word.size))
    elif DT_GNU_HASH in dynamic:
        count = _count_gnu(dynamic, elf.bits // 8)
    if not count:  # an empty GNU hash table does not know; the strings follow
        count = max(0, dynamic.offset(DT_STRTAB) - dynamic.offset(DT_SYMTAB)) // entry
    if count > LARGEST_TABLE:
        raise UnusableError(f"a symbol table of {count} entries")
    return count


def _count_gnu(dynamic: Dynamic, word: int) -> int:
    """Return one more than the last symbol of the GNU hash table, 0 if it is empty."""
    window, at = dynamic.window, dynamic.offset(DT_GNU_HASH)
    header = Struct(dynamic.order + "4I")
    number = Struct(dynamic.order + "I")
    buckets, first, bloom, _ = header.unpack(window.read(at, header.size))
    at += header.size + bloom * word
    if buckets > LARGEST_TABLE:
        raise UnusableError(f"a hash table of {buckets} buckets")
    raw = window.read(at, buckets * number.size)
    last = max((found for (found,) in number.iter_unpack(raw)), default=0)
    if last < first or not last:
        return 0
    at += buckets * number.size
    for index in range(last - first, last - first + LONGEST_CHAIN):
        (value,) = number.unpack(window.read(at + index * number.size, number.size))
        if value & 1:  # the last of its chain
            return int(first) + index + 1
    raise UnusableError("a chain without end in the hash table")
