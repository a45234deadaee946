"""Archives with 64-bit sizes and offsets, laid out as APPNOTE 4.3.14 and 4.5.3 say."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.inflate import content
from manylinux_reference.reading.unusable import UnusableError

FULL = 0xFFFFFFFF
SIZES = (5, 5, 0)  # of the member: size, compressed size, offset of its header
OTHER = struct.pack("<2H", 0x5455, 4) + b"time"  # a field of another kind
MISSING = "a: its zip64 sizes are missing"
DAMAGED = "a: its extra field is damaged"
TOO_MANY = "a: its zip64 sizes are more than its header leaves open"
TWICE = "a: has two extra fields of one kind"


def field(*numbers: int, size: int | None = None) -> bytes:
    """Return the zip64 field of an entry."""
    size = 8 * len(numbers) if size is None else size
    return struct.pack(f"<2H{len(numbers)}Q", 1, size, *numbers)


def written(
    folder: Path, extra: bytes, full: tuple[int, int, int] = (FULL, FULL, FULL)
) -> Path:
    """Write an archive of one member whose entry has an extra field.

    ``full`` is what the entry itself says of size, compressed size and offset.
    """
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a", b"hello")
    data = path.read_bytes()
    start, end = data.find(b"PK\1\2"), data.find(b"PK\5\6")
    entry = bytearray(data[start:end])
    size, compressed, offset = full
    struct.pack_into("<2L", entry, 20, compressed, size)
    struct.pack_into("<L", entry, 42, offset)
    struct.pack_into("<H", entry, 30, len(extra))
    directory = bytes(entry) + extra
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), start
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, FULL, FULL, 0)
    path.write_bytes(data[:start] + directory + record + locator + last)
    return path


def read(path: Path) -> bytes:
    with Archive(str(path)) as archive:
        (member,) = archive.members
        return content(archive, member, 100)


@pytest.mark.parametrize(
    ("extra", "full"),
    [
        (field(*SIZES), (FULL, FULL, FULL)),
        (OTHER + field(*SIZES), (FULL, FULL, FULL)),
        (struct.pack("<2H", 0xFFFF, 0) + field(*SIZES), (FULL, FULL, FULL)),
        (field(*SIZES) + b"xyz", (FULL, FULL, FULL)),
        (field(5), (FULL, 5, 0)),
        (field(5), (5, FULL, 0)),
        (field(0), (5, 5, FULL)),
        (field(5, 0), (5, FULL, FULL)),
        (b"", SIZES),
        (b"xyz", SIZES),
    ],
)
def test_only_what_is_full_is_in_the_extra_field(
    tmp_path: Path, extra: bytes, full: tuple[int, int, int]
) -> None:
    assert read(written(tmp_path, extra, full)) == b"hello"


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        (b"", MISSING),
        (b"xyz", MISSING),
        (OTHER, MISSING),
        (field(5, 5), MISSING),
        (struct.pack("<2H", 1, 0), MISSING),
        (field(*SIZES, size=25), DAMAGED),
        (OTHER[:-1], DAMAGED),
        (OTHER + field(*SIZES)[:-1], DAMAGED),
        (struct.pack("<2H", 0x5455, 0xFFFF), DAMAGED),
        (field(*SIZES, 1), TOO_MANY),
        (OTHER + OTHER + field(*SIZES), TWICE),
    ],
)
def test_sizes_that_are_not_there_are_refused(
    tmp_path: Path, extra: bytes, reason: str
) -> None:
    with pytest.raises(UnusableError) as refused:
        read(written(tmp_path, extra))
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("mark", "change", "reason"),
    [
        (b"PK\6\7", (8, "<Q", 2**40), "without its end record"),
        (b"PK\6\7", (8, "<Q", 0), "without its end record"),
        (b"PK\6\6", (0, "<L", 0), "with a damaged end record"),
        (b"PK\6\6", (4, "<Q", 45), "with a damaged end record"),
    ],
)
def test_damaged_end_record_is_refused(
    tmp_path: Path, mark: bytes, change: tuple[int, str, int], reason: str
) -> None:
    path = written(tmp_path, field(*SIZES))
    data = bytearray(path.read_bytes())
    offset, layout, value = change
    struct.pack_into(layout, data, data.rfind(mark) + offset, value)
    path.write_bytes(data)
    with pytest.raises(UnusableError) as refused:
        read(path)
    assert str(refused.value) == f"a zip64 archive {reason}"


def test_end_without_room_for_a_locator_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, FULL, FULL, 0)
    )
    with pytest.raises(UnusableError, match="is not where its end says"):
        Archive(str(path))


def test_zip64_end_is_read_where_no_field_is_full(tmp_path: Path) -> None:
    """CPython writes it so from 2 GiB on."""
    path = written(tmp_path, field(*SIZES))
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    _, count, size, start = struct.unpack_from("<4Q", data, data.rfind(b"PK\6\6") + 24)
    struct.pack_into("<2H2L", data, end + 8, count, count, size, start)
    path.write_bytes(data)
    assert read(path) == b"hello"
    struct.pack_into("<L", data, end + 12, size - 1)
    path.write_bytes(data)
    with pytest.raises(UnusableError, match="two ends that differ"):
        read(path)


def test_locator_before_the_end_is_always_looked_at(tmp_path: Path) -> None:
    """CPython's zipfile follows it, even if it stands in an entry's comment."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        info = zipfile.ZipInfo("a")
        info.comment = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
        made.writestr(info, b"hello")
    with pytest.raises(UnusableError, match="without its end record"):
        Archive(str(path))
