"""Reading files: whatever they contain, one line says what is wrong with which file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_spec.input_files import (
    LARGEST_INPUT,
    LARGEST_TOML,
    MOST_DOTS,
    InputError,
    decode_toml,
    read_bytes,
    read_toml,
)


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the files of these tests contain."""

    name: str
    numbers: tuple[int, ...] = ()


GOOD = 'name = "x"\nnumbers = [1, 2]\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (GOOD + "colour = 1\n", "Object contains unknown field `colour`"),
        ("numbers = []\n", "Object missing required field `name`"),
        ("name = 1\n", "Expected `str`, got `int` - at `$.name`"),
        ('name = "x"\nnumbers = ["1"]\n', "at `$.numbers[0]`"),
        (GOOD[:-3], "at end of document"),
        (GOOD + "name = 'y'\n", "Cannot overwrite a value"),
        (GOOD + "x = " + "[" * 50_000, "nested too deeply"),
        (GOOD + "x" + ".a" * (MOST_DOTS + 1) + " = 1\n", "line 3: more than 99 dots"),
        (GOOD + "x = " + "9" * 50_000, "int"),
        (GOOD + "#" * LARGEST_TOML, f"larger than {LARGEST_TOML} bytes"),
    ],
    ids=lambda value: value[:30],
)
def test_damaged_file_is_refused_in_one_line(
    content: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "input.toml"
    path.write_text(content)
    with pytest.raises(InputError) as refused:
        read_toml(path, Shape)
    assert refused.value.where == str(path)
    assert reason in refused.value.reason
    assert str(refused.value) == f"{path}: {refused.value.reason}"
    assert "\n" not in str(refused.value)


def test_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "input.toml"
    path.write_bytes(b'name = "\xff"\n')
    with pytest.raises(InputError, match="utf-8"):
        read_toml(path, Shape)


def test_good_file_becomes_a_struct(tmp_path: Path) -> None:
    path = tmp_path / "input.toml"
    path.write_text(GOOD)
    assert read_toml(path, Shape) == Shape("x", (1, 2))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_struct_or_refused(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(decode_toml(content, Shape), Shape)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: No such file or directory"):
        read_toml(tmp_path / "none.toml", Shape)


def test_what_is_not_a_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="is not a regular file"):
            read_bytes(path)


def test_file_of_the_largest_size_is_read_and_no_larger_one(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGEST_INPUT)
    assert len(read_bytes(path)) == LARGEST_INPUT
    with path.open("r+b") as file:
        file.truncate(LARGEST_INPUT + 1)
    with pytest.raises(InputError, match=f"larger than {LARGEST_INPUT} bytes"):
        read_bytes(path)
