"""Reading files: whatever they hold, one line says what is wrong with which file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import PlatformFile
from manylinux_conformance.suite.case_files import read_case_file
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.deviations import DeviationFile
from manylinux_spec.input_files import (
    LARGEST_INPUT,
    LARGEST_TOML,
    read_bytes,
    read_toml,
)

CASE = '[[choose]]\nrule = "tag.form"\nname = "a"\noffer = ["x"]\npick = "x"\n'
PLATFORM = '[[platform]]\nname = "p"\nfidelity = "modelled"\nmachine = "m"\n'
DEVIATION = """
[[cause]]
id = "a"
kind = "unreported"
why = "It cannot count."
[[cause.shows]]
rules = ["a"]
"""
ADAPTER = 'name = "x"\nroles = ["installer"]\n[installer]\ncommand = ["x"]\n'


def read_platform_file(path: Path) -> None:
    read_toml(path, PlatformFile)


def read_deviation_file(path: Path) -> None:
    read_toml(path, DeviationFile)


def read_cases(path: Path) -> None:
    list(read_case_file(path))


def refusal(path: Path, read: Callable[[Path], object]) -> str:
    with pytest.raises(InputError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (CASE, read_cases),
        (PLATFORM, read_platform_file),
        (DEVIATION, read_deviation_file),
        (ADAPTER, read_adapter),
    ],
)
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + "colour = 1\n",
        lambda text: text.replace("name", "nom").replace("rule", "role"),
        lambda text: text[:-3],
        lambda text: text.replace('"', "\xff", 1).encode("latin-1"),
        lambda text: text + "x = " + "[" * 50_000,
        lambda text: text + "x" + ".a" * 50_000 + " = 1\n",
        lambda text: text + "x = " + "9" * 50_000,
        lambda text: text + "#" * LARGEST_TOML,
    ],
    ids=["key", "name", "cut", "bytes", "deep", "dotted", "number", "large"],
)
def test_a_damaged_file_is_refused_in_one_line(
    tmp_path: Path, text: str, read: Callable[[Path], object], damage: object
) -> None:
    path = tmp_path / "input.toml"
    path.write_text(text)
    read(path)
    assert callable(damage)
    damaged = damage(text)
    path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    refusal(path, read)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("modelled", "dreamt", "Invalid enum value 'dreamt'"),
        ('machine = "m"\n', "", "missing required field `machine`"),
        ('"m"\n', '"m"\npointer_bits = 16\n', "Invalid enum value 16"),
        ('"m"\n', '"m"\nminor = "2"\n', "Expected `int | null`"),
        ('"m"\n', '"m"\nabout = ["x"]\n', "Expected `str`"),
    ],
)
def test_a_malformed_platform_file_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = tmp_path / "platforms.toml"
    path.write_text(PLATFORM.replace(old, new))
    assert reason in refusal(path, read_platform_file)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="is not a regular file"):
            read_bytes(path)


def test_a_file_that_is_too_large_is_not_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGEST_INPUT + 1)
    with pytest.raises(InputError, match=f"larger than {LARGEST_INPUT} bytes"):
        read_bytes(path)
