"""Reports as text and as JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.commands.reports.remedies import REMEDIES
from manylinux_reference.commands.reports.report_json import as_object, line
from manylinux_reference.commands.reports.report_text import lines
from manylinux_reference.reading.policy import NEVER
from manylinux_reference.rules.findings import (
    PROPOSAL,
    Claim,
    Finding,
    Outcome,
    Report,
)
from manylinux_spec.folder import spec_folder

TAG = "manylinux_2_17_x86_64"


def report_of(outcome: str, *claims: Claim, path: str = "dist/a.whl") -> Report:
    report = Report(path)
    report.outcome = outcome
    report.claims = list(claims)
    return report


def test_kept_claim_and_oldest_level_are_two_lines() -> None:
    report = report_of(Outcome.HOLDS, Claim(TAG, []))
    report.oldest = "manylinux_2_5_x86_64"
    report.by_symbols = "manylinux_2_5_x86_64"
    assert list(lines(report)) == [
        f"a.whl: {TAG} holds",
        "  oldest level by symbols alone: manylinux_2_5_x86_64",
        "  oldest level that holds: manylinux_2_5_x86_64",
    ]
    assert list(lines(report, brief=True)) == [f"a.whl: {TAG} holds"]


def test_finding_against_two_claims_is_shown_once() -> None:
    shared = Finding("wheel.odd", "a.so", "needs x")
    report = report_of(
        Outcome.FALSE, Claim(TAG, [shared]), Claim("manylinux2014_x86_64", [shared])
    )
    assert list(lines(report)) == [
        f"a.whl: {TAG} is false",
        "a.whl: manylinux2014_x86_64 is false",
        "  wheel.odd",
        "    a.so: needs x",
        "  oldest level by symbols alone: none",
    ]


def test_advice_is_marked_and_only_counted_when_brief() -> None:
    report = report_of(Outcome.HOLDS, Claim(TAG, []))
    report.advice = [Finding("wheel.odd", "", "is marked", advice=True)]
    assert list(lines(report))[2:] == ["  advice: wheel.odd", "    is marked"]
    assert list(lines(report, brief=True))[1:] == [
        "  advice, which manylinux audit shows: wheel.odd (1)"
    ]


def test_a_file_with_two_findings_is_one_file() -> None:
    found = [
        Finding("wheel.odd", "a.so", "is odd"),
        Finding("wheel.odd", "a.so", "is odd"),
    ]
    shown = list(lines(report_of(Outcome.FALSE, Claim(TAG, found))))
    assert "    a.so: is odd" in shown


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.NO_CLAIM, "a.whl: claims no manylinux level"),
        (Outcome.NO_ELF, "a.whl: contains no ELF file"),
    ],
)
def test_wheel_without_claims_or_code_says_so(outcome: str, said: str) -> None:
    assert next(lines(report_of(outcome))) == said


def test_unusable_wheel_names_the_member() -> None:
    report = report_of(Outcome.UNUSABLE)
    report.error, report.member = "its checksum is wrong", "a\nb"
    assert list(lines(report)) == ["a.whl: error: a\\nb: its checksum is wrong"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_from_outside_stay_on_their_line(name: str, member: str) -> None:
    report = report_of(
        Outcome.FALSE,
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
    report = report_of(Outcome.FALSE, Claim(TAG, [found]))
    (claim,) = json.loads(line(report))["claims"]
    assert claim["findings"] == [
        {
            "rule": "r",
            "basis": "standard",
            "member": "m",
            "text": "t",
            "holds_from": shown,
            "condition": None,
            "library": "l",
        }
    ]


def against(rule: str, text: str, count: int) -> list[Finding]:
    return [Finding(rule, f"{n}.so", text) for n in range(count)]


def shown(*findings: Finding) -> list[str]:
    report = report_of(Outcome.FALSE, Claim(TAG, list(findings)))
    return [line for line in lines(report) if "->" not in line][1:-1]


def test_files_with_the_same_fault_are_counted() -> None:
    assert shown(
        *against("wheel.odd", "needs x", 3), *against("wheel.odd", "y", 1)
    ) == [
        "  wheel.odd",
        "    needs x: 3 files, for example 0.so",
        "    0.so: y",
    ]


def test_versions_are_grouped_by_library_and_node() -> None:
    found = against("wheel.versions.listed", "needs", 2)
    for finding, symbols in zip(found, (["exp"], ["exp", "pow"]), strict=True):
        finding.min_level, finding.symbols = (2, 29), symbols
        finding.evidence |= {"library": "libm.so.6", "version": "GLIBC_2.29"}
    assert shown(*found) == [
        "  wheel.versions.listed",
        (
            "    GLIBC_2.29 of libm.so.6, from level 2.29 on: 2 symbols in 2 files, "
            "for example exp in 0.so"
        ),
    ]
    report = report_of(Outcome.FALSE, Claim(TAG, found))
    (claim,) = json.loads(line(report))["claims"]
    assert claim["versions"] == [
        {
            "library": "libm.so.6",
            "version": "GLIBC_2.29",
            "holds_from": "2.29",
            "files": ["0.so", "1.so"],
            "symbols": {"exp": ["0.so", "1.so"], "pow": ["1.so"]},
        }
    ]


def test_what_no_level_mends_comes_first_and_the_rest_is_counted() -> None:
    found = [Finding("wheel.odd", "a.so", f"needs {n}") for n in range(12)]
    for number, finding in enumerate(found):
        finding.min_level = (2, number)
    said = shown(*found)
    assert said[1] == "    a.so: needs 11"
    assert said[-1] == "    and 2 more, all in --json"


def test_standards_come_before_conditions_and_proposals() -> None:
    proposal, condition, standard = (
        Finding(f"wheel.{word}", "a.so", "is odd") for word in "pcs"
    )
    proposal.basis, condition.condition = PROPOSAL, "b.so is loaded"
    assert shown(proposal, condition, standard) == [
        "  wheel.s",
        "    a.so: is odd",
        "  conditions, which the files do not show:",
        "  wheel.c",
        "    a.so: is odd",
        "      unless b.so is loaded",
        "  objections, proposals that no standard demands:",
        "  wheel.p",
        "    a.so: is odd",
    ]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("linux_x86_64", "linux_x86_64 promises nothing, and indexes refuse it"),
        ("musllinux_1_2_x86_64", "musllinux_1_2_x86_64 is not judged here"),
    ],
)
def test_other_platform_tags_are_mentioned(tag: str, said: str) -> None:
    report = report_of(Outcome.NO_CLAIM)
    report.others = [tag]
    assert f"a.whl: {said}" in list(lines(report, brief=True))


def test_every_remedy_is_about_a_rule() -> None:
    chapter = (spec_folder() / "wheels.md").read_text("utf-8")
    for start in REMEDIES:
        assert f"{{rule}} {start}" in chapter
