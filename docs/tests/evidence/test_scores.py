"""Scores: what the answers of one tool version to one rule come to."""

from __future__ import annotations

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_docs.evidence.scores import WORDS, ScoredPlatform, platforms_of, scores

from docs.tests.demo_results import answer, block

NATIVE = ScoredPlatform(Fidelity.NATIVE, "debian-12-x86_64")
EMULATED = ScoredPlatform(Fidelity.EMULATED, "debian-12-s390x")
MODELLED = ScoredPlatform(Fidelity.MODELLED, "glibc-2.17")


@pytest.mark.parametrize("status", RuleStatus)
def test_every_status_has_words(status: RuleStatus) -> None:
    assert WORDS[status]


@pytest.mark.parametrize(
    ("answers", "status", "right", "asked"),
    [
        ([answer(Verdict.PASS)], RuleStatus.FOLLOWS, 1, 1),
        ([answer(Verdict.FAIL, "bug")], RuleStatus.DIFFERS, 0, 1),
        ([answer(Verdict.PASS), answer(Verdict.FAIL)], RuleStatus.UNEXPLAINED, 1, 2),
        ([answer(Verdict.PASS), answer(Verdict.DECLINED)], RuleStatus.FOLLOWS, 1, 1),
        ([answer(Verdict.DECLINED)], RuleStatus.DECLINES, 0, 0),
        ([answer(Verdict.NOT_ASKED)], RuleStatus.NOT_ASKED, 0, 0),
        ([answer(Verdict.INFRASTRUCTURE)], RuleStatus.TROUBLE, 0, 0),
    ],
)
def test_only_questions_that_were_answered_count(
    answers: list[Result], status: RuleStatus, right: int, asked: int
) -> None:
    ((score,),) = scores([block("tool", "1", *answers)]).values()
    assert (score.status, score.right, score.asked) == (status, right, asked)


def test_same_difference_on_several_platforms_is_told_once() -> None:
    answers = [
        answer(Verdict.FAIL, platform=platform.name, fidelity=platform.fidelity)
        for platform in (MODELLED, EMULATED)
        if platform.fidelity
    ]
    ((score,),) = scores([block("tool", "1", *answers)]).values()
    (difference,) = score.differences
    assert difference.platforms == (MODELLED, EMULATED)


def test_most_real_platform_comes_first() -> None:
    answers = [
        answer(Verdict.PASS, platform=platform.name, fidelity=platform.fidelity)
        for platform in (MODELLED, EMULATED, NATIVE)
        if platform.fidelity
    ]
    (found,) = scores([block("tool", "1", *answers)]).values()
    assert platforms_of(found) == [NATIVE, EMULATED, MODELLED]


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        (NATIVE, "debian-12-x86_64 (native)"),
        (MODELLED, "glibc-2.17"),
        (ScoredPlatform(None, "s390x"), "s390x"),
    ],
)
def test_fidelity_is_named_where_it_is_more_than_modelled(
    platform: ScoredPlatform, words: str
) -> None:
    assert str(platform) == words
