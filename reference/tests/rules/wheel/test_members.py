"""Which members' names are refused, and which members are ELF files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf import MAGIC
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.wheel.members import (
    LONGEST_NAME,
    elf_members,
    refuse_unsafe_names,
    unsafe,
)


def archive_of(folder: Path, **files: bytes) -> Archive:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return Archive(str(path))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty or too long"),
        ("a" * (LONGEST_NAME + 1), "empty or too long"),
        ("a\\b", "backslash"),
        ("a\0b", "null byte"),
        ("/etc/passwd", "absolute"),
        ("C:a", "absolute"),
        ("..", "leaves the target folder"),
        ("../a", "leaves the target folder"),
        ("a/../b", "leaves the target folder"),
        ("a/..", "leaves the target folder"),
        ("a//b", "simplest form"),
        ("./a", "simplest form"),
        ("a/./b", "simplest form"),
    ],
)
def test_unsafe_name_is_refused_with_its_reason(name: str, reason: str) -> None:
    assert reason in str(unsafe(name))


@pytest.mark.parametrize(
    "name",
    ["a", "a/b.so", "a/b/", "a..b", "..a/b", "a/...", "ü", "a" * LONGEST_NAME, ".a"],
)
def test_safe_name_is_not_refused(name: str) -> None:
    assert unsafe(name) is None


@given(st.text(alphabet="ab./\\:\0", max_size=12))
def test_no_accepted_name_leaves_the_folder(name: str) -> None:
    if unsafe(name) is None:
        target = Path("/somewhere/target")
        assert Path("/somewhere/target", name).resolve().is_relative_to(target)


@pytest.mark.parametrize("name", ["../a", "a/../", "folder/.."])
def test_names_of_folders_are_looked_at_too(name: str, tmp_path: Path) -> None:
    archive = archive_of(tmp_path, **{"ok": b"", name: b""})
    with pytest.raises(UnusableError, match="leaves the target folder") as refused:
        refuse_unsafe_names(archive)
    assert refused.value.member == name


def test_elf_file_is_known_by_its_content(tmp_path: Path) -> None:
    files = {
        "a.so": MAGIC + bytes(100),
        "b.py": MAGIC,
        "p.data/scripts/c": MAGIC + b"x",
        "short.so": MAGIC[:3],
        "text.so": b"#!/bin/sh",
        "empty.so": b"",
    }
    found = [member.name for member in elf_members(archive_of(tmp_path, **files))]
    assert found == ["a.so", "b.py", "p.data/scripts/c"]
