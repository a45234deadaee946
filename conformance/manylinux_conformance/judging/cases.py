"""Judges answers: the one place that says whether an answer is right."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.judging.answers import Answer
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.cases import Case, Choose, Expand, Listing, Load, Parse


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what was expected and what came, in words for a table."""

    verdict: Verdict
    expected: str
    answer: str


def judge(case: Case, answer: Answer) -> Judged:
    """Judge an answer; one that is none keeps the verdict it came with."""
    if answer.outcome is not None:
        return Judged(answer.outcome, expectation(case), "")
    match case:
        case Choose():
            return judge_choice(case, answer.answer)
        case Parse():
            return judge_parse(
                case, valid=answer.valid, canonical=answer.canonical, arch=answer.arch
            )
        case Expand():
            return judge_expansion(case, answer.tags)
        case Listing():
            return judge_listing(case, answer.tags)
        case Load():
            return _judged(case.expect == answer.answer, case.expect, answer.answer)


def judge_choice(case: Choose, answer: str) -> Judged:
    """Judge which wheel was taken."""
    permitted = case.allowed or (case.pick,)
    return _judged(answer in permitted, " or ".join(permitted), answer)


def judge_parse(case: Parse, *, valid: bool, canonical: str, arch: str) -> Judged:
    """Judge what a tag was said to be; what a case leaves empty is not asked."""
    expected, answer = ["valid" if case.valid else "invalid"], ["invalid"]
    if valid:
        answer = ["valid"]
    for asked, said in ((case.canonical, canonical), (case.arch, arch)):
        if asked and valid:
            expected.append(asked)
            answer.append(said)
        elif asked:
            expected.append(asked)
    return _judged(expected == answer, ", ".join(expected), ", ".join(answer))


def judge_expansion(case: Expand, tags: tuple[str, ...]) -> Judged:
    """Judge the members of a compressed set; their order is free."""
    expected, answer = sorted(case.tags), sorted(tags)
    return _judged(
        expected == answer,
        " ".join(expected) or "refused",
        " ".join(answer) or "refused",
    )


def judge_listing(case: Listing, tags: tuple[str, ...]) -> Judged:
    """Judge an ordered list of platform tags."""
    if case.exactly:
        expected = " ".join(case.exactly)
        return _judged(case.exactly == tags, expected, " ".join(tags))
    present = tuple(tag for tag in tags if tag in (*case.in_order, *case.without))
    expected = " < ".join(case.in_order)
    if case.without:
        expected = f"{expected} without {' '.join(case.without)}".strip()
    return _judged(present == case.in_order, expected, " < ".join(present) or "none")


def expectation(case: Case) -> str:
    """Return what a case expects, in words, for a question that was not asked."""
    match case:
        case Choose():
            return judge_choice(case, "").expected
        case Parse():
            return judge_parse(case, valid=case.valid, canonical="", arch="").expected
        case Expand():
            return judge_expansion(case, ()).expected
        case Listing():
            return judge_listing(case, ()).expected
        case Load():
            return case.expect


def _judged(right: bool, expected: str, answer: str) -> Judged:  # noqa: FBT001 - one call shape
    return Judged(Verdict.PASS if right else Verdict.FAIL, expected, answer)
