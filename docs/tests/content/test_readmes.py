"""READMEs: one screen for each folder, and nothing in them leads astray."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("conformance", "docs", "fixtures", "reference", "spec")
LINK = re.compile(r"\]\(([^)#:]+)\)")
ONE_SCREEN = 60  # lines


def readmes() -> list[Path]:
    """Return the README of every folder that has one."""
    return sorted(path for name in FOLDERS for path in (ROOT / name).rglob("README.md"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_top_folder_has_a_readme(folder: str) -> None:
    assert ROOT / folder / "README.md" in readmes()


@pytest.mark.parametrize("path", readmes(), ids=lambda path: path.parent.name)
def test_readme_says_what_its_folder_holds_on_one_screen(path: Path) -> None:
    heading, empty, first, *_ = lines = path.read_text("utf-8").splitlines()
    assert heading.startswith("# ")
    assert empty == ""
    assert first.startswith("This folder holds ")
    assert len(lines) <= ONE_SCREEN


@pytest.mark.parametrize(
    "path",
    [*readmes(), ROOT / "README.md", ROOT / "CONTRIBUTING.md"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_relative_link_leads_to_a_file(path: Path) -> None:
    for target in LINK.findall(path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("folder", ["conformance", "docs"])
def test_every_folder_inside_is_named(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text("utf-8")
    for path in (ROOT / folder).iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"`{path.name}/`" in text, path.name


def test_readme_tells_how_many_fixture_wheels_there_are() -> None:
    lock = (ROOT / "fixtures" / "corpus.lock").read_text("utf-8")
    wheels = len(re.findall(r"^[0-9a-f]{64} ", lock, re.MULTILINE))
    readme = (ROOT / "fixtures" / "README.md").read_text("utf-8")
    (said,) = re.findall(r"about ([\d,]+) wheels", readme)
    assert abs(int(said.replace(",", "")) - wheels) <= 100
