"""Reading zip archives and inflating: what zipfile reads, and less of what is wrong."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading import inflate
from manylinux_reference.reading.archive import CONTROLS, Archive, Member
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.inflate import chunks, content, first_bytes
from manylinux_reference.reading.unusable import UnusableError
from zlib_ng import zlib_ng

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from _typeshed import ReadableBuffer

BIG = bytes(range(256)) * 3000  # larger than one piece of input, once it is random
LIMIT = 10_000_000


def archive_of(tmp_path: Path, **files: bytes) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def member_of(path: Path, name: str) -> tuple[Archive, Member]:
    archive = Archive(str(path))
    (member,) = (member for member in archive.members if member.name == name)
    return archive, member


def refusal(path: Path) -> str:
    """Return why an archive or one of its members is refused."""
    with pytest.raises(UnusableError) as refused:
        read_all(path)
    return str(refused.value)


def read_all(path: Path) -> None:
    archive = Archive(str(path))
    for member in archive.members:
        content(archive, member, LIMIT)


def patched(path: Path, *changes: tuple[bytes, int, str, int]) -> Path:
    """Change numbers at an offset from the last place where a signature stands."""
    data = bytearray(path.read_bytes())
    for mark, offset, layout, value in changes:
        struct.pack_into(layout, data, data.rfind(mark) + offset, value)
    path.write_bytes(data)
    return path


class Unseekable(io.RawIOBase):
    """A stream on which zipfile writes sizes after the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        piece = bytes(data)
        self.data += piece
        return len(piece)


@given(
    files=st.dictionaries(
        st.text("abcö/-_ ", min_size=1).map(lambda text: f"m{text.strip('/')}x"),
        st.binary(max_size=300),
        max_size=5,
    ),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    comment=st.binary(max_size=20).filter(
        lambda text: not {*b"PK", *CONTROLS} & {*text}
    ),
)
def test_members_are_those_that_zipfile_wrote(
    files: dict[str, bytes],
    method: int,
    comment: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    files = {name: data for name, data in files.items() if "//" not in name}
    with zipfile.ZipFile(path, "w", method) as made:
        made.comment = comment
        for name, data in files.items():
            made.writestr(name, data)
    archive = Archive(str(path))
    read = {each.name: content(archive, each, LIMIT) for each in archive.members}
    assert read == files


def test_a_second_end_inside_the_comment_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"a")
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"PK\5\6"
    assert "zip archive" in refusal(path)


def test_folders_are_not_members(tmp_path: Path) -> None:
    path = archive_of(tmp_path, **{"folder/": b"", "folder/file": b"x"})
    assert [member.name for member in Archive(str(path)).members] == ["folder/file"]


def test_sizes_that_follow_the_data_are_read(tmp_path: Path) -> None:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"hello")
    path = tmp_path / "a.zip"
    path.write_bytes(stream.data)
    archive, member = member_of(path, "a")
    assert content(archive, member, LIMIT) == b"hello"


@pytest.mark.parametrize(
    ("offset", "value"), [(0, 0), (4, 1), (8, 1), (12, 1)], ids=str
)
def test_descriptor_says_what_the_directory_says(
    tmp_path: Path, offset: int, value: int
) -> None:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"hello")
    path = tmp_path / "a.zip"
    path.write_bytes(stream.data)
    reason = refusal(patched(path, (b"PK\7\x08", offset, "<L", value)))
    assert "data descriptor" in reason


@pytest.mark.parametrize("place", [b"PK\3\4", b"PK\1\2"])
def test_bytes_that_belong_to_no_member_are_refused(
    tmp_path: Path, place: bytes
) -> None:
    """A reader of streams expects a header where they stand."""
    path = archive_of(tmp_path, a=b"a", b=b"b")
    data = path.read_bytes()
    at, directory = data.rfind(place), data.find(b"PK\1\2")
    if place == b"PK\1\2":
        at = directory
    path.write_bytes(data[:at] + b"gap" + data[at:])
    last = data.rfind(b"PK\1\2")
    moved = [(b"PK\5\6", 16, "<L", directory + 3)]
    if place == b"PK\3\4":
        (offset,) = struct.unpack_from("<L", data, last + 42)
        moved.append((b"PK\1\2", 42, "<L", offset + 3))
    assert "3 bytes follow it" in refusal(patched(path, *moved))


def test_name_without_the_flag_of_utf_8_is_ascii(tmp_path: Path) -> None:
    """zipfile reads code page 437 there, and uv nothing."""
    path = archive_of(tmp_path, ü=b"")
    assert member_of(path, "ü")
    changes = ((b"PK\1\2", 8, "<H", 0), (b"PK\3\4", 6, "<H", 0))
    assert "the name is not UTF-8" in refusal(patched(path, *changes))


def test_name_in_an_extra_field_is_the_same(tmp_path: Path) -> None:
    for other, reason in ((b"a", ""), (b"b", "a: has another name in an extra field")):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as made:
            info = zipfile.ZipInfo("a")
            info.extra = struct.pack("<2HBL", 0x7075, 6, 1, zlib.crc32(b"a")) + other
            made.writestr(info, b"hello")
        if reason:
            assert refusal(path) == reason
        else:
            read_all(path)


def test_folder_has_no_content(tmp_path: Path) -> None:
    path = archive_of(tmp_path, **{"folder/": b"", "folder/file": b"x"})
    read_all(path)
    assert "is a folder with content" in refusal(
        archive_of(tmp_path, **{"folder/": b"content"})
    )


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.whl")
    for path in (tmp_path / "pipe.whl", tmp_path):
        assert refusal(path) == "is not a regular file"


def test_zip64_members_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made, made.open("a", "w", force_zip64=True) as a:
        a.write(b"hello")
    data = path.read_bytes()
    start, end = data.find(b"PK\1\2"), data.find(b"PK\5\6")
    full = bytearray(data[start:end])
    struct.pack_into("<2L", full, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<L", full, 42, 0xFFFFFFFF)
    struct.pack_into("<H", full, 30, 28)
    directory = bytes(full) + struct.pack("<2H3Q", 1, 24, 5, 5, 0)
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), start
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    last = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0
    )
    path.write_bytes(data[:start] + directory + record + locator + last)
    archive, member = member_of(path, "a")
    assert content(archive, member, LIMIT) == b"hello"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b"PK\5\6", 4, "<H", 1), "split"),
        ((b"PK\5\6", 10, "<H", 3), "split"),
        ((b"PK\5\6", 12, "<L", 4), "directory is not where"),
        ((b"PK\5\6", 16, "<L", 0xFFFFFFFF), "directory is not where"),
        ((b"PK\5\6", 20, "<H", 3), "bytes follow"),
        ((b"PK\1\2", 0, "<L", 0), "directory is damaged"),
        ((b"PK\1\2", 28, "<H", 500), "directory is damaged"),
        ((b"PK\1\2", 8, "<H", 1), "b: is encrypted"),
        ((b"PK\1\2", 10, "<H", 9), "b: uses compression method 9"),
        ((b"PK\1\2", 16, "<L", 7), "b: differs between directory and header"),
        ((b"PK\1\2", 20, "<L", 100), "b: overlaps what follows"),
        ((b"PK\1\2", 24, "<L", 0xFFFFFFFF), "b: its zip64 sizes are missing"),
        ((b"PK\1\2", 42, "<L", 1), "overlaps what follows"),
        ((b"PK\1\2", 46, "<B", 0xFF), "\\xff: the name is not UTF-8"),
        ((b"PK\1\2", 46, "<B", 0x61), "a: is in the archive twice"),
        ((b"PK\3\4", 0, "<L", 0), "b: has no local header"),
        ((b"PK\3\4", 26, "<H", 2), "b: differs between directory and header"),
        ((b"PK\3\4", 28, "<H", 3), "b: overlaps what follows"),
        ((b"PK\3\4", 28, "<H", 9), "b: its extra field is damaged"),
        ((b"PK\3\4", 4, "<B", 64), "b: needs a later zip format"),
        ((b"PK\3\4", 6, "<H", 2), "b: differs between directory and header"),
        ((b"PK\3\4", 14, "<L", 7), "b: differs between directory and header"),
        ((b"PK\3\4", 18, "<L", 7), "b: differs between directory and header"),
        ((b"PK\3\4", 22, "<L", 0xFFFFFFFF), "b: its zip64 sizes are missing"),
        ((b"PK\1\2", 6, "<B", 64), "b: needs a later zip format"),
        ((b"PK\1\2", 8, "<H", 0x40), "b: has flags that nobody reads (0x40)"),
        ((b"PK\1\2", 34, "<H", 1), "b: lies in another part of a split archive"),
        ((b"PK\3\4", 31, "<B", 0xFF), "b: its compressed data are damaged"),
    ],
)
def test_damage_is_refused_with_its_reason(
    tmp_path: Path, change: tuple[bytes, int, str, int], reason: str
) -> None:
    path = patched(archive_of(tmp_path, a=b"aaaaaaaaaa", b=b"bbbbbbbbbb"), change)
    assert reason in refusal(path)


@pytest.mark.parametrize(
    ("size", "reason"), [(9, "a: is longer than"), (11, "a: is shorter than")]
)
def test_a_wrong_size_is_refused(tmp_path: Path, size: int, reason: str) -> None:
    path = archive_of(tmp_path, a=b"aaaaaaaaaa")
    changes = ((b"PK\1\2", 24, "<L", size), (b"PK\3\4", 22, "<L", size))
    assert reason in refusal(patched(path, *changes))


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"aaaaaaaaaa")
    changes = ((b"PK\1\2", 16, "<L", 7), (b"PK\3\4", 14, "<L", 7))
    assert refusal(patched(path, *changes)) == "a: its checksum is wrong"


def test_bytes_before_the_archive_are_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"a")
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert "directory is not where" in refusal(path)


@pytest.mark.parametrize("cut", [1, 10, 22, 40, 60, 90])
def test_a_cut_archive_is_refused(tmp_path: Path, cut: int) -> None:
    path = archive_of(tmp_path, a=b"a" * 10)
    path.write_bytes(path.read_bytes()[:-cut])
    assert refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "nothing.whl")


def test_content_has_a_limit(tmp_path: Path) -> None:
    archive, member = member_of(archive_of(tmp_path, a=b"abc"), "a")
    with pytest.raises(NotJudgedError, match="a: is larger than 2 bytes"):
        content(archive, member, 2)


HEADERS = ((b"PK\1\2", 10), (b"PK\3\4", 8))  # where the method stands in each
TO_CRC, TO_SIZE = 6, 14  # from there to the checksum, and to the size


@given(data=st.data())
def test_both_inflaters_take_the_same_streams(data: st.DataObject) -> None:
    letters = data.draw(st.lists(st.sampled_from(b"abcdefgh"), max_size=400))
    level = data.draw(st.integers(1, 9))
    packer = zlib.compressobj(
        level, zlib.DEFLATED, -15, 8, data.draw(st.integers(0, 4))
    )
    stream = bytearray(packer.compress(bytes(letters)) + packer.flush())
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(stream) - 1))
        stream[at] ^= 1 << data.draw(st.integers(0, 7))
    assert outcome(zlib, bytes(stream)) == outcome(zlib_ng, bytes(stream))


def outcome(module: ModuleType, stream: bytes) -> object:
    inflater = module.decompressobj(-15)
    try:
        content = inflater.decompress(stream, LIMIT)
    except module.error:
        return "damaged"
    return content, inflater.eof, inflater.unused_data


def no_zlib_ng(name: str) -> object:
    raise ImportError(name)


@pytest.fixture(params=["zlib-ng", "zlib"])
def inflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(inflate, "WORTH_ZLIB_NG", 0)
    if request.param == "zlib":
        monkeypatch.setattr(inflate, "import_module", no_zlib_ng)
    return str(request.param)


def incomplete_stream() -> bytes:
    """Return a stream of one "a" with an incomplete set of distances (RFC 1951, 3.2.7).

    Two codes of two bits leave two others unused; zlib, and so pip, refuses the set.
    """
    zeros, one, two = "0", "10", "11"  # codes of the lengths: 18, 1 and 2
    return packed_bits(
        *("1", number(2, 2), number(0, 5), number(1, 5), number(14, 4)),
        # How long the codes of the lengths are: 18 has one bit, 2 and 1 have two.
        *(number({2: 1, 15: 2, 17: 2}.get(place, 0), 3) for place in range(18)),
        *(zeros + number(97 - 11, 7), one),  # no letter before "a"
        *(zeros + number(138 - 11, 7), zeros + number(20 - 11, 7), one),  # and the end
        *(two, two),  # distances
        *("0", "1"),  # "a", and the end
    )


def number(value: int, bits: int) -> str:
    """Return bits of a number, the lowest first."""
    return f"{value:0{bits}b}"[::-1]


def packed_bits(*parts: str) -> bytes:
    bits = "".join(parts)
    return int(bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")


@pytest.mark.usefixtures("inflater")
class TestEachInflater:
    def test_refuses_an_incomplete_set_of_distances(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("a", stream := incomplete_stream())
        patched(
            path,
            *((mark, at, "<H", zipfile.ZIP_DEFLATED) for mark, at in HEADERS),
            *((mark, at + TO_CRC, "<L", zlib.crc32(b"a")) for mark, at in HEADERS),
            *((mark, at + TO_SIZE, "<L", 1) for mark, at in HEADERS),
        )
        assert member_of(path, "a")[1].compressed == len(stream)
        assert "compressed data are damaged" in refusal(path)
        with pytest.raises(zlib.error, match="invalid distances set"):
            zipfile.ZipFile(path).read("a")

    def test_gives_back_what_was_packed(self, tmp_path: Path) -> None:
        archive, member = member_of(archive_of(tmp_path, a=BIG * 4), "a")
        assert content(archive, member, LIMIT) == BIG * 4
        assert max(map(len, chunks(archive, member))) <= inflate.OUTPUT
        assert first_bytes(archive, member, 4) == BIG[:4]

    @pytest.mark.parametrize("size", [2, 30, 70])
    def test_refuses_a_cut_stream(self, tmp_path: Path, size: int) -> None:
        path = archive_of(tmp_path, a=BIG)
        left = member_of(path, "a")[1].compressed - size
        data = path.read_bytes()
        directory = data.rfind(b"PK\1\2")
        path.write_bytes(data[: directory - size] + data[directory:])
        patched(
            path,
            (b"PK\1\2", 20, "<L", left),
            (b"PK\3\4", 18, "<L", left),
            (b"PK\5\6", 16, "<L", directory - size),
        )
        assert "compressed data are damaged" in refusal(path)

    @pytest.mark.parametrize("times", [1, 8])  # below and above a piece of output
    @pytest.mark.parametrize("in_one_piece", [True, False])
    def test_refuses_data_after_the_end(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        times: int,
        *,
        in_one_piece: bool,
    ) -> None:
        path = archive_of(tmp_path, a=BIG * times)
        real = member_of(path, "a")[1].compressed
        data = path.read_bytes()
        directory = data.rfind(b"PK\1\2")
        path.write_bytes(data[:directory] + b"xyz" + data[directory:])
        patched(
            path,
            (b"PK\1\2", 20, "<L", real + 3),
            (b"PK\3\4", 18, "<L", real + 3),
            (b"PK\5\6", 16, "<L", directory + 3),
        )
        if not in_one_piece:
            monkeypatch.setattr(inflate, "INPUT", real)
        assert "compressed data are damaged" in refusal(path)


def test_a_long_code_table_delays_the_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, member = member_of(archive_of(tmp_path, a=BIG), "a")
    real: Callable[[Member], tuple[int, bytes]] = archive.locate

    def scant(of: Member) -> tuple[int, bytes]:
        start, head = real(of)
        return start, head[:1]

    monkeypatch.setattr(archive, "locate", scant)
    assert first_bytes(archive, member, 4) == BIG[:4]


def test_first_bytes_of_damaged_data_are_refused(tmp_path: Path) -> None:
    path = patched(archive_of(tmp_path, a=b"aaaaaaa"), (b"PK\3\4", 31, "<B", 0xFF))
    archive, member = member_of(path, "a")
    with pytest.raises(UnusableError, match=r"^a: its compressed data are damaged$"):
        first_bytes(archive, member, 4)
