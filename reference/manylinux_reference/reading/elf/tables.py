"""Refuses dynamic sections that lead the loader to what is no table.

The loader checks none of it and crashes, or binds other symbols than a reader sees
(glibc, ``elf/dl-lookup.c``, ``elf/dynamic-link.h``; gABI, chapter 5).
"""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf.dynamic import (
    DT_FINI_ARRAY,
    DT_FINI_ARRAYSZ,
    DT_GNU_HASH,
    DT_HASH,
    DT_INIT_ARRAY,
    DT_INIT_ARRAYSZ,
    DT_JMPREL,
    DT_PLTREL,
    DT_PLTRELSZ,
    DT_PREINIT_ARRAY,
    DT_PREINIT_ARRAYSZ,
    DT_REL,
    DT_RELA,
    DT_RELACOUNT,
    DT_RELASZ,
    DT_RELCOUNT,
    DT_RELR,
    DT_RELRSZ,
    DT_RELSZ,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERDEF,
    DT_VERNEED,
    DT_VERSYM,
    VERSION,
    numbers,
)
from manylinux_reference.reading.elf.hashes import check_hashes, fields_of
from manylinux_reference.reading.elf.relocations import PF_W, is_code, read_relocations
from manylinux_reference.reading.elf.symbols import count_hashed
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

DT_PLTGOT, DT_INIT, DT_FINI = 3, 12, 13
ONCE = frozenset((
    DT_HASH, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ, DT_RELR,
    DT_PLTRELSZ, DT_PLTGOT, DT_INIT, DT_FINI, DT_JMPREL, DT_GNU_HASH, DT_VERSYM,
    DT_VERNEED, DT_VERDEF, DT_INIT_ARRAY, DT_FINI_ARRAY,
))  # fmt: skip
ALIGNED = {DT_VERSYM: 2, DT_VERNEED: 4, DT_VERDEF: 4, DT_HASH: 4} | dict.fromkeys(
    (DT_SYMTAB, DT_RELA, DT_REL, DT_RELR, DT_JMPREL, DT_GNU_HASH), 0
)  # 0: to the size of an address
SYMBOLS_PER_STEP = 256
STV_PROTECTED = 3
IFUNCS = (0x1A, 0x2A, 0xAA)  # st_info: STT_GNU_IFUNC, global, weak or unique
OF_THREADS = (0x16, 0x26, 0xA6)  # the same of STT_TLS
SIZES = (  # of tables, each with the bytes of an entry in words
    (DT_RELA, DT_RELASZ, 3),
    (DT_REL, DT_RELSZ, 2),
    (DT_RELR, DT_RELRSZ, 1),
    (DT_INIT_ARRAY, DT_INIT_ARRAYSZ, 1),
    (DT_FINI_ARRAY, DT_FINI_ARRAYSZ, 1),
)
OF_PROGRAMS = (DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ, 1)  # read of no other file


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
    _check_sizes(dynamic, elf)
    _check_code(dynamic, elf)
    _check_relative(dynamic, word)
    dynamic.used = used = read_relocations(dynamic, elf)
    symbols = _check_symbols(dynamic, elf, max(used, default=-1) + 1)
    check_hashes(dynamic, elf, symbols, used)
    _read_visibility(dynamic, elf, symbols)


def _check_sizes(dynamic: Dynamic, elf: Elf) -> None:
    word = elf.bits // 8
    for table, total, entry in (*SIZES, *[OF_PROGRAMS] * elf.is_executable):
        size = dynamic.one(total)
        if (table in dynamic) != (total in dynamic) or size % (entry * word):
            raise UnusableError(f"a table of {size} bytes, not whole entries")
        if size:
            dynamic.offset(table, size)
    size = dynamic.one(DT_PLTRELSZ)
    entry = 3 if dynamic.one(DT_PLTREL) == DT_RELA else 2
    told = DT_PLTREL in dynamic and (DT_PLTRELSZ in dynamic or DT_JMPREL not in dynamic)
    if (DT_JMPREL in dynamic) != told or size % (entry * word):
        raise UnusableError(f"PLT relocations of {size} bytes, not whole entries")
    if size and DT_PLTGOT not in dynamic:
        raise UnusableError("PLT relocations without DT_PLTGOT")
    if size:
        dynamic.offset(DT_JMPREL, size)


def _check_code(dynamic: Dynamic, elf: Elf) -> None:
    """See to it that what is called is code, and what is filled in can be."""
    for tag in (DT_INIT, DT_FINI):
        at = dynamic.one(tag)
        if tag in dynamic and not is_code(elf, at):
            raise UnusableError(f"a function at {at:#x}, where there is no code")
    at = dynamic.one(DT_PLTGOT)
    if at and not any(
        load.address <= at < load.end and load.flags & PF_W for load in elf.loads
    ):
        raise UnusableError(f"DT_PLTGOT is {at:#x}, which is not writable")


def _check_relative(dynamic: Dynamic, word: int) -> None:
    """See to it that no more relocations are relative than there are."""
    for count, total, entry in (
        (DT_RELACOUNT, DT_RELASZ, 3),
        (DT_RELCOUNT, DT_RELSZ, 2),
    ):
        if dynamic.one(count) * entry * word > dynamic.one(total):
            raise UnusableError(f"{dynamic.one(count)} relative relocations of fewer")


def _check_symbols(dynamic: Dynamic, elf: Elf, used: int) -> bytes:
    """See to it that symbols have names and versions that are there; return them.

    Both tables begin with an empty entry.  ``used`` is how many relocations tell of,
    which is all that is known of a file that exports nothing.
    """
    count = count_hashed(dynamic, elf) or used
    if used > count:
        raise UnusableError(f"a relocation with symbol {used - 1} of {count}")
    dynamic.budget.steps.spend(count // SYMBOLS_PER_STEP)
    size = 24 if elf.is_64_bit else 16
    table = dynamic.read(dynamic.one(DT_SYMTAB), max(count, 1) * size)
    if any(table[:size]) or any(dynamic.read(dynamic.one(DT_STRTAB), 1)):
        raise UnusableError("a table whose first entry is not empty")
    _check_kinds(table, elf)
    names = numbers("I", table, elf)[:: size // 4]
    if max(names) >= dynamic.string_table()[1]:
        raise UnusableError("a symbol whose name is past the end of the string table")
    if DT_VERSYM in dynamic:
        if not (elf.version_needs or elf.definitions):
            raise UnusableError("versions of symbols, and none of libraries")
        indexes = numbers("H", dynamic.read(dynamic.one(DT_VERSYM), 2 * count), elf)
        if any(each & VERSION not in dynamic.versions for each in set(indexes)):
            raise UnusableError("a symbol of a version that is not there")
    return table


def _check_kinds(table: bytes, elf: Elf) -> None:
    """See to it that symbols are what their types say: whoever binds one relies on it.

    The loader calls what has the type STT_GNU_IFUNC, and makes room for the storage in
    which one of STT_TLS lies (``elf_machine_rela``).
    """
    layout = Struct(
        (">" if elf.big_endian else "<") + ("I2BHQQ" if elf.is_64_bit else "3I2BH")
    )
    kinds = table[4 if elf.is_64_bit else 12 :: layout.size]
    for number in [
        at for kind in IFUNCS + OF_THREADS for at in _positions(kinds, kind)
    ]:
        raw = layout.unpack_from(table, number * layout.size)
        _, value, size, _, _, section = fields_of(raw, elf)
        if not section:
            continue
        if kinds[number] in OF_THREADS and not elf.tls:
            raise UnusableError("a symbol of thread-local storage, no PT_TLS")
        if kinds[number] in OF_THREADS and value + size > elf.tls:
            raise UnusableError("a symbol past the end of its thread-local storage")
        if kinds[number] in IFUNCS and not is_code(elf, value):
            raise UnusableError(f"a function is chosen at {value:#x}, which is no code")


def _positions(kinds: bytes, kind: int) -> Iterator[int]:
    at = kinds.find(kind)
    while at >= 0:
        yield at
        at = kinds.find(kind, at + 1)


def _read_visibility(dynamic: Dynamic, elf: Elf, symbols: bytes) -> None:
    """Find the protected names of a file of which others are to have no copies.

    And those of other files' functions of which a program has addresses of its own
    (glibc, ``sysdeps/generic/dl-protected.h``).
    """
    is_program = elf.is_executable and bool(elf.needed)
    if not (elf.is_indirect or is_program):
        return
    layout = Struct(dynamic.order + ("I2BHQQ" if elf.is_64_bit else "3I2BH"))
    dynamic.budget.steps.spend(len(symbols) // (layout.size * SYMBOLS_PER_STEP))
    for raw in layout.iter_unpack(symbols):
        name, value, _, _, other, section = fields_of(raw, elf)
        if elf.is_indirect and section and other & 3 == STV_PROTECTED:
            elf.protected.add(dynamic.name(name))
        elif is_program and value and not section:
            elf.copied.add(dynamic.name(name))
