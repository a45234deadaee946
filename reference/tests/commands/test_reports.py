"""Reports as text and as JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.commands.report_json import as_object, line
from manylinux_reference.commands.report_text import lines
from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.wheel.report import Claim, Finding, Outcome, Report

TAG = "manylinux_2_17_x86_64"


def report_of(outcome: str, *claims: Claim, path: str = "dist/a.whl") -> Report:
    report = Report(path)
    report.outcome = outcome
    report.claims = list(claims)
    return report


def test_kept_claim_and_oldest_level_are_two_lines() -> None:
    report = report_of(Outcome.HOLDS, Claim(TAG, []))
    report.oldest = "manylinux_2_5_x86_64"
    assert list(lines(report)) == [
        f"a.whl: {TAG} holds",
        "  oldest level that holds: manylinux_2_5_x86_64",
    ]
    assert list(lines(report, brief=True)) == [f"a.whl: {TAG} holds"]


def test_finding_against_two_claims_is_shown_once() -> None:
    shared = Finding("wheel.needed.allowed", "a.so", "needs x")
    report = report_of(
        Outcome.VIOLATES, Claim(TAG, [shared]), Claim("manylinux2014_x86_64", [shared])
    )
    assert list(lines(report)) == [
        f"a.whl: {TAG} is false",
        "a.whl: manylinux2014_x86_64 is false",
        "  wheel.needed.allowed",
        "    a.so: needs x",
    ]


def test_advice_is_marked_and_left_out_when_brief() -> None:
    report = report_of(Outcome.HOLDS, Claim(TAG, []))
    report.advice = [Finding("wheel.tls.static", "", "is marked", advice=True)]
    assert list(lines(report))[1:] == ["  advice: wheel.tls.static", "    is marked"]
    assert list(lines(report, brief=True))[1:] == []


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.NO_CLAIM, "a.whl: claims no manylinux level"),
        (Outcome.NO_ELF, "a.whl: contains no ELF file"),
    ],
)
def test_wheel_without_claims_or_code_says_so(outcome: str, said: str) -> None:
    assert list(lines(report_of(outcome))) == [said]


def test_unusable_wheel_names_the_member() -> None:
    report = report_of(Outcome.UNUSABLE)
    report.error, report.member = "its checksum is wrong", "a\nb"
    assert list(lines(report)) == ["a.whl: error: a\\nb: its checksum is wrong"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_from_outside_stay_on_their_line(name: str, member: str) -> None:
    report = report_of(
        Outcome.VIOLATES,
        Claim(TAG, [Finding("wheel.stack.header", member, "text")]),
        path=f"dist/{name.replace('/', '')}.whl",
    )
    assert all(each.isprintable() for each in lines(report))
    assert "\n" not in line(report)
    assert json.loads(line(report)) == as_object(report)


@pytest.mark.parametrize(
    ("level", "advice", "shown"),
    [
        ((2, 28), False, "2.28"),
        ((3, 0), False, "3.0"),
        (NEVER, False, None),
        ((2, 28), True, None),
    ],
)
def test_level_from_which_on_it_holds_is_told(
    level: tuple[int, int], advice: bool, shown: str | None
) -> None:
    found = Finding("r", "m", "t", min_level=level, advice=advice, library="l")
    report = report_of(Outcome.VIOLATES, Claim(TAG, [found]))
    (claim,) = json.loads(line(report))["claims"]
    assert claim["findings"] == [
        {"rule": "r", "member": "m", "text": "t", "holds_from": shown, "library": "l"}
    ]


def test_evidence_begins_with_the_newest_need_and_is_counted() -> None:
    report = Report("dist/a.whl")
    report.outcome = Outcome.VIOLATES
    against = [
        Finding("wheel.needed.allowed", "a.so", f"needs {minor}", min_level=(2, minor))
        for minor in (18, 30, 24, 28, 26)
    ]
    report.claims = [Claim("manylinux_2_17_x86_64", against)]
    assert list(lines(report)) == [
        "a.whl: manylinux_2_17_x86_64 is false",
        "  wheel.needed.allowed",
        "    a.so: needs 30",
        "    a.so: needs 28",
        "    a.so: needs 26",
        "    and 2 more",
    ]
