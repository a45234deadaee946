"""Locations: file and line, for people and editors."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_docs.evidence.locations import Location, RuleLocations, locate
from sphinx.errors import SphinxError

from docs.tests.site import Build

ROOT = Path(__file__).parents[3]
REFERENCE = "conformance/tools/reference.toml"
DECIDER = "reference/manylinux_reference/rules/demo.py"


def test_location_reads_as_editors_write_it() -> None:
    assert str(Location("next-version", "spec/tags.md", 93)) == "spec/tags.md:93"


def test_rule_is_located_with_its_cases_examples_recipes_and_deciders(
    project: Path,
) -> None:
    folder = project / "fixtures/recipes"
    folder.mkdir(parents=True)
    (folder / "demo.toml").write_text('rule = "demo.first"\n[[holds]]\nname = "a"\n')
    assert locate(project)["demo.first"] == RuleLocations(
        text=Location("", "spec/demo.md", 3),
        cases=(
            Location("next-version", "conformance/cases/demo.toml", 1),
            Location("same-version", "spec/demo.md", 13),
        ),
        recipes=(Location("a", "fixtures/recipes/demo.toml", 2),),
        deciders=(Location("demo.is_first", DECIDER, 6),),
    )


def test_project_without_a_reference_has_no_deciders(project: Path) -> None:
    (project / REFERENCE).unlink()
    assert locate(project)["demo.first"].deciders == ()


@pytest.mark.parametrize("program", ["false", "echo", "no-such-program"])
def test_reference_that_does_not_answer_stops_the_build(
    project: Path, build: Build, program: str
) -> None:
    path = project / REFERENCE
    path.write_text(path.read_text().replace('"cat"', f'"{program}"'))
    with pytest.raises(SphinxError, match="reference: names no deciders"):
        build(project)


def test_every_location_of_this_project_is_where_it_says() -> None:
    for rule, found in locate(ROOT).items():
        assert _line(found.text) == f":::{{rule}} {rule}"
        for location in (*found.cases, *found.recipes):
            assert _line(location).startswith(("[[", "```{case} ")), location
        for location in found.deciders:
            name = location.name.rpartition(".")[2]
            assert _line(location).startswith(("@", f"def {name}(")), location


def _line(location: Location) -> str:
    text = (ROOT / location.path).read_text("utf-8")
    return text.splitlines()[location.line - 1]
