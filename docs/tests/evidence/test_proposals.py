"""Proposals: everything that was ever proposed has an outcome and a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.rules import read_rules
from manylinux_docs.evidence.proposals import Proposal, read_proposals

SPEC = Path(__file__).parents[3] / "spec"
# How many rows each class of the requirements gathered at the beginning had.
GATHERED = {"TAG": 28, "DET": 46, "ART": 51, "AUD": 24, "IDX": 14, "ENV": 13}
OUTCOMES = {"accepted", "accepted-changed", "merged", "rejected", "deferred"}


@pytest.fixture(scope="module")
def proposals() -> tuple[Proposal, ...]:
    return read_proposals(SPEC)


@pytest.mark.parametrize(("kind", "count"), GATHERED.items())
def test_every_gathered_requirement_is_accounted_for(
    proposals: tuple[Proposal, ...], kind: str, count: int
) -> None:
    known = {proposal.row for proposal in proposals}
    assert {f"{kind}-{number:02}" for number in range(1, count + 1)} - known == set()


def test_every_proposal_has_an_outcome_a_reason_and_rules(
    proposals: tuple[Proposal, ...],
) -> None:
    rules = read_rules(SPEC)
    for proposal in proposals:
        assert proposal.outcome in OUTCOMES, proposal.row
        assert proposal.text, proposal.row
        assert proposal.reason, proposal.row
        assert set(proposal.rules) <= rules.keys(), proposal.row
        became_rules = proposal.outcome in {"accepted", "accepted-changed", "merged"}
        assert proposal.rules or not became_rules, f"{proposal.row} became no rule"
        assert bool(proposal.asked) is bool(proposal.where), proposal.row


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [(("NEW-01",), "unknown class"), (("TAG-01", "TAG-01"), "is defined twice")],
)
def test_row_of_an_unknown_class_or_defined_twice_is_refused(
    tmp_path: Path, rows: tuple[str, ...], complaint: str
) -> None:
    entries = (f'[[proposal]]\nrow = "{row}"\noutcome = "rejected"\n' for row in rows)
    (tmp_path / "proposals.toml").write_text("".join(entries))
    with pytest.raises(InputError, match=complaint):
        read_proposals(tmp_path)
