"""Which members' names are refused, and which members are ELF files."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.elf.file import MAGIC
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.wheel.members import (
    LONGEST_NAME,
    LONGEST_PATH,
    elf_members,
    refuse_collisions,
    refuse_unsafe_names,
    unsafe,
)

SITE = "lib/python3.11/site-packages"  # of an interpreter's own


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
        ("a/" + "ü" * 128, "empty or too long"),
        ("a/" * (LONGEST_PATH // 2) + "b", "empty or too long"),
        ("a\\b", "backslash"),
        ("a\0b", "null byte"),
        ("/etc/passwd", "absolute"),
        ("..", "leaves the target folder"),
        ("../a", "leaves the target folder"),
        ("a/../b", "leaves the target folder"),
        ("a/..", "leaves the target folder"),
        ("a//b", "simplest form"),
        ("./a", "simplest form"),
        ("a/./b", "simplest form"),
        ("a/.", "simplest form"),
        ("a\tb", "control characters"),
        ("a\x85b", "control characters"),
        ("a\u200db", "control characters"),
        ("a\ue000b", "control characters"),
    ],
)
def test_unsafe_name_is_refused_with_its_reason(name: str, reason: str) -> None:
    assert reason in str(unsafe(name))


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a/b.so",
        "a/b/",
        "a..b",
        "..a/b",
        "a/...",
        "ü",
        "a" * LONGEST_NAME,
        ".a",
        "a\u2028b",
        "a\xa0b",
        "a:b",
        "C:/a",
    ],
)
def test_safe_name_is_not_refused(name: str) -> None:
    assert unsafe(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "a" * LONGEST_NAME,
        "ü" * (LONGEST_NAME // 2),
        f"{'a' * 200}/{'b' * 200}",
        "a/" * ((LONGEST_PATH - 2) // 2) + "bc" * (LONGEST_PATH % 2 == 0),
        "\N{SNOWMAN}" * (LONGEST_NAME // 4),
    ],
)
def test_the_longest_names_are_not_refused(name: str) -> None:
    assert len(name.encode()) <= LONGEST_PATH
    assert unsafe(name.rstrip("/")) is None


def test_a_letter_of_four_bytes_counts_as_four() -> None:
    assert "too long" in str(unsafe("\N{GRINNING FACE}" * (LONGEST_NAME // 4 + 1)))


@pytest.mark.parametrize("letter", ["\u0378", "\U000efffd"])
def test_a_letter_that_python_does_not_know_is_not_judged(letter: str) -> None:
    with pytest.raises(NotJudgedError, match="does not know"):
        unsafe(f"a{letter}b")
    assert "control characters" in str(unsafe(f"a{letter}\t"))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["a", "a/b.so"], "a: is a file and a folder"),
        (["a/b.so", "a"], "a: is a file and a folder"),
        (["a/b/c.so", "a"], "a: is a file and a folder"),
        (["a/", "a"], "a: is a file and a folder"),
        (["a", "p.data/platlib/a/b"], "a: is a file and a folder"),
        (["a/b", "p.data/platlib/a/b"], "p.data/platlib/a/b: is installed where anoth"),
        (
            ["p.data/purelib/a", "p.data/platlib/a"],
            "platlib/a: is installed where anot",
        ),
        (["p.data/a"], "p.data/a: lies in no folder that an installer knows"),
        (["p.data"], "p.data: lies in no folder that an installer knows"),
        (["p.data/lib/a"], "p.data/lib/a: lies in no folder that an installer knows"),
        (["p.data/scripts/a/b"], "p.data/scripts/a/b: lies in a folder of the scripts"),
        (
            ["p.data/scripts/a", "p.data/data/bin/a"],
            "bin/a: is installed where another",
        ),
        (["a/b", f"p.data/data/{SITE}/a/b"], "is installed where another member is"),
        (["a", f"p.data/data/{SITE}/a/b"], "a: is a file and a folder"),
        (
            ["x-packages/a", f"p.data/data/{SITE}/x-packages/a"],
            "/a: is installed where",
        ),
    ],
)
def test_names_that_cannot_all_be_installed_are_refused(
    names: list[str], reason: str
) -> None:
    with pytest.raises(UnusableError) as refused:
        refuse_collisions(names, Budget())
    assert reason in str(refused.value)


def test_names_that_can_be_installed_are_not_refused() -> None:
    names = ["a/", "a/b/", "a/b/c", "a/d", "p.data/", "p.data/scripts/a", "b/p.data/x"]
    names += ["p.data/data/lib/a/d", "p.data/data/lib/x-packages/d", "d", "a/"]
    names += ["p.data/data/x-packages/d", "p.data/headers/a/b/c-packages/d"]
    names += ["p.data/scripts/", "q.data/scripts/", "q.data/data/bin"]
    refuse_collisions(names, Budget())


def test_folders_come_out_of_the_budget() -> None:
    with pytest.raises(NotJudgedError, match="characters of text"):
        refuse_collisions((f"{n}/" + "a/" * 1500 for n in range(100)), Budget())


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


def test_elf_file_after_empty_blocks_is_seen(tmp_path: Path) -> None:
    """An empty stored block (RFC 1951, 3.2.4) adds nothing to the content."""
    archive = archive_of(tmp_path, **{"a.so": MAGIC + bytes(100)})
    path = Path(str(tmp_path / "a.zip"))
    data = path.read_bytes()
    blocks = b"\0\0\0\xff\xff" * 100_000
    start = data.find(b"a.so") + len(b"a.so")
    directory = data.find(b"PK\1\2")
    made = bytearray(data[:start] + blocks + data[start:])
    packed = archive.members[0].compressed + len(blocks)
    struct.pack_into("<L", made, 18, packed)
    struct.pack_into("<L", made, directory + len(blocks) + 20, packed)
    struct.pack_into("<L", made, len(made) - 6, directory + len(blocks))
    path.write_bytes(made)
    assert [member.name for member in elf_members(Archive(str(path)))] == ["a.so"]


def test_other_members_are_read_to_their_end(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, **{"a.txt": b"text"})
    archive.entries[0].crc += 1
    data = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<L", data, 14, archive.entries[0].crc)
    (tmp_path / "a.zip").write_bytes(data)
    assert list(elf_members(archive, thoroughly=False)) == []
    with pytest.raises(UnusableError, match=r"^a\.txt: its checksum is wrong$"):
        list(elf_members(archive))
