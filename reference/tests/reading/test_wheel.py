"""What is read of a wheel, and which wheels cannot be read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from manylinux_reference.reading import elf_reader, wheel
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.elf_reader import read_elves
from manylinux_reference.reading.elf_symbols import SymbolQuery
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel import Wheel, read_dist_info

NAME = "p-1-py3-none-any.whl"
WHEEL = "p-1.dist-info/WHEEL"
RECORD = "p-1.dist-info/RECORD"


def read(folder: Path, **files: bytes) -> Wheel:
    path = folder / NAME
    with zipfile.ZipFile(path, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    found = Wheel(NAME)
    with Archive(str(path)) as archive:
        read_dist_info(archive, found)
    return found


@pytest.mark.parametrize(
    ("name", "pythons", "abis", "platforms"),
    [
        (NAME, ["py3"], ["none"], ["any"]),
        ("p-1-2-py2.py3-none-any.whl", ["py2", "py3"], ["none"], ["any"]),
        ("P_q-1-cp3-abi3.none-a.b.whl", ["cp3"], ["abi3", "none"], ["a", "b"]),
    ],
)
def test_filename_has_three_sets(
    name: str, pythons: list[str], abis: list[str], platforms: list[str]
) -> None:
    found = Wheel(name)
    assert (found.pythons, found.abis, found.platforms) == (pythons, abis, platforms)
    assert found.distribution == name.partition("-")[0]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".whl",
        "p.whl",
        "p-1-py3-none.whl",
        "p-1-2-3-py3-none-any.whl",
        "p-1-py3--any.whl",
        "p-1-py3-none-any.zip",
        "p-1-py3-none-any",
        "-1-py3-none-any.whl",
    ],
)
def test_name_that_is_not_a_wheels_is_refused(name: str) -> None:
    with pytest.raises(UnusableError, match="not that of a wheel"):
        Wheel(name)


def test_fields_of_wheel_are_read_in_lower_case(tmp_path: Path) -> None:
    text = b"Wheel-Version: 1.0\r\nTAG: a-b-c\nTag:  d-e-f \nno colon\n\n"
    found = read(tmp_path, **{WHEEL: text, "p.py": b""})
    assert found.metadata == {"wheel-version": ["1.0"], "tag": ["a-b-c", "d-e-f"]}
    assert found.members == [WHEEL, "p.py"]
    assert found.record == {}


def test_record_tells_what_has_a_hash(tmp_path: Path) -> None:
    found = read(tmp_path, **{WHEEL: b"", RECORD: b"p.py,sha256=x,1\nq.py,,\n"})
    assert found.record == {"p.py": True, "q.py": False}


@pytest.mark.parametrize("name", ["WHEEL", "a/p-1.dist-info/WHEEL", "p-1.info/WHEEL"])
def test_wheel_elsewhere_does_not_count(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=r"not a wheel: no [.]dist-info/WHEEL"):
        read(tmp_path, **{name: b""})


@pytest.mark.parametrize("name", [WHEEL, RECORD])
def test_metadata_that_is_not_utf_8_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=f"{name}: is not UTF-8"):
        read(tmp_path, **({WHEEL: b""} | {name: b"\xff"}))


@pytest.mark.parametrize(
    ("name", "limit"), [(WHEEL, "LARGEST_METADATA"), (RECORD, "LARGEST_RECORD")]
)
def test_metadata_is_bounded(
    name: str, limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel, limit, 10)
    assert read(tmp_path, **({WHEEL: b""} | {name: b"x" * 10}))
    with pytest.raises(UnusableError, match="is larger than 10 bytes"):
        read(tmp_path, **({WHEEL: b""} | {name: b"x" * 11}))


def test_elf_file_is_contained_under_both_names() -> None:
    found, named, nameless = Wheel(NAME), Elf("p.libs/a.so"), Elf("b.so")
    named.soname = "liba.so.1"
    for elf in (named, nameless):
        found.add(elf)
    assert found.contained == {"a.so", "liba.so.1", "b.so"}
    assert found.elves == [named, nameless]


def test_elf_files_are_bounded_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.so", b"\x7fELF" + bytes(96))
    monkeypatch.setattr(elf_reader, "LARGEST_ELVES", 99)
    with (
        Archive(str(path)) as archive,
        pytest.raises(UnusableError, match="more than 99 bytes of ELF files"),
    ):
        list(read_elves(archive, archive.members, SymbolQuery()))
