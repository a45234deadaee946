"""The x86 property note."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.elf_notes import isa_needed

PROPERTY, ISA_NEEDED, ISA_USED = 5, 0xC0008002, 0xC0010002
GNU = b"GNU\0"


def properties(*pairs: tuple[int, int], word: int = 8) -> bytes:
    found = b""
    for kind, value in pairs:
        found += struct.pack("<3I", kind, 4, value).ljust(8 + word, b"\0")
    return found


def note(content: bytes, *, owner: bytes = GNU, kind: int = PROPERTY) -> bytes:
    return struct.pack("<3I", len(owner), len(content), kind) + owner + content


@pytest.mark.parametrize("word", [4, 8])
def test_needed_bits_are_found(word: int) -> None:
    content = properties((ISA_USED, 1), (ISA_NEEDED, 6), word=word)
    assert isa_needed(note(content), word, word) == 6


def test_bits_of_several_notes_come_together() -> None:
    notes = note(properties((ISA_NEEDED, 2))) + note(properties((ISA_NEEDED, 8)))
    assert isa_needed(notes, 8, 8) == 10


@pytest.mark.parametrize(
    "other",
    [
        note(properties((ISA_NEEDED, 4)), kind=1),
        note(properties((ISA_NEEDED, 4)), owner=b"XYZ\0"),
        note(properties((ISA_USED, 4))),
        note(struct.pack("<2IQ", ISA_NEEDED, 8, 4)),  # a value of another size
        note(b"")[:11],
        b"",
    ],
)
def test_other_notes_say_nothing(other: bytes) -> None:
    assert isa_needed(other, 8, 8) == 0


def test_build_id_before_the_note_is_skipped() -> None:
    build_id = note(bytes(20), kind=3)
    assert isa_needed(build_id + note(properties((ISA_NEEDED, 4), word=4)), 4, 4) == 4


@given(st.binary(max_size=200), st.sampled_from([4, 8]), st.integers(0, 16))
def test_any_notes_are_read(notes: bytes, word: int, alignment: int) -> None:
    assert 0 <= isa_needed(notes, word, alignment) < 2**32


@given(st.integers(0, 255), st.integers(0, 60), st.binary(max_size=4))
def test_damaged_note_is_skipped(value: int, at: int, damage: bytes) -> None:
    notes = bytearray(note(properties((ISA_NEEDED, value))))
    notes[at : at + len(damage)] = damage
    assert isa_needed(bytes(notes), 8, 8) >= 0
