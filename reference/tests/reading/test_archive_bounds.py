"""An archive is bounded in everything that it can make a reader do."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.inflate import content, first_bytes
from manylinux_reference.reading.unusable import UnusableError

LIMIT = 10_000_000


def archive_of(folder: Path, **files: bytes) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def read_all(path: Path) -> None:
    with Archive(str(path)) as archive:
        for member in archive.members:
            content(archive, member, LIMIT)


def refusal(path: Path) -> str:
    """Return why an archive or one of its members is refused."""
    with pytest.raises((UnusableError, NotJudgedError)) as refused:
        read_all(path)
    return str(refused.value)


def limited(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    monkeypatch.setattr(f"manylinux_reference.reading.archive.{name}", value)


@pytest.mark.parametrize(
    ("name", "limit", "reason"),
    [
        ("LARGEST_DIRECTORY", 2 * 47, "has a directory of 94 bytes"),
    ],
)
def test_archive_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: int, reason: str
) -> None:
    path = archive_of(tmp_path, a=b"", b=b"bc" * 150)
    limited(monkeypatch, name, limit)
    assert len(Archive(str(path)).members) == 2
    limited(monkeypatch, name, limit - 1)
    assert refusal(path) == reason


def test_members_come_out_of_the_budget(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"", b=b"")
    budget = Budget()
    budget.members.left = 2
    Archive(str(path), budget).close()
    with pytest.raises(NotJudgedError, match="members"):
        Archive(str(path), budget)


def test_inflated_bytes_come_out_of_the_budget(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=bytes(1000))
    budget = Budget()
    budget.inflated.left = 1500
    with Archive(str(path), budget) as archive:
        (member,) = archive.members
        assert budget.inflated.left == 1500 + 2 * 1000
        budget.inflated.left = 1500
        content(archive, member, LIMIT)
        with pytest.raises(NotJudgedError, match="inflated bytes"):
            content(archive, member, LIMIT)


def test_stored_member_has_one_size(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a", b"abc")
    with Archive(str(path)) as archive:
        (member,) = archive.members
        assert content(archive, member, 3) == b"abc"
        assert first_bytes(archive, member, 2) == b"ab"
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\1\2") + 24, 4)
    path.write_bytes(data)
    assert refusal(path) == "a: is stored in another size than its own"


def test_bytes_outside_of_the_file_are_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"abc")
    size = path.stat().st_size
    with Archive(str(path)) as archive:
        assert archive.read(0, size) == path.read_bytes()
        with pytest.raises(UnusableError, match=f"^ends before byte {size + 1}$"):
            archive.read(1, size)
        with pytest.raises(UnusableError, match=f"^cannot be read at byte {2**64}$"):
            archive.read(2**64, 1)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_archive_is_closed_after_use_and_after_a_refusal(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"abc")
    before = open_files()
    with Archive(str(path)) as archive:
        assert open_files() == before + 1
        assert [member.name for member in archive.members] == ["a"]
    assert open_files() == before
    path.write_bytes(b"not an archive")
    with pytest.raises(UnusableError, match=r"^not a zip archive, or cut off$"):
        Archive(str(path))
    assert open_files() == before


def test_names_are_those_of_folders_too(tmp_path: Path) -> None:
    path = archive_of(tmp_path, **{"folder/": b"", "folder/file": b"x"})
    with Archive(str(path)) as archive:
        assert [each.name for each in archive.entries] == ["folder/", "folder/file"]


def test_comment_of_any_length_ends_an_archive(tmp_path: Path) -> None:
    path = archive_of(tmp_path, a=b"abc")
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"x" * 0xFFFF
    read_all(path)


def test_members_may_have_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name in ("a", "b"):
            info = zipfile.ZipInfo(name)
            info.comment = b"what this is"
            made.writestr(info, name)
    read_all(path)
