"""The architecture page: every folder is in it, and every word has one meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from manylinux_conformance.questions.kinds import KINDS
from manylinux_conformance.roles.role import RoleDefinition

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
        places = (*PACKAGES, "fixtures")
        assert any((ROOT / place / name).is_file() for place in places), name


def test_methods_and_facts_of_roles_and_kinds_of_question_are_named() -> None:
    _, _, ways = PAGE.partition("## How to add a role")
    role, _, kind = ways.partition("## How to add a kind of question")
    methods = {name for name in vars(RoleDefinition) if not name.startswith("_")}
    for name in (methods & {"plan", "ask", "smoke"}) | {"role", "table"}:
        assert f"`{name}`" in role, name
    for name in ("ROLES", "EXPECTED", "expected", "judge", "wording", "problems"):
        assert f"`{name}`" in kind, name
        assert all(hasattr(each, name) for each in KINDS.values()), name


def test_glossary_is_short_sorted_and_explains_each_word_once() -> None:
    _, _, glossary = PAGE.partition("## Glossary")
    words = re.findall(r"^\| ([\w ]+) \|", glossary, re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert 0 < len(words) <= MOST_WORDS
