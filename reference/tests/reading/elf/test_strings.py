"""The string table: names one by one, many together, and their hashes."""

from __future__ import annotations

import pytest
from manylinux_reference.reading import budget
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.dynamic import Dynamic, gnu_hash
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import Image

MANY = [f"name{number}".encode() for number in range(2500)]  # more than fit together


@pytest.mark.parametrize(
    "length", [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128, 129, 200, 256, 300]
)
@pytest.mark.parametrize("letters", [b"_ZN3fooE1x", b"\xff", b"\x01\xfe\x80"])
def test_hash_is_that_of_the_loader(length: int, letters: bytes) -> None:
    name = (letters * 300)[:length]
    value = 5381
    for byte in name:  # glibc, elf/dl-new-hash.h: h * 33 + c, of 32 bits
        value = (value * 33 + byte) % 2**32
    assert gnu_hash(name) == value


def test_hash_of_a_name_is_the_published_one() -> None:
    # glibc, elf/tst-dl-hash.c
    assert [gnu_hash(name) for name in (b"", b"printf", b"exit", b"syscall")] == [
        *(0x00001505, 0x156B2BB8, 0x7C967E3F, 0xBAC212A0),
    ]
    assert gnu_hash(b"flapenguin.me") == 0x8AE9F18E


def table(image: Image, *, behind: bytes = b"") -> tuple[Dynamic, list[int]]:
    offsets = [image.string(name.decode()) for name in MANY]
    image.strings += behind
    return image.dynamic()[0], offsets


@pytest.mark.parametrize("behind", [b"", b"open"])  # a table need not end in a null
def test_names_are_read_together_as_they_are_one_by_one(
    behind: bytes, image: Image
) -> None:
    dynamic, offsets = table(image, behind=behind)
    offsets += [0, offsets[3] + 2, *offsets[:2]]
    expected = [*MANY, b"", b"me3", *MANY[:2]]
    assert dynamic.names(offsets) == expected
    assert list(dynamic.name_hashes(offsets)) == [hash(name) for name in expected]
    assert dynamic.names([]) == []
    assert list(dynamic.name_hashes([])) == []


@pytest.mark.parametrize(
    ("beyond", "reason"), [(0, "past the end of the string table"), (-4, "has no end")]
)
@pytest.mark.parametrize("number", [0, 1500])
def test_one_bad_name_among_many_is_refused(
    beyond: int, reason: str, number: int, image: Image
) -> None:
    dynamic, offsets = table(image, behind=b"open")
    offsets[number] = len(image.strings) + beyond
    for read in (dynamic.names, dynamic.name_hashes):
        with pytest.raises(UnusableError, match=reason):
            list(read(offsets))


def test_name_at_the_end_of_a_closed_table_is_outside(image: Image) -> None:
    dynamic, offsets = table(image)
    offsets.append(len(image.strings))
    for read in (dynamic.names, dynamic.name_hashes):
        with pytest.raises(UnusableError, match=r"past the end of the string table$"):
            list(read(offsets))


def test_names_together_are_no_longer_than_one(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("manylinux_reference.reading.elf.dynamic.LONGEST_STRING", 8)
    short, long = image.string("liba.so"), image.string("libab.so")
    dynamic, _ = image.dynamic()
    assert dynamic.names([short, short]) == [b"liba.so"] * 2
    for read in (dynamic.names, dynamic.name_hashes):
        with pytest.raises(UnusableError, match="has no end"):
            list(read([short, long]))


@pytest.mark.parametrize("together", [True, False])
def test_letters_of_names_are_counted_down(
    together: bool, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> None:
        dynamic, offsets = table(image)
        if together:
            dynamic.names(offsets)
        else:
            for at in offsets:
                dynamic.name(at)

    letters = sum(map(len, MANY))
    monkeypatch.setattr(budget, "CHARACTERS", letters)
    read()
    monkeypatch.setattr(budget, "CHARACTERS", letters - 1)
    with pytest.raises(NotJudgedError):
        read()
