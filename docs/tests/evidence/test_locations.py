"""Locations: file and line, for people and editors."""

from __future__ import annotations

from pathlib import Path

from manylinux_conformance.suite.rules import read_rules
from manylinux_docs.evidence.locations import Location, locate

ROOT = Path(__file__).parents[3]


def test_location_reads_as_editors_write_it() -> None:
    assert str(Location("Text", "spec/tags.md", 93)) == "spec/tags.md:93"


def test_cases_and_recipes_follow_the_text(project: Path) -> None:
    folder = project / "fixtures/recipes"
    folder.mkdir(parents=True)
    (folder / "demo.toml").write_text('rule = "demo.first"\n[[holds]]\nname = "a"\n')
    rules = read_rules(project / "spec").values()
    assert locate(project, rules)["demo.first"] == [
        Location("Text", "spec/demo.md", 3),
        Location("Case next-version", "conformance/cases/demo.toml", 1),
        Location("Recipe a", "fixtures/recipes/demo.toml", 2),
    ]


def test_every_rule_of_this_project_begins_where_its_location_says() -> None:
    rules = read_rules(ROOT / "spec")
    for identifier, (text, *_) in locate(ROOT, rules.values()).items():
        line = (ROOT / text.path).read_text("utf-8").splitlines()[text.line - 1]
        assert line == f":::{{rule}} {identifier}"
