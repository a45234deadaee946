"""Property notes, laid out as the x86-64 psABI's section Program Property says."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.elf.notes import is_indirect, isa_needed, kernel_needed

NEEDED, USED = 0xC0008002, 0xC0010002
ABI_TAG, BUILD_ID, PROPERTY = 1, 3, 5  # note types


def entry(kind: int, value: int, word: int = 8, size: int = 4) -> bytes:
    """Return a property, filled up to the size of an address."""
    packed = struct.pack("<3I", kind, size, value)
    return packed.ljust(-(-len(packed) // word) * word, b"\0")


def note(data: bytes, kind: int = PROPERTY, name: bytes = b"GNU\0") -> bytes:
    head = struct.pack("<3I", len(name), len(data), kind)
    return head + name.ljust(-(-len(name) // 4) * 4, b"\0") + data


LEVEL_2 = note(entry(NEEDED, 2))


@pytest.mark.parametrize(
    ("notes", "bits"),
    [
        (LEVEL_2, 2),
        (note(entry(USED, 1) + entry(NEEDED, 6)), 6),
        (note(entry(NEEDED, 2) + entry(NEEDED, 4)), 6),
        (note(entry(NEEDED, 2) + entry(USED, 8)), 2),
        (LEVEL_2 + note(entry(NEEDED, 1)), 3),
        (note(b"12345678", BUILD_ID) + LEVEL_2, 2),
        (note(b"12345678", BUILD_ID, b"FreeBSD\0\0\0\0\0") + LEVEL_2, 2),
        (LEVEL_2[:-4], 2),  # all but the filling
        (LEVEL_2 + b"x" * 11, 2),
        (note(b"", BUILD_ID, b"abcde") + b"\0" * 4 + LEVEL_2, 2),
        (note(b"1" * 5, BUILD_ID, b"Go\0\0") + b"\0" * 3 + LEVEL_2, 2),
        (note(b"", BUILD_ID, b"abcde\0\0\0") + b"\0" * 4 + LEVEL_2, 2),
    ],
)
def test_levels_of_every_property_note_count(notes: bytes, bits: int) -> None:
    assert isa_needed(notes, 8, 8) == bits


@pytest.mark.parametrize(
    "notes",
    [
        b"",
        note(b"")[:11],
        note(entry(NEEDED, 2), ABI_TAG),
        note(entry(NEEDED, 2), BUILD_ID),
        note(entry(NEEDED, 2), name=b"Go\0\0"),
        note(entry(USED, 8)),
        note(entry(NEEDED, 2, size=8)),  # a value of another size
        note(entry(NEEDED, 2, size=8) + bytes(8)),
        LEVEL_2[:-5],
        struct.pack("<3I", 4, 0xFFFFFFFF, PROPERTY) + b"GNU\0",
    ],
)
def test_other_and_damaged_notes_say_nothing(notes: bytes) -> None:
    assert isa_needed(notes, 8, 8) == 0


@pytest.mark.parametrize(
    ("kind", "value", "indirect"),
    [
        (0xB0008000, 1, True),
        (0xB0008000, 3, True),
        (0xB0008000, 2, False),
        (0xB0008001, 1, False),
        (NEEDED, 1, False),
    ],
)
def test_a_property_says_that_nothing_is_to_be_copied(
    kind: int, value: int, indirect: bool
) -> None:
    # Linux gABI extensions, GNU_PROPERTY_1_NEEDED
    assert is_indirect(note(entry(kind, value)), 8, 8, big_endian=False) is indirect
    swapped = struct.pack(">3I4s3I4x", 4, 16, PROPERTY, b"GNU\0", kind, 4, value)
    assert is_indirect(swapped, 8, 8, big_endian=True) is indirect


def test_notes_of_32_bit_files_are_filled_to_four_bytes() -> None:
    properties = entry(USED, 1, word=4) + entry(NEEDED, 6, word=4)
    assert isa_needed(note(properties), 4, 4) == 6
    assert isa_needed(note(bytes(20), BUILD_ID) + note(properties), 4, 4) == 6


def test_alignment_of_the_segment_decides_where_the_next_note_begins() -> None:
    first = note(b"1234", BUILD_ID)
    assert isa_needed(first + LEVEL_2, 8, 4) == 2
    assert isa_needed(first.ljust(24, b"\0") + LEVEL_2, 8, 8) == 2
    assert isa_needed(first.ljust(24, b"\0") + LEVEL_2, 8, 4) == 0
    assert isa_needed(first + LEVEL_2, 8, 16) == 2


@given(st.binary(max_size=200), st.sampled_from([4, 8]), st.integers(0, 16))
def test_any_notes_are_read(notes: bytes, word: int, alignment: int) -> None:
    assert 0 <= isa_needed(notes, word, alignment) < 2**32


@given(st.integers(0, 255), st.integers(0, 60), st.binary(max_size=4))
def test_damaged_note_is_skipped(value: int, at: int, damage: bytes) -> None:
    notes = bytearray(note(entry(NEEDED, value)))
    notes[at : at + len(damage)] = damage
    assert isa_needed(bytes(notes), 8, 8) >= 0


@pytest.mark.parametrize("order", ["<", ">"])
def test_kernel_is_that_of_the_first_abi_tag(order: str) -> None:
    def tag(*values: int) -> bytes:
        content = struct.pack(f"{order}{len(values)}I", *values)
        return struct.pack(f"{order}3I4s", 4, len(content), ABI_TAG, b"GNU\0") + content

    other = struct.pack(f"{order}3I8s4s", 6, 4, ABI_TAG, b"NetBSD\0\0", b"\0" * 4)
    big_endian = order == ">"
    notes = other + tag(0, 3) + tag(0, 3, 2, 1) + tag(1, 9, 9, 9)
    assert kernel_needed(notes, 4, big_endian=big_endian) == (0, 3, 2, 1)
    assert kernel_needed(other, 4, big_endian=big_endian) is None
