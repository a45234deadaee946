"""Newest answers: wrong ones that breach a rule, release by release."""

from __future__ import annotations

import msgspec
import pytest
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_docs.evidence.newest_answers import differing_tools

from docs.tests.demo_results import answer, block

RULE = "demo.first"
WRONG = answer(Verdict.FAIL)


def test_only_the_newest_release_counts() -> None:
    old, new = block("slow", "1.9", WRONG), block("slow", "2", answer(Verdict.PASS))
    assert differing_tools([old, new], RULE) == []
    assert differing_tools([new, old], RULE) == ["slow 1.9"]


def test_one_wrong_answer_is_enough() -> None:
    mixed = block("wild", "3", answer(Verdict.PASS), WRONG)
    assert differing_tools([mixed], RULE) == ["wild 3"]


@pytest.mark.parametrize(
    "result",
    [
        msgspec.structs.replace(WRONG, control=True),
        msgspec.structs.replace(WRONG, draft=True),
        answer(Verdict.DECLINED),
    ],
)
def test_what_breaches_nothing_is_left_out(result: Result) -> None:
    assert differing_tools([block("wild", "3", result)], RULE) == []


def test_rule_that_nobody_was_asked_about_has_no_answer() -> None:
    assert differing_tools([block("wild", "3", WRONG)], "demo.second") is None
