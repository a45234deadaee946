"""A report before anything is found out, and what speaks against a claim."""

from __future__ import annotations

from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.wheel.report import Claim, Finding, Outcome, Report


def test_report_begins_with_a_wheel_that_is_unusable() -> None:
    report = Report("a.whl")
    assert {name: getattr(report, name) for name in Report.__slots__} == {
        "advice": [],
        "claims": [],
        "error": "",
        "files": 0,
        "member": "",
        "oldest": None,
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


def test_claim_holds_if_nothing_speaks_against_it() -> None:
    finding = Finding("wheel.any", "a.so", "is odd")
    kept, broken = Claim("a", []), Claim("b", [finding])
    assert (kept.tag, kept.holds, kept.against) == ("a", True, [])
    assert (broken.tag, broken.holds, broken.against) == ("b", False, [finding])
