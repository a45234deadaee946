"""Locations: file and line, for people and editors."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.suite.rules import read_rules
from manylinux_docs.evidence.locations import Location, locate

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (Location("Text", "spec/tags.md", 93), "spec/tags.md:93"),
        (Location("Recipes", "fixtures/recipes/a.toml"), "fixtures/recipes/a.toml"),
    ],
)
def test_location_reads_as_editors_write_it(location: Location, words: str) -> None:
    assert str(location) == words


def test_every_rule_of_this_project_begins_where_its_location_says() -> None:
    rules = read_rules(ROOT / "spec")
    for identifier, (text, *_) in locate(ROOT, rules.values()).items():
        line = (ROOT / text.path).read_text("utf-8").splitlines()[text.line - 1]
        assert line == f":::{{rule}} {identifier}"
