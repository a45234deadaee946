"""Each proposal says why in a sentence that fits beside its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.reports.summary import is_proposal
from manylinux_conformance.suite.rules import Rule, read_rules

ROOT = Path(__file__).parents[3]
LONGEST = 16  # words, so that the review page can be read in twenty minutes
PROPOSALS = [rule for rule in read_rules(ROOT / "spec").values() if is_proposal(rule)]


@pytest.mark.parametrize("rule", PROPOSALS, ids=lambda rule: rule.id)
def test_reason_of_a_proposal_is_short(rule: Rule) -> None:
    assert 0 < len(rule.why.split()) <= LONGEST


@pytest.mark.parametrize(
    "rule", [rule for rule in PROPOSALS if rule.differs], ids=lambda rule: rule.id
)
def test_reason_against_a_standard_names_it(rule: Rule) -> None:
    assert "PEP " in rule.why
