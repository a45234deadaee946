"""Which of some names the symbol table of a file in a wheel defines."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from manylinux_fixtures.elf.description import Elf as Description
from manylinux_fixtures.elf.writer import write_elf
from manylinux_reference.reading.archive import Archive, Member
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.elf.reader import defined_among, read_elves
from manylinux_reference.reading.elf.symbols import SymbolQuery, defined, positions
from manylinux_reference.reading.range_buffer import RangeBuffer
from tests.reading.image import DEFINED, GLOBAL, UNDEFINED, Image

HEAD = "manylinux_reference.reading.range_buffer.HEAD"
DEFINES = [f"name{number}" for number in range(300)]
ASKED = [b"absent", b"name7", b"absent_too", b"memcpy", b"ame7", b"name299", b"name"]


def packed(folder: Path, arch: str) -> Archive:
    """Return a wheel's archive with a file that defines names, and needs memcpy."""
    content = write_elf(
        Description(arch=arch, imports=("memcpy",), exports=(*DEFINES,))
    )
    path = folder / "p-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("p/x.so", content)
    return Archive(str(path))


def read(archive: Archive) -> tuple[Member, Elf]:
    (member,) = archive.members
    (elf,) = read_elves(archive, [member], SymbolQuery())
    return member, elf


@pytest.mark.parametrize("arch", ["x86_64", "i686", "s390x", "ppc64"])
@pytest.mark.parametrize("head", [64, 4096, 1 << 20])
def test_names_are_defined_that_have_a_section(
    arch: str, head: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HEAD, head)
    monkeypatch.setattr("manylinux_reference.reading.inflate.OUTPUT", 1000)
    with packed(tmp_path, arch) as archive:
        member, elf = read(archive)
        assert defined_among(archive, member, elf, ASKED) == {b"name7", b"name299"}
        assert defined_among(archive, member, elf, []) == set()
        left = archive.budget.elf_files.left
        elf.symbol_table = None
        assert defined_among(archive, member, elf, ASKED) == set()
        assert archive.budget.elf_files.left == left


def test_the_second_reading_is_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with packed(tmp_path, "x86_64") as archive:
        member, elf = read(archive)
        monkeypatch.setattr(HEAD, 64)
        monkeypatch.setattr(
            "manylinux_reference.reading.range_buffer.LARGEST_KEPT", 100
        )
        with pytest.raises(NotJudgedError, match=r"^p/x\.so: has tables of more"):
            defined_among(archive, member, elf, ASKED)


def test_the_first_reading_names_the_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HEAD, 64)
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.LARGEST_KEPT", 100)
    with (
        packed(tmp_path, "x86_64") as archive,
        pytest.raises(NotJudgedError, match=r"^p/x\.so: has tables of more"),
    ):
        read(archive)


def test_defined_symbols_have_a_section(image: Image) -> None:
    sections = (DEFINED, UNDEFINED, 0x100, 0xFFF1, UNDEFINED)
    image.strings += bytes(40_000)
    start = len(image.data)
    names = ("a", "b", "c", "d", "e")
    image.symbols(*((n, GLOBAL, at) for n, at in zip(names, sections, strict=True)))
    _, elf = image.dynamic()
    first = image.strings.index(b"a")
    found = list(defined(bytes(image.data[start:]), elf))
    assert found == [first, first + 4, first + 6]


BEFORE, TABLE, BEHIND = b"foo\0xy", b"bar\0foo\0xfoo\0foofoo\0\0ba", b"z\0zed\0"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([b"foo"], {4: b"foo", 9: b"foo", 16: b"foo"}),
        ([b"bar"], {0: b"bar"}),
        ([b"xfoo", b"bar"], {8: b"xfoo", 0: b"bar"}),
        ([b"fo"], {}),
        ([b"ba"], {}),  # which has no end in the table
        ([b"baz", b"bazar", b"bar"], {0: b"bar"}),
        ([b"zed", b"z"], {}),
        ([b"xy", b"xybar"], {}),
        ([b"no", b"none", b"not", b"foofoo"], {13: b"foofoo"}),
        ([b"bar", b"barn", b"bar"], {0: b"bar"}),
        ([b"no", b"bar", b"now", b"foofoo"], {0: b"bar", 13: b"foofoo"}),
        ([], {}),
    ],
)
@pytest.mark.parametrize("before", [b"", BEFORE])
def test_names_are_whole_strings_of_a_table_or_their_ends(
    names: list[bytes], found: dict[int, bytes], before: bytes
) -> None:
    data = before + TABLE + BEHIND
    buffer = RangeBuffer(len(data))
    buffer.feed(data)
    assert positions(buffer, (len(before), len(TABLE)), names) == found
