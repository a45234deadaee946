"""The first bytes of a file, and its notes, of every machine and byte order."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.elf.test_headers import (
    EM_386,
    EM_AARCH64,
    EM_X86_64,
    INTERP,
    NOTE,
    PROPERTY,
    read,
    written,
)


def note_of(order: str, kind: int, words: tuple[int, ...], filling: int = 0) -> bytes:
    """Return a note of GNU's whose content is numbers."""
    content = struct.pack(f"{order}{len(words)}I", *words) + bytes(filling)
    head = struct.pack(f"{order}3I", 4, len(content), kind)
    return head + b"GNU\0" + content


INDIRECT, ABI_TAG, PROPERTIES = 0xB0008000, 1, 5


@pytest.mark.parametrize(
    ("bits", "order"), [(64, "<"), (64, ">"), (32, "<"), (32, ">")]
)
@pytest.mark.parametrize("machine", [EM_386, EM_X86_64, EM_AARCH64, 22, 40])
@pytest.mark.parametrize("kind", [NOTE, PROPERTY])
def test_notes_are_read_as_the_ports_of_glibc_do(
    bits: int, order: str, machine: int, kind: int
) -> None:
    # sysdeps/*/dl-prop.h: x86 looks at PT_NOTE as well, aarch64 at none of these
    filling = 4 * (bits == 64)
    other = note_of(order, PROPERTIES, (0xC0010002, 4, 1), filling)
    marked = note_of(order, PROPERTIES, (INDIRECT, 4, 1), filling)
    kernel = note_of(order, ABI_TAG, (0, 3, 10, 7))
    later = note_of(order, ABI_TAG, (0, 9, 9, 9))
    segments = [(kind, 4, marked + kernel), (NOTE, 4, other), (NOTE, 4, later)]
    segments = [
        (each, flags, text.ljust(-(-len(text) // 8) * 8, b"\0"))
        for each, flags, text in segments
    ]
    elf = read(written(*segments, bits=bits, order=order, machine=machine))
    is_x86 = machine in (EM_386, EM_X86_64)
    assert elf.is_indirect is (is_x86 or (kind == PROPERTY and machine != EM_AARCH64))
    assert elf.kernel == ((0, 3, 10, 7) if kind == NOTE else (0, 9, 9, 9))
    assert elf.isa_needed == 0


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("machine", [3, 21, 62, 183, 243, 258])
def test_header_of_either_order_that_is_the_other_is_none(
    order: str, machine: int
) -> None:
    other = {"<": ">", ">": "<"}[order]
    content = bytearray(written(order=order, machine=machine))
    content[5] = 1 if other == "<" else 2
    named = "little" if other == "<" else "big"
    with pytest.raises(
        UnusableError, match=f"marked {named}-endian that is the other$"
    ):
        read(bytes(content))


@pytest.mark.parametrize("machine", [0x100, 0x1600, 0xFF00, 0x7C00, 1, 0x1E, 0x3FF])
def test_header_of_an_unknown_machine_is_read(machine: int) -> None:
    swapped = machine >> 8 | (machine & 0xFF) << 8
    if swapped in (3, 21, 22, 40, 62, 183, 243, 258):
        with pytest.raises(UnusableError, match=r"that is the other$"):
            read(written(machine=machine))
    else:
        assert read(written(machine=machine)).machine == machine


@pytest.mark.parametrize("at", range(7, 16))
def test_identification_has_an_abi_and_padding(at: int) -> None:
    content = bytearray(written())
    content[at] = 5
    if at > 8:
        with pytest.raises(UnusableError, match=r"with padding filled$"):
            read(bytes(content))
        return
    elf = read(bytes(content))
    assert (elf.osabi, elf.abi_version) == ((5, 0) if at == 7 else (3, 5))


@pytest.mark.parametrize("ident", [0, 3, 255])
@pytest.mark.parametrize("at", [4, 5])
def test_class_and_order_are_known(at: int, ident: int) -> None:
    content = bytearray(written())
    content[at] = ident
    with pytest.raises(UnusableError, match=r"of unknown class or byte order$"):
        read(bytes(content))


@pytest.mark.parametrize(
    ("name", "is_read"), [(b"\0", False), (b"/\0", True), (b"/l", False)]
)
def test_interpreter_has_a_name(name: bytes, is_read: bool) -> None:
    data = written((INTERP, 4, name))
    if is_read:
        assert read(data).interpreter == "/"
        return
    with pytest.raises(UnusableError, match=r"^x.so: an interpreter name"):
        read(data)
