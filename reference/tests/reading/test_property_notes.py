"""Property notes, laid out as the x86-64 psABI's section Program Property says."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf_notes import isa_needed

NEEDED, USED = 0xC0008002, 0xC0010002
PROPERTY, BUILD_ID = 5, 3  # note types


def entry(kind: int, value: int, word: int = 8, size: int = 4) -> bytes:
    packed = struct.pack("<3I", kind, size, value)
    return packed.ljust(-(-len(packed) // word) * word, b"\0")


def note(data: bytes, kind: int = PROPERTY, name: bytes = b"GNU\0") -> bytes:
    head = struct.pack("<3I", len(name), len(data), kind)
    return head + name.ljust(-(-len(name) // 4) * 4, b"\0") + data


LEVEL_2 = note(entry(NEEDED, 2))


@pytest.mark.parametrize(
    ("notes", "bits"),
    [
        (b"", 0),
        (LEVEL_2, 2),
        (note(entry(USED, 8)), 0),
        (note(entry(USED, 8) + entry(NEEDED, 4)), 4),
        (note(entry(NEEDED, 2) + entry(NEEDED, 4)), 6),
        (note(entry(NEEDED, 2) + entry(USED, 8)), 2),
        (LEVEL_2 + note(entry(NEEDED, 1)), 3),
        (note(b"12345678", BUILD_ID) + LEVEL_2, 2),
        (note(entry(NEEDED, 2), BUILD_ID), 0),
        (note(entry(NEEDED, 2), name=b"Go\0\0"), 0),
        (note(b"12345678", BUILD_ID, b"FreeBSD\0\0\0\0\0") + LEVEL_2, 2),
        (note(entry(NEEDED, 2, size=8) + bytes(8)), 0),
        (LEVEL_2[:-5], 0),
        (LEVEL_2[:-4], 2),  # all but the filling
        (LEVEL_2 + b"x" * 11, 2),
        (note(b"", BUILD_ID, b"abcde") + b"\0" * 4 + LEVEL_2, 2),
        (note(b"1" * 5, BUILD_ID, b"Go\0\0") + b"\0" * 3 + LEVEL_2, 2),
        (note(b"", BUILD_ID, b"abcde\0\0\0") + b"\0" * 4 + LEVEL_2, 2),
        (struct.pack("<3I", 4, 0xFFFFFFFF, PROPERTY) + b"GNU\0", 0),
    ],
)
def test_levels_of_every_property_note_count(notes: bytes, bits: int) -> None:
    assert isa_needed(notes, 8, 8) == bits


def test_notes_of_32_bit_files_are_filled_to_four_bytes() -> None:
    properties = entry(USED, 8, word=4) + entry(NEEDED, 2, word=4)
    notes = note(b"1234", BUILD_ID) + note(properties)
    assert isa_needed(notes, 4, 4) == 2


def test_alignment_of_the_segment_decides_where_the_next_note_begins() -> None:
    first = note(b"1234", BUILD_ID)
    assert isa_needed(first + LEVEL_2, 8, 4) == 2
    assert isa_needed(first.ljust(24, b"\0") + LEVEL_2, 8, 8) == 2
    assert isa_needed(first.ljust(24, b"\0") + LEVEL_2, 8, 4) == 0
    assert isa_needed(first + LEVEL_2, 8, 16) == 2
