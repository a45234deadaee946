"""DT_RELR: addresses, each with bitmaps of what follows it (gABI)."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.elf.test_places import (
    RELOCATIONS,
    RELR,
    SECOND,
    TARGET,
    File,
    file,
)
from tests.reading.image import BASE, Image

__all__ = ["file"]  # the fixture

START = BASE + 256


def packed_places(bits: int) -> list[tuple[list[int], set[int]]]:
    """Return words of DT_RELR, and the places of which they tell, in words."""
    bitmap = bits - 1  # so many words are told of by each
    return [
        ([START], {0}),
        ([START, 0b1011], {0, 1, 3}),
        ([START, 1 << bitmap | 1], {0, bitmap}),
        ([START, 1, 0b11], {0, bitmap + 1}),
        ([START, 0b11, 0b101, 1 << bitmap | 1], {0, 1, bitmap + 2, 3 * bitmap}),
        ([START, 0b11, START + 10 * bits // 8, 0b11], {0, 1, 10, 11}),
    ]


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("block", [1, 65536])
def test_packed_relocations_are_told_by_bitmaps(
    number: int, block: int, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{RELOCATIONS}.BLOCK", block)
    words, places = packed_places(image.bits)[number]
    around = {at + step for at in places for step in (-1, 0, 1)}
    for place in sorted(around):
        file = File(Image(image.bits, image.order, data=bytearray(2048)))
        at = START + place * image.word
        file.image.data[at - BASE : at - BASE + image.word] = file.word(TARGET)
        file.packed(*words).array(at)
        if place in places:
            file.read()
            continue
        with pytest.raises(UnusableError, match="DT_INIT_ARRAY without relocation"):
            file.read()


@pytest.mark.parametrize("target", [TARGET, SECOND])
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("block", [1, 65536])
def test_packed_relocations_are_of_code(
    target: int, number: int, block: int, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{RELOCATIONS}.BLOCK", block)
    size = file.image.word
    at = 256 + number * size
    file.image.data[at : at + size] = file.word(target)
    file.packed(START, 0b1111, 0b1).array(BASE + at)
    if target == TARGET:
        file.read()
        return
    with pytest.raises(
        UnusableError, match=rf"^a function at {SECOND:#x}, where there"
    ):
        file.read()


@pytest.mark.parametrize(
    ("from_end", "by", "is_refused"),
    [
        *[(False, -8, False), (False, -2, True)],  # it writes a word
        *[(False, 0, True), (False, 8, True)],
        *[(True, -1, True), (True, 1, False)],  # it has an odd size
    ],
)
def test_dynamic_section_is_not_relocated(
    from_end: bool, by: int, is_refused: bool, file: File
) -> None:
    file.image.data += bytes(-len(file.image.data) % 8)
    file.packed(START)
    file.image.strings += bytes(-len(file.image.strings + b"\0") % 8)
    dynamic, _ = file.image.dynamic()
    start, size = dynamic.section
    at, word = BASE + start + size * from_end + by, file.image.word
    address = dict(file.image.entries)[RELR]
    file.image.data[address - BASE : address - BASE + word] = file.word(at)
    if not is_refused:
        file.read()
        return
    with pytest.raises(UnusableError, match=r"^a relocation of the dynamic section$"):
        file.read()
