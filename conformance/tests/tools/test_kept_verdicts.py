"""Kept verdicts: written by tool and role, and read as they were written."""

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.disguises import Compared
from manylinux_conformance.tools.kept_verdicts import Kept, read_kept, update_kept

PIP = "pip 26.3"


def asked(tool: str, seed: int, count: int) -> Compared:
    return Compared(tool, Role.INSTALLER, seed, count, new=0, moved=())


def kept(tool: str, asked: int, *seeds: int, modelled: bool = True) -> Kept:
    return Kept(
        tool=tool,
        role=Role.INSTALLER,
        seeds=seeds,
        modelled=modelled,
        asked=asked,
        kept=asked,
    )


def test_nothing_is_on_file_at_first(tmp_path: Path) -> None:
    assert read_kept(tmp_path) == ()


def test_seeds_are_added_up(tmp_path: Path) -> None:
    update_kept([asked(PIP, 1, 900), asked(PIP, 2, 901)], tmp_path, modelled=True)
    assert read_kept(tmp_path) == (kept(PIP, 1801, 1, 2),)


def test_a_tool_that_is_asked_again_takes_its_place_and_others_stay(
    tmp_path: Path,
) -> None:
    update_kept([asked(PIP, 1, 9), asked("uv 0.13.9", 1, 8)], tmp_path, modelled=True)
    update_kept([asked(PIP, 3, 7)], tmp_path, modelled=False)
    pip = kept(PIP, 7, 3, modelled=False)
    assert read_kept(tmp_path) == (pip, kept("uv 0.13.9", 8, 1))


def test_what_was_not_compared_is_not_written(tmp_path: Path) -> None:
    update_kept([asked(PIP, 1, 0)], tmp_path, modelled=True)
    assert read_kept(tmp_path) == ()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "kept.toml").write_text("kept = 1\n")
    with pytest.raises(InputError, match=r"kept\.toml"):
        read_kept(tmp_path)
