"""The auditor finds in every wheel of the corpus what its recipe says is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manylinux_fixtures.recipes.recipe import Expectation
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.mutants import mutation
from manylinux_reference.rules.findings import Outcome
from manylinux_reference.rules.wheel import audit

if TYPE_CHECKING:
    from manylinux_fixtures.corpus.fixtures import Fixture
    from manylinux_reference.rules.findings import Report

REFUSED_BY = {  # rules that say what counts; the wheel is then refused by another
    "wheel.contents.any-name": {"wheel.versions.listed"},
    "wheel.levels.before-first": {"wheel.versions.listed"},
    "wheel.levels.monotone": {"wheel.versions.listed"},
    "wheel.needed.additional-libraries": {"wheel.needed.allowed"},
    "wheel.needed.filters": {"wheel.needed.allowed", "wheel.needed.reached"},
    "wheel.needed.no-path": {"wheel.needed.no-path", "wheel.versions.needed"},
    "wheel.relocations.relr": {
        "wheel.relocations.relr",
        "wheel.relocations.relr-marker",
    },
    "wheel.versions.loader": {"wheel.versions.loader", "wheel.versions.provider"},
    "wheel.versions.named-nodes": {
        "wheel.versions.named-nodes",
        "wheel.versions.dt-relr",
    },
    "wheel.versions.newer-glibc": {"wheel.needed.allowed", "wheel.versions.listed"},
    "wheel.versions.weak-need": {"wheel.versions.listed"},
}
ADVISED_BY = {  # what is allowed, and advised against all the same
    "wheel.needed.additional-libraries": {"wheel.needed.everywhere"},
}
ARTIFACT = ("wheel.", "auditor.")
MUTATIONS = [
    f"{rule}:{name}"
    for rule, names in mutation.mutations().items()
    for name in names
    if rule.startswith(ARTIFACT) and rule != "auditor.input.hostile"
]


@pytest.fixture(scope="module")
def reports(corpus: dict[str, Fixture]) -> dict[str, Report]:
    return {path: report_on(path) for path in corpus}


def false_tags(report: Report) -> set[str]:
    """Return the claims that some rule speaks against, with whatever right."""
    return {claim.tag for claim in report.claims if claim.against}


def test_claims_are_false_where_the_recipe_says_so(
    corpus: dict[str, Fixture], reports: dict[str, Report]
) -> None:
    wrong = [
        (fixture.id, report.error, false_tags(report))
        for (path, fixture), report in zip(
            corpus.items(), reports.values(), strict=True
        )
        if report.outcome == Outcome.UNUSABLE
        or false_tags(report) != set(fixture.recipe.false)
    ]
    assert wrong == []


def test_wheels_are_refused_by_their_own_rule_alone(
    corpus: dict[str, Fixture], reports: dict[str, Report]
) -> None:
    for path, fixture in corpus.items():
        rule = fixture.recipe.rule
        found = {
            finding.rule for claim in reports[path].claims for finding in claim.against
        }
        if found and rule.startswith("wheel."):
            assert found <= REFUSED_BY.get(rule, {rule}), fixture.id


def test_advice_is_given_where_the_recipe_discourages(
    corpus: dict[str, Fixture], reports: dict[str, Report]
) -> None:
    for path, fixture in corpus.items():
        advised = {finding.rule for finding in reports[path].advice}
        if fixture.expectation is Expectation.DISCOURAGED:
            rule = fixture.recipe.rule
            assert advised == ADVISED_BY.get(rule, {rule}), fixture.id
        elif fixture.expectation is Expectation.HOLDS:
            assert advised == set(), fixture.id


def test_oldest_level_is_the_recipes(
    corpus: dict[str, Fixture], reports: dict[str, Report]
) -> None:
    for path, fixture in corpus.items():
        level, arch = fixture.recipe.oldest, fixture.recipe.arch[0]
        aside = (Outcome.OBJECTIONS, Outcome.CONDITION, Outcome.NO_ELF)
        if level != "unstated" and reports[path].outcome not in aside:
            expected = None if level == "none" else f"manylinux_{level}_{arch}"
            assert reports[path].oldest == expected, fixture.id


def noticeable(report: Report) -> tuple[object, ...]:
    """Return what a case can notice about a report."""
    return (
        report.outcome,
        false_tags(report),
        [claim.tag for claim in report.claims],
        {finding.rule for finding in report.advice},
        report.oldest,
        audit.exit_status(report, checking=True),
    )


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_rule_is_noticed_by_a_wheel_of_its_own(
    name: str, corpus: dict[str, Fixture], reports: dict[str, Report]
) -> None:
    rule = name.partition(":")[0]
    own = [path for path, fixture in corpus.items() if fixture.recipe.rule == rule]
    before = {path: noticeable(reports[path]) for path in own}
    with mutation.mutated(name):
        assert any(noticeable(report_on(path)) != before[path] for path in own)
