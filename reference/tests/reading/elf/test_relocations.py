"""Relocations for static thread-local storage, by the processor supplements."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.dynamic import Dynamic
from manylinux_reference.reading.elf.file import DF_1_PIE, Elf
from manylinux_reference.reading.elf.relocations import read_relocations
from manylinux_reference.reading.elf.segments import Segment
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import BASE, DEFINED, FLAGS_1, UNDEFINED, Image

RELA, RELASZ, REL, RELSZ, RELR, RELRSZ = 7, 8, 17, 18, 36, 35
PREINIT_ARRAY, PREINIT_ARRAYSZ = 32, 33
INIT_ARRAY, INIT_ARRAYSZ, RELACOUNT = 25, 27, 0x6FFFFFF9
NONE, ABSOLUTE, RELATIVE = 0, 1, 8  # R_X86_64_*
GAP, SECOND = BASE + 0x1000, BASE + 0x2000
CODE = GAP + 0x40  # what lies between them can be called
# machine, bits, order, with addends -> type of relocation, another one
KINDS = [
    (62, 64, "<", True, 18, 17),  # R_X86_64_TPOFF64, R_X86_64_DTPOFF64
    (3, 32, "<", False, 14, 35),  # R_386_TLS_TPOFF, R_386_TLS_DTPMOD32
    (183, 64, "<", True, 1030, 1031),  # R_AARCH64_TLS_TPREL, R_AARCH64_TLSDESC
    (40, 32, "<", False, 19, 17),  # R_ARM_TLS_TPOFF32, R_ARM_TLS_DTPMOD32
    (21, 64, ">", True, 73, 68),  # R_PPC64_TPREL64, R_PPC64_DTPMOD64
    (21, 64, "<", True, 73, 78),
    (22, 64, ">", True, 56, 54),  # R_390_TLS_TPOFF, R_390_TLS_DTPMOD
    (243, 64, "<", True, 11, 9),  # R_RISCV_TLS_TPREL64, R_RISCV_TLS_DTPREL64
    (258, 64, "<", True, 11, 9),  # R_LARCH_TLS_TPREL64, R_LARCH_TLS_DTPREL64
]


def asks(
    machine: int, bits: int, order: str, kinds: list[int], *, addend: bool
) -> bool:
    image = Image(bits=bits, order=order, machine=machine)
    image.symbols(("mine", 0x16, DEFINED), ("mine too", 0x16, DEFINED))
    word = "Q" if bits == 64 else "I"
    content = b""
    for number, kind in enumerate(kinds):
        info = number << 32 | kind if bits == 64 else number << 8 | kind
        row = (BASE, info, 0x1212) if addend else (BASE, info)
        content += struct.pack(f"{order}{len(row)}{word}", *row)
    image.table(RELA if addend else REL, content)
    image.entries.append((RELASZ if addend else RELSZ, len(content)))
    dynamic, elf = image.dynamic()
    size, writable = len(image.data), 2
    load = (1, writable, 0, BASE, BASE, size, size, 4096)
    elf.loads = [Segment(load, is_64_bit=True)]
    elf.tls = 8
    read_relocations(dynamic, elf)
    return elf.tls_relocations


@pytest.mark.parametrize(("machine", "bits", "order", "addend", "kind", "other"), KINDS)
def test_static_storage_is_asked_for_by_type(
    machine: int, bits: int, order: str, addend: bool, kind: int, other: int
) -> None:
    assert asks(machine, bits, order, [other, kind], addend=addend)
    assert not asks(machine, bits, order, [other, other], addend=addend)
    assert not asks(machine, bits, order, [], addend=addend)


def wanting_the_last(bits: int, *symbols: tuple[str, int, int]) -> tuple[Dynamic, Elf]:
    """Return a file for x86 that wants the static storage of its last symbol."""
    image = Image(bits=bits, machine=62 if bits == 64 else 3)
    image.symbols(*symbols)
    kind, row = (18, "<3Q") if bits == 64 else (14, "<2I")
    info = len(symbols) << (32 if bits == 64 else 8) | kind
    content = struct.pack(row, BASE, info, *([0] if bits == 64 else []))
    image.table(RELA if bits == 64 else REL, content)
    image.entries.append((RELASZ if bits == 64 else RELSZ, len(content)))
    dynamic, elf = image.dynamic()
    load = (1, 2, 0, BASE, BASE, len(image.data), len(image.data), 4096)
    elf.loads = [Segment(load, is_64_bit=True)]
    return dynamic, elf


@pytest.mark.parametrize("where", [UNDEFINED, DEFINED])
@pytest.mark.parametrize("bits", [32, 64])
def test_static_storage_of_others_is_asked_for_by_name(bits: int, where: int) -> None:
    symbols = (("mine", 0x16, DEFINED), ("theirs", 0x16, where))
    dynamic, elf = wanting_the_last(bits, *symbols)
    elf.tls = 8
    read_relocations(dynamic, elf)
    assert elf.tls_wanted == ({b"theirs"} if where == UNDEFINED else set())


@pytest.mark.parametrize("info", [0x10, 0x11, 0x12, 0x16, 0x1A, 0x20])
@pytest.mark.parametrize("bits", [32, 64])
def test_storage_of_others_is_that_of_a_symbol_of_threads(bits: int, info: int) -> None:
    dynamic, elf = wanting_the_last(bits, ("theirs", info, UNDEFINED))
    if info in (0x16, 0x20):  # of no type and weak: nothing has to be there
        read_relocations(dynamic, elf)
    else:
        with pytest.raises(UnusableError, match="of a symbol that is none"):
            read_relocations(dynamic, elf)


def symbols_of(*rows: tuple[int, int, int], entries: dict[int, int]) -> set[int]:
    """Read rows of offset, type and symbol in a file with two writable segments."""
    image = Image()
    content = b"".join(
        struct.pack("<3Q", at, symbol << 32 | kind, CODE) for at, kind, symbol in rows
    )
    image.table(RELA, content)
    image.entries += [(RELASZ, len(content)), *entries.items()]
    return loaded(image)


def loaded(image: Image) -> set[int]:
    dynamic, elf = image.dynamic()
    elf.flags_1 = dynamic.one(FLAGS_1)
    elf.loads = [
        Segment((1, flags, 0, start, start, 0x1000, 0x1000, 4096), is_64_bit=True)
        for start, flags in ((BASE, 6), (GAP, 5), (SECOND, 6))
    ]
    return read_relocations(dynamic, elf)


@pytest.mark.parametrize(
    "rows",
    [
        [(BASE, ABSOLUTE, 3), (SECOND, RELATIVE, 0)],
        [(SECOND + 0xFF8, ABSOLUTE, 3)],
        [(BASE, ABSOLUTE, 3), (0, NONE, 0)],
    ],
)
def test_symbols_of_relocations_are_counted(rows: list[tuple[int, int, int]]) -> None:
    assert max(symbols_of(*rows, entries={})) == 3


@pytest.mark.parametrize("at", [0, BASE - 8, GAP, SECOND - 1, SECOND + 0x1000])
def test_only_what_can_be_written_is_relocated(at: int) -> None:
    rows = [(BASE, RELATIVE, 0), (at, RELATIVE, 0), (SECOND, RELATIVE, 0)]
    with pytest.raises(UnusableError, match=r"^a relocation of what cannot be written"):
        symbols_of(*rows, entries={})


@pytest.mark.parametrize(
    ("at", "touches"), [(34, False), (35, True), (48, True), (152, True), (153, False)]
)
def test_the_dynamic_section_is_not_relocated(at: int, touches: bool) -> None:
    # It begins behind 16 bytes, 24 of the relocation and 2 of the strings.
    row = (BASE + at, RELATIVE, 0)
    if not touches:
        assert symbols_of(row, entries={}) == {0}
        return
    with pytest.raises(UnusableError, match=r"^a relocation of the dynamic section$"):
        symbols_of(row, entries={})


@pytest.mark.parametrize(("count", "whole"), [(1, True), (2, False)])
def test_relative_relocations_come_first(count: int, whole: bool) -> None:
    rows = [(BASE, RELATIVE, 0), (BASE, ABSOLUTE, 1)]
    if whole:
        assert max(symbols_of(*rows, entries={RELACOUNT: count})) == 1
        return
    with pytest.raises(UnusableError, match=r"^a relocation among the relative ones"):
        symbols_of(*rows, entries={RELACOUNT: count})


@pytest.mark.parametrize(("size", "whole"), [(8, True), (16, False)])
def test_what_the_loader_calls_is_relocated(size: int, whole: bool) -> None:
    entries = {INIT_ARRAY: BASE + 8, INIT_ARRAYSZ: size}
    if whole:
        assert symbols_of((BASE + 8, RELATIVE, 0), entries=entries) == {0}
        return
    with pytest.raises(UnusableError, match=r"^an entry of DT_INIT_ARRAY without"):
        symbols_of((BASE + 8, RELATIVE, 0), entries=entries)


@pytest.mark.parametrize("is_program", [True, False])
@pytest.mark.parametrize(("code", "reason"), [(CODE, ""), (SECOND, "is no code")])
def test_what_is_called_before_all_is_code_of_programs(
    code: int, reason: str, is_program: bool
) -> None:
    # the loader skips DT_PREINIT_ARRAY of libraries
    image = Image()
    content = struct.pack("<3Q", BASE + 8, RELATIVE, code)
    image.table(RELA, content)
    image.entries += [(RELASZ, 24), (PREINIT_ARRAY, BASE + 8), (PREINIT_ARRAYSZ, 8)]
    if is_program:
        image.entries.append((FLAGS_1, DF_1_PIE))
    if not (reason and is_program):
        assert loaded(image) == {0}
        return
    with pytest.raises(UnusableError, match=r"^a function at 0x[0-9a-f]+, where there"):
        loaded(image)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((BASE, 0b111), ""),
        ((BASE + 0xFF0, 0b11), ""),
        ((BASE + 0xFF0, 0b101), "what cannot be written"),
        ((GAP, 0b11), "what cannot be written"),
        ((0b11, BASE), "begins with a bitmap"),
        ((BASE, 1, SECOND, 1), ""),
        ((BASE, 1, 1 << 63 | 1), ""),
    ],
)
def test_packed_relocations_have_places_as_well(
    words: tuple[int, ...], reason: str
) -> None:
    image = Image()
    image.data[:8] = struct.pack("<Q", CODE)
    image.table(RELR, struct.pack(f"<{len(words)}Q", *words))
    image.entries += [(RELRSZ, 8 * len(words)), (INIT_ARRAY, BASE), (INIT_ARRAYSZ, 8)]
    if not reason and words[0] == BASE:
        assert loaded(image) == set()
        return
    with pytest.raises(UnusableError, match=reason or "DT_INIT_ARRAY"):
        loaded(image)
