"""Refuses hash tables by which the loader does not find a file's own symbols.

gABI, chapter 5, Hash Table; glibc, ``do_lookup_x`` and ``check_match`` in
``elf/dl-lookup.c``, ``_dl_setup_hash`` in ``elf/dl-setup_hash.c``.
"""

from __future__ import annotations

from itertools import islice
from struct import Struct

from manylinux_reference.reading.elf.dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    gnu_hash,
    numbers,
    readable,
    sysv_hash,
)
from manylinux_reference.reading.elf.relocations import is_code
from manylinux_reference.reading.elf.symbols import (
    EM_S390,
    count_gnu,
    sections,
    sysv_hashes,
)
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.exports import Walk
    from manylinux_reference.reading.elf.file import Elf

LOOKED_UP = 256  # symbols of a file that it uses; of more of them, some
OTHERS_LOOKED_UP = 16
SYMBOLS_PER_STEP = 256
STB_LOCAL, STV_INTERNAL, STV_HIDDEN, SHN_ABS = 0, 1, 2, 0xFFF1
STT_TLS, STT_GNU_IFUNC = 6, 10
SHIFT = 32  # bits of a hash, all of which a shift would drop
lt = int.__lt__  # importing it from ``operator`` takes a third of a millisecond
WORD = 4  # bytes of a number, almost everywhere
# What a lookup finds: the types none, object, func, ...; bindings global, weak, unique.
NAMED, BOUND = (0, 1, 2, 5, STT_TLS, STT_GNU_IFUNC), (1, 2, 10)


def check_hashes(
    dynamic: Dynamic, elf: Elf, symbols: bytes, used: Collection[int]
) -> None:
    """Raise UnusableError if a table is none, or a symbol is not found by its name.

    Without any table none is found (``do_lookup_x``).  ``symbols`` is the table, and
    ``used`` are the numbers of those that relocations refer to; of the others, which
    other files may look for, some are looked up.
    The loader takes DT_GNU_HASH before DT_HASH.
    """
    if DT_GNU_HASH in dynamic:
        first, walk = _gnu(dynamic, elf)
    elif DT_HASH in dynamic:
        first, walk = 1, _sysv(dynamic, elf)
    else:  # and nothing is found
        first, walk = len(symbols), dynamic.walk
    dynamic.first, dynamic.walk = first, walk
    layout = Struct(dynamic.order + ("I2BHQQ" if elf.is_64_bit else "3I2BH"))
    others = range(first, len(symbols) // layout.size)
    some = (
        *islice(used, 0, None, 1 + len(used) // LOOKED_UP),
        *others[:: 1 + len(others) // OTHERS_LOOKED_UP],
    )
    defined = list(filter(sections(symbols, elf).__getitem__, some))
    rows = [
        fields_of(layout.unpack_from(symbols, number * layout.size), elf)
        for number in defined
    ]
    names = dynamic.names([row[0] for row in rows])
    for number, name, row in zip(defined, names, rows, strict=True):
        _, value, _, info, other, section = row
        if info & 0xF == STT_GNU_IFUNC and not is_code(elf, value):
            raise UnusableError(f"its symbol {readable(name)} leads to no code")
        if info >> 4 == STB_LOCAL or other & 3 in (STV_INTERNAL, STV_HIDDEN):
            continue  # is bound without a lookup
        is_value = value or section == SHN_ABS or info & 0xF == STT_TLS
        is_found = is_value and info & 0xF in NAMED and info >> 4 in BOUND
        if not is_found and number not in used:
            continue
        if not is_found or number not in walk(name):
            raise UnusableError(f"its symbol {readable(name)} is not found")


def fields_of(raw: tuple[int, ...], elf: Elf) -> tuple[int, ...]:
    """Return name, value, size, info, other and section of a symbol: Elf32_Sym's order.

    gABI, Symbol Table.
    """
    if not elf.is_64_bit:
        return raw
    name, info, other, section, value, size = raw
    return name, value, size, info, other, section


def _gnu(dynamic: Dynamic, elf: Elf) -> tuple[int, Walk]:
    word, bits, steps = elf.bits // 8, elf.bits, dynamic.budget.steps
    header, at = Struct(dynamic.order + "4I"), dynamic.one(DT_GNU_HASH)
    count, first, words, shift = header.unpack(dynamic.read(at, header.size))
    if not words or words & (words - 1) or not count or shift >= SHIFT:
        raise UnusableError(f"a hash table with a filter of {words} words")
    start = at + header.size + words * word
    buckets = numbers("I", dynamic.read(start, 4 * count), elf)
    steps.spend(count // SYMBOLS_PER_STEP)
    if min(filter(None, buckets), default=first) < first:
        raise UnusableError("a hash table that leads before its first symbol")
    rows = dynamic.read(at + header.size, words * word)
    row_of = numbers("Q" if elf.is_64_bit else "I", rows, elf)
    hashed = max(count_gnu(dynamic, word) - first, 0)
    chains = numbers("I", dynamic.read(start + 4 * count, 4 * hashed), elf)

    def walk(name: bytes) -> Iterator[int]:
        value = gnu_hash(name)
        row = row_of[value // bits % words]
        if not row >> value % bits & row >> (value >> shift) % bits & 1:
            return
        found = buckets[value % count]
        while found:
            chain = chains[found - first]
            if chain | 1 == value | 1:
                yield found
            steps.spend()
            found = 0 if chain & 1 else found + 1

    return first, walk


def _sysv(dynamic: Dynamic, elf: Elf) -> Walk:
    word, count, chained = sysv_hashes(dynamic, elf)
    steps = dynamic.budget.steps
    if elf.machine == EM_S390 and elf.is_64_bit and word != elf.bits // 8:
        raise UnusableError("a hash table of 32-bit words, which s390x has of 64 bits")
    start = dynamic.one(DT_HASH) + 2 * word
    raw = dynamic.read(start, (count + chained) * word)
    table = numbers("I" if word == WORD else "Q", raw, elf)
    steps.spend((count + chained) // SYMBOLS_PER_STEP)
    if not count or max(table) >= chained:
        raise UnusableError("a hash table that leads past the last symbol")
    chains = table[count:]
    if not all(map(lt, chains[1:], range(1, chained))):
        _check_circles(dynamic, chains)

    def walk(name: bytes) -> Iterator[int]:
        found = table[sysv_hash(name) % count]
        while found:
            yield found
            steps.spend()
            found = chains[found]

    return walk


def _check_circles(dynamic: Dynamic, chains: Sequence[int]) -> None:
    """See to it that every chain ends; those of ``ld`` lead to ever lower numbers."""
    ends = bytearray(len(chains))
    for number in range(len(chains)):
        at, passed = number, []
        while at and not ends[at]:
            ends[at] = 2
            passed.append(at)
            at = chains[at]
        if at and ends[at] == 2:  # noqa: PLR2004 - passed on this way
            raise UnusableError("a hash table whose chain is a circle")
        for each in passed:
            ends[each] = 1
    dynamic.budget.steps.spend(len(chains))
