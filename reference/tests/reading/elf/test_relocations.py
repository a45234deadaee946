"""Relocations for static thread-local storage, by the processor supplements."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.relocations import read_relocations
from tests.reading.image import Image

RELA, RELASZ, REL, RELSZ = 7, 8, 17, 18
# machine, bits, order, with addends -> type of relocation, another one
KINDS = [
    (62, 64, "<", True, 18, 17),  # R_X86_64_TPOFF64, R_X86_64_DTPOFF64
    (3, 32, "<", False, 14, 35),  # R_386_TLS_TPOFF, R_386_TLS_DTPMOD32
    (183, 64, "<", True, 1030, 1031),  # R_AARCH64_TLS_TPREL, R_AARCH64_TLSDESC
    (183, 64, "<", True, 1030, 262),  # which ends in the same byte
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
    word = "Q" if bits == 64 else "I"
    content = b""
    for number, kind in enumerate(kinds):
        info = number << 32 | kind if bits == 64 else number << 8 | kind
        row = (0x1212, info, 0x1212) if addend else (0x1212, info)
        content += struct.pack(f"{order}{len(row)}{word}", *row)
    image.table(RELA if addend else REL, content)
    image.entries.append((RELASZ if addend else RELSZ, len(content)))
    dynamic, elf = image.dynamic()
    read_relocations(dynamic, elf)
    return elf.tls_relocations


@pytest.mark.parametrize(("machine", "bits", "order", "addend", "kind", "other"), KINDS)
def test_static_storage_is_asked_for_by_type(
    machine: int, bits: int, order: str, addend: bool, kind: int, other: int
) -> None:
    assert asks(machine, bits, order, [other, kind], addend=addend)
    assert not asks(machine, bits, order, [other, other], addend=addend)
    assert not asks(machine, bits, order, [], addend=addend)


def test_very_large_tables_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manylinux_reference.reading.elf.relocations.LARGEST_TABLE", 48)
    assert asks(62, 64, "<", [18, 18], addend=True)
    assert not asks(62, 64, "<", [18, 18, 18], addend=True)
