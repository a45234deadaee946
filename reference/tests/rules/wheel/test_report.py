"""A report before anything is found out, and what speaks against a claim."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.findings import (
    CONSEQUENCE,
    PROPOSAL,
    STANDARD,
    Claim,
    Finding,
    Outcome,
    Report,
)


def test_report_begins_with_a_wheel_that_is_unusable() -> None:
    report = Report("a.whl")
    assert {name: getattr(report, name) for name in Report.__slots__} == {
        "advice": [],
        "by_symbols": None,
        "claims": [],
        "error": "",
        "files": 0,
        "member": "",
        "oldest": None,
        "others": [],
        "outcome": Outcome.UNUSABLE,
        "path": "a.whl",
    }


def test_finding_speaks_against_every_level_unless_it_says_so() -> None:
    finding = Finding("wheel.any", "a.so", "is odd", offset=4)
    assert (finding.rule, finding.member, finding.text) == (
        *("wheel.any", "a.so"),
        "is odd",
    )
    assert (finding.min_level, finding.advice) == (NEVER, False)
    assert finding.evidence == {"offset": 4}
    assert (finding.basis, finding.condition) == (STANDARD, "")
    assert (finding.provided, finding.symbols) == (False, [])


@pytest.mark.parametrize(
    ("basis", "condition", "outcome"),
    [
        (STANDARD, "", Outcome.FALSE),
        (CONSEQUENCE, "", Outcome.FALSE),
        (PROPOSAL, "", Outcome.OBJECTIONS),
        (CONSEQUENCE, "the package loads b.so", Outcome.CONDITION),
    ],
)
def test_basis_and_condition_say_what_becomes_of_a_claim(
    basis: str, condition: str, outcome: str
) -> None:
    finding = Finding("wheel.any", "a.so", "is odd")
    finding.basis, finding.condition = basis, condition
    assert Claim("a", []).outcome == Outcome.HOLDS
    assert Claim("b", [finding]).outcome == outcome


def test_worst_finding_decides() -> None:
    proposal, standard = Finding("wheel.a", "", "x"), Finding("wheel.b", "", "y")
    proposal.basis = PROPOSAL
    assert Claim("a", [standard, proposal]).outcome == Outcome.FALSE
