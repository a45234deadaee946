"""Tables that no loader survives, in files that are otherwise in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from manylinux_fixtures.elf.dynamic import DynamicTag
from manylinux_fixtures.elf.headers import SegmentType
from manylinux_fixtures.hostile.patched_elf import P_FILESZ, PatchedElf
from manylinux_reference.reading.budget import Budget
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.elf.reader import read_elf
from manylinux_reference.reading.elf.symbols import SymbolQuery
from manylinux_reference.reading.unusable import UnusableError

STRTAB, SYMTAB = DynamicTag.STRTAB, DynamicTag.SYMTAB
RELA, RELASZ, RUNPATH = DynamicTag.RELA, DynamicTag.RELASZ, DynamicTag.RUNPATH
VERSYM, GNU_HASH = DynamicTag.VERSYM, DynamicTag.GNU_HASH
P_ALIGN = 48  # offset in Elf64_Phdr
TYPE, ENTRY, ET_EXEC = 16, 24, 2  # offsets in Elf64_Ehdr, and a type
PLTGOT, INIT, DT_DEBUG, RELACOUNT = 3, 12, 21, 0x6FFFFFF9


def read(patch: PatchedElf, name: str = "x.so") -> Elf:
    data = patch.bytes()

    def pieces() -> Iterator[bytes]:
        yield data

    return read_elf(pieces, name, len(data), SymbolQuery(), Budget())


def retagged(tag: int, value: int) -> PatchedElf:
    """Return a file whose DT_RUNPATH has become another entry."""
    patch = PatchedElf()
    return patch.put(patch.entry_of(RUNPATH), "QQ", tag, value)


def in_table(tag: DynamicTag, offset: int, form: str, value: int) -> PatchedElf:
    patch = PatchedElf()
    return patch.put(patch.table(tag) + offset, form, value)


def shifted(tag: DynamicTag, by: int) -> PatchedElf:
    patch = PatchedElf()
    return patch.dynamic(tag, patch.table(tag) + by)


def test_file_that_is_in_order_is_read() -> None:
    assert read(PatchedElf()).needed == ["libc.so.6"]


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (retagged(STRTAB, 0), "two entries 0x5 of the dynamic section"),
        (retagged(RELA, 0), "two entries 0x7 of the dynamic section"),
        (retagged(18, 24), "a table of 24 bytes, not whole entries"),
        (shifted(RELASZ, 1), "a table of 25 bytes, not whole entries"),
        (shifted(RELASZ, 24 << 20), "the address 0x[0-9a-f]+ is in no segment"),
        (shifted(VERSYM, 1), "a table at the odd address"),
        (shifted(SYMTAB, 4), "a table at the odd address"),
        (shifted(SYMTAB, 24), "a table whose first entry is not empty"),
        (retagged(23, 0x100), "PLT relocations of 0 bytes, not whole entries"),
        (retagged(INIT, 8 << 20), "a function at 0x800000, where there is no code"),
        (retagged(PLTGOT, 64), "DT_PLTGOT is 0x40, which is not writable"),
        (retagged(RELACOUNT, 2), "2 relative relocations of fewer"),
        (retagged(RELACOUNT, 1), "a relocation among the relative ones that is not"),
        (in_table(RELA, 0, "Q", 64), "a relocation of what cannot be written"),
        (in_table(RELA, 0, "Q", 1 << 40), "a relocation of what cannot be written"),
        (in_table(RELA, 8, "I", 23), "a relocation of unknown type 23"),
        (in_table(RELA, 12, "I", 99), "a relocation with symbol 99 of"),
        (in_table(GNU_HASH, 24, "I", 1), "a hash table that leads before its first"),
        (in_table(GNU_HASH, 8, "I", 3), "a hash table with a filter of 3 words"),
        (in_table(GNU_HASH, 8, "I", 1 << 20), "the address 0x"),
        (in_table(SYMTAB, 24, "I", 1 << 20), "a symbol whose name is past the end"),
        (in_table(SYMTAB, 24, "I", 1 << 31), "a symbol whose name is past the end"),
        (in_table(VERSYM, 2, "H", 9), "a symbol of a version that is not there"),
        (
            in_table(SYMTAB, 2 * 24 + 4, "B", 0x1A).put(
                PatchedElf().table(SYMTAB) + 2 * 24 + 8, "Q", 8
            ),
            "a function is chosen at 0x8, which is no code",
        ),
    ],
)
def test_table_that_is_none_is_refused(patch: PatchedElf, reason: str) -> None:
    with pytest.raises(UnusableError, match=rf"^x\.so: {reason}"):
        read(patch)


@pytest.mark.parametrize("kind", [0x16, 0x26, 0xA6])  # global, weak, unique
@pytest.mark.parametrize(
    ("memory", "value", "size", "reason"),
    [
        (8, 0, 8, ""),
        (8, 4, 4, ""),
        (8, 8, 0, ""),
        (8, 5, 4, "a symbol past the end of its thread-local storage"),
        (8, 1 << 44, 0, "a symbol past the end of its thread-local storage"),
        (0, 0, 0, "a symbol of thread-local storage, no PT_TLS"),
    ],
)
def test_storage_of_threads_has_room_for_its_symbols(
    kind: int, memory: int, value: int, size: int, reason: str
) -> None:
    patch = PatchedElf()
    symbol = patch.table(SYMTAB) + 2 * 24
    patch.put(symbol + 4, "B", kind).put(symbol + 8, "2Q", value, size)
    if memory:
        header = patch.header_of(SegmentType.NOTE)
        patch.put(header, "I", SegmentType.TLS)
        patch.put(header + P_FILESZ, "2Q", 0, memory).put(header + P_ALIGN, "Q", 4)
    with pytest.raises(UnusableError, match=reason) if reason else nullcontext():
        read(patch)


def test_version_without_a_library_is_refused() -> None:
    patch = PatchedElf()
    patch.put(patch.entry_of(DynamicTag.VERNEED), "QQ", DT_DEBUG, 0)
    with pytest.raises(UnusableError, match="versions of symbols, and none of librar"):
        read(patch)


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (PatchedElf().put(ENTRY, "Q", 0), "a program begins at 0x0, which is no code"),
        (PatchedElf().put(ENTRY, "Q", 1 << 40), "a program begins at 0x10000000000"),
        (PatchedElf().put(TYPE, "H", ET_EXEC), "a program at the fixed address 0x0"),
    ],
)
def test_program_that_cannot_start_is_refused(patch: PatchedElf, reason: str) -> None:
    assert read(patch).entry == patch.number(ENTRY, "Q")  # of a module, nobody looks
    with pytest.raises(UnusableError, match=rf"^x: {reason}"):
        read(patch, "x")


COPY, SYMBOL = 5, 24  # R_X86_64_COPY, bytes of an Elf64_Sym
VALUE, OTHER = 8, 5  # offsets in it


@pytest.mark.parametrize(
    ("patch", "copied"),
    [
        (PatchedElf(), set()),
        (in_table(RELA, 8, "I", COPY), {b"memcpy"}),
        (in_table(SYMTAB, SYMBOL + VALUE, "Q", 64), {b"memcpy"}),
    ],
)
def test_a_program_says_what_it_has_copies_and_addresses_of(
    patch: PatchedElf, copied: set[bytes]
) -> None:
    assert read(patch, "program").copied == copied


@pytest.mark.parametrize("marked", [True, False])
def test_protected_names_of_a_marked_library_are_known(marked: bool) -> None:
    patch = in_table(SYMTAB, 2 * SYMBOL + OTHER, "B", 3)
    note = patch.content.index(bytes.fromhex("020001c0 04000000"))
    patch.put(note, "3I", 0xB0008000, 4, int(marked))
    elf = read(patch)
    assert elf.is_indirect is marked
    assert len(elf.protected) == int(marked)
