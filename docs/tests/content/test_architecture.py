"""The architecture page: every folder is in it, and every word has one meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/contributing/architecture.md").read_text("utf-8")
PACKAGES = ("conformance/manylinux_conformance", "docs/extensions/manylinux_docs")
MOST_WORDS = 40


def folders(package: str) -> list[str]:
    return sorted(path.parent.name for path in (ROOT / package).glob("*/__init__.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_is_in_a_table(package: str) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)/`", row)}
    assert set(folders(package)) - named == set()


def test_every_module_that_is_named_exists() -> None:
    ways, _, _ = PAGE.partition("## How to add a role")
    named = re.findall(r"`(\w+/\w+\.py)`", ways)
    assert named
    for name in named:
        assert any((ROOT / package / name).is_file() for package in PACKAGES), name


def test_glossary_is_short_sorted_and_explains_each_word_once() -> None:
    _, _, glossary = PAGE.partition("## Glossary")
    words = re.findall(r"^\| ([\w ]+) \|", glossary, re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert 0 < len(words) <= MOST_WORDS
