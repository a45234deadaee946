"""Unpacking wheels, well-behaved and hostile."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from manylinux_reference.commands import unpack as module
from manylinux_reference.commands.unpack import UnpackError, unpack


def wheel(folder: Path, name: str, *members: str) -> Path:
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, f"content of {member}")
    return path


def test_files_of_all_wheels_are_there(tmp_path: Path) -> None:
    wheels = [
        wheel(tmp_path, "a", "a/", "a/one.py", "a-1.dist-info/WHEEL"),
        wheel(tmp_path, "b", "b.py"),
    ]
    target = tmp_path / "new" / "target"
    unpack(wheels, target)
    found = sorted(str(path.relative_to(target)) for path in target.rglob("*.*"))
    assert found == ["a-1.dist-info", "a/one.py", "b.py"]
    assert (target / "a" / "one.py").read_text() == "content of a/one.py"


@pytest.mark.parametrize(
    "member",
    [
        "../outside.py",
        "a/../../outside.py",
        "/outside.py",
        "..\\outside.py",
        "C:outside.py",
        "b-1.data/scripts/run",
        ".",
    ],
)
def test_member_that_leaves_its_folder_spoils_everything(
    tmp_path: Path, member: str
) -> None:
    wheels = [wheel(tmp_path, "a", "a.py"), wheel(tmp_path, "b", "b.py", member)]
    with pytest.raises(UnpackError, match=r"b-1-py3-none-any[.]whl: the member"):
        unpack(wheels, tmp_path / "target")
    assert list((tmp_path / "target").iterdir()) == []
    assert not (tmp_path / "outside.py").exists()


def test_member_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = wheel(tmp_path, "a", "a.py", "a.py")
    with pytest.raises(UnpackError, match="File exists"):
        unpack([path], tmp_path / "target")


def test_wheels_do_not_overwrite_what_is_there(tmp_path: Path) -> None:
    target = tmp_path / "target"
    unpack([wheel(tmp_path, "a", "a.py")], target)
    with pytest.raises(UnpackError, match="already exists"):
        unpack([wheel(tmp_path, "b", "b.py", "a.py")], target)
    assert [path.name for path in target.iterdir()] == ["a.py"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a-1-py3-none-any.whl"
    path.write_bytes(content)
    with pytest.raises(UnpackError, match="not a zip file"):
        unpack([path], tmp_path / "target")


def test_damaged_member_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "a", "a.py")
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))
    with pytest.raises(UnpackError, match="Bad CRC"):
        unpack([path], tmp_path / "target")


@pytest.mark.parametrize(
    ("limit", "reason"),
    [("LARGEST_WHEEL", "bytes unpacked"), ("MOST_MEMBERS", "members")],
)
def test_too_large_wheel_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, reason: str
) -> None:
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(UnpackError, match=reason):
        unpack([wheel(tmp_path, "a", "a.py", "b.py")], tmp_path / "target")
