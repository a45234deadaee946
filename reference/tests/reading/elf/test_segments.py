"""Program headers as the gABI's chapter 5 has them, and what contradicts it."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf
from manylinux_reference.reading.elf.segments import Segment, check_segments, place
from manylinux_reference.reading.unusable import UnusableError

LOAD, DYNAMIC, INTERP, NOTE, PHDR, TLS, RELRO = 1, 2, 3, 4, 6, 7, 0x6474E552
SIZE = 0x4000  # of the file
READ, WRITE = 4, 6
Row = dict[str, int]


def load(address: int = 0, size: int = 0x1000, **changed: int) -> Row:
    row = {"kind": LOAD, "flags": WRITE, "offset": address, "address": address}
    return row | {"size": size, "memory": size, "align": 0x1000} | changed


def check(*rows: Row, bits: int = 64, kind: int = ET_DYN) -> Elf:
    names = ("kind", "flags", "offset", "address", "address", "size", "memory", "align")
    segments = [
        Segment(tuple(row[name] for name in names), is_64_bit=True) for row in rows
    ]
    elf = Elf("a.so")
    elf.type, elf.bits = kind, bits
    elf.loads = [each for each in segments if each.kind == LOAD]
    check_segments(segments, elf, SIZE, 64)
    return elf


def test_address_leads_to_the_file_through_its_segment() -> None:
    elf = check(load(), load(0x2000, 0x800, offset=0x1000, memory=0x5000))
    assert [place(elf, at) for at in (0, 0xFFF, 0x2000, 0x27FF)] == [
        *(0, 0xFFF, 0x1000, 0x17FF),
    ]
    assert [place(elf, at) for at in (0x1000, 0x1FFF, 0x2800)] == [None] * 3
    assert place(elf, 0xFF8, 8) == 0xFF8
    assert place(elf, 0xFF9, 8) is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "no PT_LOAD"),
        ([load(size=SIZE + 1)], "PT_LOAD ends past the end of the file"),
        ([load(offset=SIZE)], "PT_LOAD ends past the end of the file"),
        ([load(memory=0xFFF)], "PT_LOAD has 4096 bytes in the file and 4095 in memory"),
        ([load(align=0x1001)], "PT_LOAD is aligned to 4097 bytes"),
        ([load(align=2 << 30)], "PT_LOAD is aligned to 2147483648 bytes"),
        ([load(0x1000), load()], "PT_LOADs overlap, or are not in ascending order"),
        ([load(size=0x1001), load(0x1000)], "PT_LOADs overlap"),
        ([load(memory=0x2001), load(0x2000)], "PT_LOADs overlap"),
        ([load(memory=(4 << 30) + 1)], "PT_LOADs end at the address 0x100000001"),
        ([load((1 << 64) - 0xFFF, offset=0)], "PT_LOADs end at the address 0x1"),
        ([load(), load(0x40, 8, kind=TLS, align=3)], "PT_TLS is aligned to 3 bytes"),
        ([load(), load(0x41, 8, kind=PHDR)], "PT_PHDR does not lead to the program"),
        ([load(), load(0x1000, 8, kind=TLS)], "PT_TLS has an offset that is not its"),
        ([load(), load(0x10, 8, kind=TLS, memory=7)], "PT_TLS has 8 bytes in the file"),
        ([load(), load(0x10, 0x2000, kind=RELRO)], "PT_GNU_RELRO lies outside"),
        ([load(0x1000), load(0, 8, kind=RELRO)], "PT_GNU_RELRO lies outside"),
        ([load(), load(0x10, 16, kind=DYNAMIC, offset=0x20)],
         "PT_DYNAMIC has an offset that is not its address"),
        ([load(), load(0xFF8, 16, kind=DYNAMIC)], "PT_DYNAMIC has an offset"),
        ([load(flags=READ), load(0x10, 16, kind=DYNAMIC)],
         "PT_DYNAMIC lies in a segment that is not writable"),
        ([load(flags=2), load(0x10, 16, kind=DYNAMIC)], "PT_DYNAMIC lies in a segment"),
        ([load(), load(0xFFC, 8, kind=TLS)], "PT_TLS has an offset that is not its"),
        ([load(), load(0x1000, 8, kind=NOTE)], "PT_NOTE has an offset that is not its"),
        ([load(), load(0xFFC, 8, kind=NOTE)], "PT_NOTE has an offset that is not its"),
        ([load(), load(0x10, 8, kind=INTERP, offset=0)], "PT_INTERP has an offset"),
        ([load(), load(0x10, 0, kind=TLS, memory=(256 << 20) + 1)], "PT_TLS of 26843"),
        ([load(0x800, offset=0x1800), load(0x810, 16, kind=DYNAMIC, offset=0x820)],
         "PT_DYNAMIC has an offset that is not its address"),
    ],
)  # fmt: skip
def test_segments_that_no_loader_maps_so_are_refused(
    rows: list[Row], reason: str
) -> None:
    with pytest.raises(UnusableError, match=rf"^{reason}"):
        check(*rows)


@pytest.mark.parametrize(
    "rows",
    [
        [load(align=0), load(0x1000, align=1)],
        [load(memory=4 << 30)],
        [load(), load(0x2000, 0, memory=0)],
        [load(), load(0x40, 0, kind=PHDR)],
        [load(), load(0x10, 8, kind=TLS, memory=0x100)],
        [load(), load(0x9000, 0, kind=TLS, offset=0, memory=0x100)],
        [load(), load(0x10, 0x1FE8, kind=RELRO)],  # to the end of a page
        [load(), load(0x10, 16, kind=DYNAMIC)],
        [load(0x1010, offset=0), load(0x1018, 16, kind=DYNAMIC, offset=0x18)],
        [load(0x1800, offset=0x800), load(0x1810, 16, kind=DYNAMIC, offset=0x810)],
        [load(0x1010, offset=0), load(0x1018, 16, kind=DYNAMIC, offset=0x38)],
        [load(align=1 << 30)],
        [load((1 << 64) - 0x1000, offset=0)],
        [load(), load(0x9000, 0, kind=TLS, offset=0, memory=256 << 20)],
        [load(0x1000), load(0x1000, 8, kind=RELRO)],
        [load(0x1000, 0x800), load(0x1000, 0x1001, kind=RELRO)],
        [load(), load(0x10, 8, kind=NOTE)],
        [load(), load(0x5000, 0, kind=NOTE, memory=0)],
    ],
)
def test_segments_that_loaders_map_are_taken(rows: list[Row]) -> None:
    check(*rows)


def test_program_at_a_fixed_address_is_not_relocated_in_place() -> None:
    check(load(flags=READ), load(0x10, 16, kind=DYNAMIC), kind=ET_EXEC)


def test_addresses_of_32_bits_end_earlier() -> None:
    rows = [load(0xFFFFF000, offset=0, memory=0x1001)]
    check(*rows)
    with pytest.raises(UnusableError, match="PT_LOADs end at the address"):
        check(*rows, bits=32)
