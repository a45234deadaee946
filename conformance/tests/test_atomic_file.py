"""What is written whole or not at all, also by several at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from manylinux_conformance.atomic_file import (
    whole_file,
    whole_files,
    whole_folder,
    write_whole,
)

Whole = Callable[[Path], AbstractContextManager[Path]]


def test_file_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, b"old")
    with whole_file(path) as new:
        new.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_files_take_their_places_together(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old")
    with whole_files(tmp_path) as new:
        (new / "a").write_text("a")
        (new / "b").write_text("b")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a": "a",
        "b": "b",
    }


@pytest.mark.parametrize("whole", [whole_file, whole_files, whole_folder])
def test_what_breaks_off_leaves_nothing(whole: Whole, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), whole(tmp_path / "there" / "it"):
        raise ZeroDivisionError
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".new")] == []
    assert not (tmp_path / "there" / "it").is_file()


def test_folder_that_two_write_at_once_is_that_of_one(tmp_path: Path) -> None:
    path = tmp_path / "folder"

    def write(content: str) -> None:
        with whole_folder(path) as new:
            (new / "one").write_text(content)
            (new / "two").write_text(content)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcdefgh"))
    assert (path / "one").read_text() == (path / "two").read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file" / "below", b"")
