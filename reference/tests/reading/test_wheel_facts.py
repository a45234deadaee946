"""What a wheel's filename, WHEEL and RECORD say."""

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
    "filename",
    [
        "my_project-1.0-cp27.py3-cp312.abi3-linux_x86_64.any.whl",
        "my_project-1.0-2build-cp27.py3-cp312.abi3-linux_x86_64.any.whl",
    ],
)
def test_filename_has_a_distribution_and_three_sets_of_tags(filename: str) -> None:
    wheel = Wheel(filename)
    assert wheel.distribution == "my_project"
    assert wheel.pythons == ["cp27", "py3"]
    assert wheel.abis == ["cp312", "abi3"]
    assert wheel.platforms == ["linux_x86_64", "any"]


@pytest.mark.parametrize(
    "filename",
    [
        "p-1-py3-none-any.zip",
        "p-1-py3-none-any",
        "p-1-none-any.whl",
        "p-1-2-3-py3-none-any.whl",
        "p--py3-none-any.whl",
        "-1-py3-none-any.whl",
        "p-1-py3-none-.whl",
        "",
    ],
)
def test_other_filenames_are_refused(filename: str) -> None:
    with pytest.raises(UnusableError, match="the name is not that of a wheel"):
        Wheel(filename)


def test_metadata_and_record_are_read_with_the_members(tmp_path: Path) -> None:
    wheel = read(
        tmp_path,
        **{
            "a.py": b"",
            "p-1.dist-info/WHEEL": b"Tag : a\nno field\nTAG:b: c\nRoot-Is-Purelib: x\n",
            "p-1.dist-info/RECORD": b"a.py,sha256=x,0\nb.py,,\n",
        },
    )
    assert wheel.members == ["a.py", "p-1.dist-info/WHEEL", "p-1.dist-info/RECORD"]
    assert wheel.metadata == {"tag": ["a", "b: c"], "root-is-purelib": ["x"]}
    assert wheel.record == {"a.py": True, "b.py": False}


def test_wheel_without_record_lists_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, **{"p-1.dist-info/WHEEL": b""}).record == {}


@pytest.mark.parametrize(
    "name",
    ["WHEEL", "a/p-1.dist-info/WHEEL", "p-1.dist-info/a/WHEEL", "dist-info/WHEEL"],
)
def test_wheel_without_metadata_is_not_a_wheel(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnusableError, match=r"^not a wheel: no \.dist-info/WHEEL$"):
        read(tmp_path, **{name: b""})


@pytest.mark.parametrize("name", ["WHEEL", "RECORD"])
def test_metadata_that_are_not_text_are_refused(tmp_path: Path, name: str) -> None:
    files = {"p-1.dist-info/WHEEL": b"", f"p-1.dist-info/{name}": b"\xff"}
    with pytest.raises(UnusableError, match=rf"^p-1.dist-info/{name}: is not UTF-8$"):
        read(tmp_path, **files)


@pytest.mark.parametrize(
    ("name", "limit"), [("WHEEL", "LARGEST_METADATA"), ("RECORD", "LARGEST_RECORD")]
)
def test_metadata_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: str
) -> None:
    monkeypatch.setattr(reading, limit, 3)
    files = {"p-1.dist-info/WHEEL": b"", f"p-1.dist-info/{name}": b"abc"}
    read(tmp_path, **files)
    with pytest.raises(UnusableError, match=rf"/{name}: is larger than 3 bytes"):
        read(tmp_path, **files | {f"p-1.dist-info/{name}": b"abcd"})


def test_file_is_contained_under_its_name_and_its_soname() -> None:
    wheel = Wheel(NAME)
    plain, named = Elf("a/plain.so"), Elf("b/file.so")
    named.soname = "libnamed.so.1"
    wheel.add(plain)
    wheel.add(named)
    assert wheel.elves == [plain, named]
    assert wheel.contained == {"plain.so", "file.so", "libnamed.so.1"}


def test_nothing_is_known_of_a_wheel_but_its_name() -> None:
    wheel = Wheel(NAME)
    assert (wheel.members, wheel.metadata, wheel.record) == ([], {}, {})
    assert (wheel.elves, wheel.contained) == ([], set())
