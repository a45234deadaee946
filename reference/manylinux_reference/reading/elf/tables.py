"""Refuses dynamic sections that lead the loader to what is no table.

The loader checks none of it and crashes, or binds other symbols than a reader sees
(glibc, ``elf/dl-lookup.c``, ``elf/dynamic-link.h``; gABI, chapter 5).
"""

from __future__ import annotations

import sys
from array import array
from struct import Struct

from manylinux_reference.reading.elf.dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    DT_REL,
    DT_RELA,
    DT_RELR,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERDEF,
    DT_VERNEED,
    DT_VERSYM,
    VERSION,
)
from manylinux_reference.reading.elf.symbols import count_hashed
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

DT_PLTRELSZ, DT_PLTGOT, DT_RELASZ, DT_INIT, DT_FINI = 2, 3, 8, 12, 13
DT_RELSZ, DT_PLTREL, DT_JMPREL, DT_INIT_ARRAY, DT_FINI_ARRAY = 18, 20, 23, 25, 26
DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ, DT_RELRSZ = 27, 28, 35
DT_RELACOUNT, DT_RELCOUNT = 0x6FFFFFF9, 0x6FFFFFFA
ONCE = frozenset((
    DT_HASH, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ, DT_RELR,
    DT_PLTRELSZ, DT_PLTGOT, DT_INIT, DT_FINI, DT_JMPREL, DT_GNU_HASH, DT_VERSYM,
    DT_VERNEED, DT_VERDEF, DT_INIT_ARRAY, DT_FINI_ARRAY,
))  # fmt: skip
ALIGNED = {DT_VERSYM: 2, DT_VERNEED: 4, DT_VERDEF: 4, DT_HASH: 4} | dict.fromkeys(
    (DT_SYMTAB, DT_RELA, DT_REL, DT_RELR, DT_JMPREL, DT_GNU_HASH), 0
)  # 0: to the size of an address
PF_X, PF_W = 1, 2
SYMBOLS_PER_STEP = 256
SIZES = (  # of tables, each with the bytes of an entry in words
    (DT_RELA, DT_RELASZ, 3),
    (DT_REL, DT_RELSZ, 2),
    (DT_RELR, DT_RELRSZ, 1),
    (DT_INIT_ARRAY, DT_INIT_ARRAYSZ, 1),
    (DT_FINI_ARRAY, DT_FINI_ARRAYSZ, 1),
)


def check_tables(dynamic: Dynamic, elf: Elf) -> None:
    """Raise UnusableError if a table is none; NotKeptError if one is still to come."""
    word = elf.bits // 8
    if DT_SYMTAB not in dynamic or DT_STRTAB not in dynamic:
        raise UnusableError("a dynamic section without symbol table or string table")
    for tag, values in dynamic.entries():
        if tag in ONCE and len(values) > 1:
            raise UnusableError(f"two entries {tag:#x} of the dynamic section")
        if tag in ALIGNED and values[-1] % (ALIGNED[tag] or word):
            raise UnusableError(f"a table at the odd address {values[-1]:#x}")
    _check_sizes(dynamic, word)
    _check_code(dynamic, elf)
    _check_relative(dynamic, word)
    _check_hashes(dynamic, word)
    _check_symbols(dynamic, elf)


def _check_sizes(dynamic: Dynamic, word: int) -> None:
    for table, total, entry in SIZES:
        size = dynamic.one(total)
        if (table in dynamic) != (total in dynamic) or size % (entry * word):
            raise UnusableError(f"a table of {size} bytes, not whole entries")
        if size:
            dynamic.offset(table, size)
    size = dynamic.one(DT_PLTRELSZ)
    entry = 3 if dynamic.one(DT_PLTREL) == DT_RELA else 2
    if (DT_JMPREL in dynamic) != (DT_PLTREL in dynamic) or size % (entry * word):
        raise UnusableError(f"PLT relocations of {size} bytes, not whole entries")
    if size:
        dynamic.offset(DT_JMPREL, size)


def _check_code(dynamic: Dynamic, elf: Elf) -> None:
    """See to it that what is called is code, and what is filled in can be."""
    for tag, flag in ((DT_INIT, PF_X), (DT_FINI, PF_X), (DT_PLTGOT, PF_W)):
        at = dynamic.one(tag)
        if at and not any(
            load.address <= at < load.end and load.flags & flag for load in elf.loads
        ):
            raise UnusableError(f"{at:#x} is not in a segment for it")


def _check_relative(dynamic: Dynamic, word: int) -> None:
    """See to it that no more relocations are relative than there are."""
    for count, total, entry in (
        (DT_RELACOUNT, DT_RELASZ, 3),
        (DT_RELCOUNT, DT_RELSZ, 2),
    ):
        if dynamic.one(count) * entry * word > dynamic.one(total):
            raise UnusableError(f"{dynamic.one(count)} relative relocations of fewer")


def _check_symbols(dynamic: Dynamic, elf: Elf) -> None:
    """See to it that symbols have names and versions that are there.

    Both tables begin with an empty entry.
    """
    count = count_hashed(dynamic, elf)
    dynamic.budget.steps.spend(count // SYMBOLS_PER_STEP)
    size = 24 if elf.is_64_bit else 16
    table = dynamic.read(dynamic.one(DT_SYMTAB), max(count, 1) * size)
    if any(table[:size]) or any(dynamic.read(dynamic.one(DT_STRTAB), 1)):
        raise UnusableError("a table whose first entry is not empty")
    names = _numbers("I", table, elf)[:: size // 4]
    if max(names) >= dynamic.string_table()[1]:
        raise UnusableError("a symbol whose name is past the end of the string table")
    if DT_VERSYM in dynamic:
        if not (elf.version_needs or elf.definitions):
            raise UnusableError("versions of symbols, and none of libraries")
        indexes = _numbers("H", dynamic.read(dynamic.one(DT_VERSYM), 2 * count), elf)
        if any(each & VERSION not in dynamic.versions for each in set(indexes)):
            raise UnusableError("a symbol of a version that is not there")


def _numbers(kind: str, raw: bytes, elf: Elf) -> array[int]:
    numbers = array(kind, raw)
    if elf.big_endian != (sys.byteorder == "big"):
        numbers.byteswap()
    return numbers


def _check_hashes(dynamic: Dynamic, word: int) -> None:
    """See to it that buckets and filter of DT_GNU_HASH are there, and can be used.

    The loader takes DT_GNU_HASH before DT_HASH (``_dl_setup_hash``).
    """
    if DT_GNU_HASH not in dynamic:
        return
    header = Struct(dynamic.order + "4I")
    raw = dynamic.read(dynamic.one(DT_GNU_HASH), header.size)
    buckets, _, words, _ = header.unpack(raw)
    if not words or words & (words - 1):
        raise UnusableError(f"a hash table with a filter of {words} words")
    dynamic.offset(DT_GNU_HASH, header.size + words * word + 4 * buckets)
