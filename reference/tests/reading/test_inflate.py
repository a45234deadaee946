"""Inflating: whole members, their first bytes, and their rows of RECORD."""

from __future__ import annotations

import base64
import hashlib
import struct
import zipfile
from pathlib import Path

import pytest
from manylinux_reference.reading.archive import Archive, Member
from manylinux_reference.reading.inflate import (
    chunks,
    content,
    first_bytes,
    read_through,
)
from manylinux_reference.reading.unusable import UnusableError

LARGE = hashlib.shake_256(b"").digest(
    300_000
)  # of several pieces, however it is packed
DATA = {"empty": b"", "small": b"hello" * 10, "large": LARGE, "long": b"a" * 300_000}
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]


def packed(folder: Path, data: bytes, method: int) -> tuple[Archive, Member]:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", method) as made:
        made.writestr("m", data)
    archive = Archive(str(path))
    return archive, archive.members[0]


def row_of(data: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm}={base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", DATA)
def test_first_bytes_are_those_of_the_content(
    name: str, method: int, tmp_path: Path
) -> None:
    data = DATA[name]
    archive, member = packed(tmp_path, data, method)
    with archive:
        for count in (1, 4, 64):
            assert first_bytes(archive, member, count) == data[:count]
        assert content(archive, member, len(data)) == data
        assert b"".join(chunks(archive, member)) == data


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_content_is_compared_with_its_row(
    algorithm: str, name: str, method: int, tmp_path: Path
) -> None:
    data = DATA[name]
    for row, is_changed in (
        *((row_of(data, algorithm), False), ("", False), ("md5=abc", False)),
        *((row_of(data + b"x", algorithm), True), (f"{algorithm}=abc", True)),
    ):
        archive, member = packed(tmp_path, data, method)
        with archive:
            member.row = row
            read_through(archive, member)
            assert archive.changed == ["m"] * is_changed
            assert member.row == ""
            read_through(archive, member)  # and not again
            assert archive.changed == ["m"] * is_changed


@pytest.mark.parametrize(
    ("by", "crc", "reason"),
    [
        (-1, 0, "m: is longer than the directory says"),
        (1, 0, "m: is shorter than the directory says"),
        (0, 1, "m: its checksum is wrong"),
    ],
)
@pytest.mark.parametrize("name", ["small", "large"])
def test_content_is_what_the_directory_says(
    name: str, by: int, crc: int, reason: str, tmp_path: Path
) -> None:
    packed(tmp_path, DATA[name], zipfile.ZIP_DEFLATED)[0].close()
    path = tmp_path / "a.zip"
    raw = bytearray(path.read_bytes())
    for start, at in ((0, 14), (raw.rfind(b"PK\1\2"), 16)):  # both headers agree
        told, packed_size, size = struct.unpack_from("<3I", raw, start + at)
        struct.pack_into("<3I", raw, start + at, told ^ crc, packed_size, size + by)
    path.write_bytes(raw)
    with (
        Archive(str(path)) as archive,
        pytest.raises(UnusableError, match=f"^{reason}$"),
    ):
        read_through(archive, archive.members[0])
