"""A wheel of the corpus notices each way in which its rule can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.mutants import mutation
from manylinux_reference.rules.wheel import audit

if TYPE_CHECKING:
    from manylinux_fixtures.corpus.fixtures import Fixture
    from manylinux_reference.rules.findings import Report

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
