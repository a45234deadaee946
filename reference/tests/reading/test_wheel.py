"""What is read of a wheel, and which wheels cannot be read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from manylinux_reference.reading import wheel as reading
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.elf import Elf
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
    wheel = Wheel(NAME)
    with Archive(str(path)) as archive:
        read_dist_info(archive, wheel)
    return wheel


@pytest.mark.parametrize(
    ("name", "pythons", "abis", "platforms"),
    [
        (NAME, ["py3"], ["none"], ["any"]),
        ("p-1-2-py2.py3-none-any.whl", ["py2", "py3"], ["none"], ["any"]),
        ("P_q-1.0-cp3-abi3.none-a.b.whl", ["cp3"], ["abi3", "none"], ["a", "b"]),
        ("p-1.0-2build-cp3.py3-x.y-a.b.whl", ["cp3", "py3"], ["x", "y"], ["a", "b"]),
    ],
)
def test_filename_has_a_distribution_and_three_sets_of_tags(
    name: str, pythons: list[str], abis: list[str], platforms: list[str]
) -> None:
    wheel = Wheel(name)
    assert (wheel.pythons, wheel.abis, wheel.platforms) == (pythons, abis, platforms)
    assert wheel.distribution == name.partition("-")[0]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".whl",
        "p.whl",
        "p-1-py3-none.whl",
        "p-1-2-3-py3-none-any.whl",
        "-1-py3-none-any.whl",
        "p--py3-none-any.whl",
        "p-1-py3--any.whl",
        "p-1-py3-none-.whl",
        "p-1-py3-none-any.zip",
        "p-1-py3-none-any",
    ],
)
def test_name_that_is_not_a_wheels_is_refused(name: str) -> None:
    with pytest.raises(UnusableError, match=r"^the name is not that of a wheel: it "):
        Wheel(name)


def test_nothing_is_known_of_a_wheel_but_its_name() -> None:
    wheel = Wheel(NAME)
    assert (wheel.members, wheel.metadata, wheel.record) == ([], {}, {})
    assert (wheel.elves, wheel.contained) == ([], set())


def test_fields_of_wheel_are_read_in_lower_case(tmp_path: Path) -> None:
    text = b"Wheel-Version: 1.0\r\nTAG: a-b-c\nTag :  d-e-f \nno colon\n\ntag:b: c\n"
    wheel = read(tmp_path, **{"p.py": b"", WHEEL: text})
    assert wheel.metadata == {
        "wheel-version": ["1.0"],
        "tag": ["a-b-c", "d-e-f", "b: c"],
    }
    assert wheel.members == ["p.py", WHEEL]
    assert wheel.record == {}


def test_record_tells_what_has_a_hash(tmp_path: Path) -> None:
    text = b"p.py,sha256=x,1\nq.py,,\n"
    wheel = read(tmp_path, **{"p.py": b"", WHEEL: b"", RECORD: text})
    assert wheel.record == {"p.py": True, "q.py": False}
    assert wheel.members == ["p.py", WHEEL, RECORD]


@pytest.mark.parametrize(
    "name",
    [
        "WHEEL",
        "dist-info/WHEEL",
        "p-1.info/WHEEL",
        "a/p-1.dist-info/WHEEL",
        "p-1.dist-info/a/WHEEL",
    ],
)
def test_wheel_elsewhere_does_not_count(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=r"^not a wheel: no \.dist-info/WHEEL$"):
        read(tmp_path, **{name: b""})


@pytest.mark.parametrize("name", [WHEEL, RECORD])
def test_metadata_that_is_not_utf_8_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=rf"^{name}: is not UTF-8$"):
        read(tmp_path, **({WHEEL: b""} | {name: b"\xff"}))


@pytest.mark.parametrize(
    ("name", "limit"), [(WHEEL, "LARGEST_METADATA"), (RECORD, "LARGEST_RECORD")]
)
def test_metadata_is_bounded(
    name: str, limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, limit, 10)
    read(tmp_path, **({WHEEL: b""} | {name: b"x" * 10}))
    with pytest.raises(UnusableError, match=rf"^{name}: is larger than 10 bytes"):
        read(tmp_path, **({WHEEL: b""} | {name: b"x" * 11}))


def test_elf_file_is_contained_under_its_name_and_its_soname() -> None:
    wheel, named, nameless = Wheel(NAME), Elf("p.libs/a.so"), Elf("a/b.so")
    named.soname = "liba.so.1"
    for elf in (named, nameless):
        wheel.add(elf)
    assert wheel.contained == {"a.so", "liba.so.1", "b.so"}
    assert wheel.elves == [named, nameless]
