"""Refuses dynamic sections that lead the loader to what is no table.

The loader checks none of it and crashes, or binds other symbols than a reader sees
(glibc, ``elf/dl-lookup.c``, ``elf/dynamic-link.h``; gABI, chapter 5).
"""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf_dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    DT_REL,
    DT_RELA,
    DT_RELR,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERSYM,
)
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.elf_dynamic import Dynamic

DT_PLTRELSZ, DT_PLTGOT, DT_RELASZ, DT_INIT, DT_FINI = 2, 3, 8, 12, 13
DT_RELSZ, DT_PLTREL, DT_JMPREL, DT_INIT_ARRAY, DT_FINI_ARRAY = 18, 20, 23, 25, 26
DT_INIT_ARRAYSZ, DT_FINI_ARRAYSZ, DT_RELRSZ = 27, 28, 35
DT_RELACOUNT, DT_RELCOUNT = 0x6FFFFFF9, 0x6FFFFFFA
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
    for table, total, entry in SIZES:
        size = dynamic.one(total)
        if table in dynamic and size:
            dynamic.offset(table, size)
            if size % (entry * word):
                raise UnusableError(f"a table of {size} bytes, not whole entries")
    if DT_JMPREL in dynamic and dynamic.one(DT_PLTRELSZ):
        dynamic.offset(DT_JMPREL, dynamic.one(DT_PLTRELSZ))
        if DT_PLTREL not in dynamic:
            raise UnusableError("relocations for the PLT, of no kind")
    for tag in (DT_INIT, DT_FINI, DT_VERSYM):
        if tag in dynamic and dynamic.one(tag):
            dynamic.offset(tag)
    _check_relative(dynamic, word)
    _check_names(dynamic, elf)
    _check_hashes(dynamic, word)


def _check_relative(dynamic: Dynamic, word: int) -> None:
    """See to it that no more relocations are relative than there are."""
    for count, total, entry in (
        (DT_RELACOUNT, DT_RELASZ, 3),
        (DT_RELCOUNT, DT_RELSZ, 2),
    ):
        if dynamic.one(count) * entry * word > dynamic.one(total):
            raise UnusableError(f"{dynamic.one(count)} relative relocations of fewer")


def _check_names(dynamic: Dynamic, elf: Elf) -> None:
    """See to it that both tables begin with an empty entry, as the gABI has it."""
    if DT_SYMTAB not in dynamic or DT_STRTAB not in dynamic:
        if elf.needed or DT_HASH in dynamic or DT_GNU_HASH in dynamic:
            raise UnusableError("no symbol table, or no string table")
        return
    size = 24 if elf.is_64_bit else 16
    if any(dynamic.read(dynamic.one(DT_SYMTAB), size)):
        raise UnusableError("a symbol table whose first entry is not empty")
    if any(dynamic.read(dynamic.one(DT_STRTAB), 1)):
        raise UnusableError("a string table whose first string is not empty")


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
