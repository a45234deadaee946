"""Scores: what the answers of one tool version to one rule come to."""

from __future__ import annotations

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Verdict
from manylinux_docs.evidence.scores import (
    SIGNS,
    ScoredPlatform,
    explaining_rules,
    platforms_of,
    scores,
)

from docs.tests.demo_results import answer, block

NATIVE = ScoredPlatform(Fidelity.NATIVE, System.REAL, "debian-12-x86_64")
EMULATED = ScoredPlatform(Fidelity.EMULATED, System.REAL, "debian-12-s390x")
REAL = "debian-12-x86_64"
MODELLED = ScoredPlatform(Fidelity.MODELLED, System.MODEL, "glibc-2.17")


@pytest.mark.parametrize("status", RuleStatus)
def test_every_status_is_in_the_legend(status: RuleStatus) -> None:
    assert SIGNS[status.symbol] == (status.value, status.words)


@pytest.mark.parametrize(
    ("answers", "status", "right", "asked"),
    [
        ([answer(Verdict.PASS)], RuleStatus.KEEPS, 1, 1),
        ([answer(Verdict.FAIL, "case-not-folded")], RuleStatus.BREAKS, 0, 1),
        ([answer(Verdict.PASS), answer(Verdict.FAIL)], RuleStatus.BREAKS, 1, 2),
        ([answer(Verdict.PASS), answer(Verdict.DECLINED)], RuleStatus.KEEPS, 1, 1),
        ([answer(Verdict.DECLINED)], RuleStatus.DECLINES, 0, 0),
        ([answer(Verdict.NOT_ASKED)], RuleStatus.NOT_ASKED, 0, 0),
        ([answer(Verdict.INFRASTRUCTURE)], RuleStatus.TROUBLE, 0, 0),
    ],
)
def test_only_questions_that_were_answered_count(
    answers: list[Result], status: RuleStatus, right: int, asked: int
) -> None:
    ((score,),) = scores([block("tool", "1", *answers)], {}).values()
    assert (score.status, score.right, score.asked) == (status, right, asked)


def test_same_difference_on_several_platforms_is_told_once() -> None:
    answers = [
        answer(Verdict.FAIL, platform=platform.name, fidelity=platform.fidelity)
        for platform in (MODELLED, EMULATED)
        if platform.fidelity
    ]
    ((score,),) = scores([block("tool", "1", *answers)], {}).values()
    (difference,) = score.differences
    assert difference.platforms == (MODELLED, EMULATED)


def test_most_real_platform_comes_first() -> None:
    answers = [
        answer(Verdict.PASS, platform=platform.name, fidelity=platform.fidelity)
        for platform in (MODELLED, EMULATED, NATIVE)
        if platform.fidelity
    ]
    (found,) = scores([block("tool", "1", *answers)], {}).values()
    assert platforms_of(found) == [NATIVE, EMULATED, MODELLED]


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        (NATIVE, "debian-12-x86_64 (native)"),
        (MODELLED, "glibc-2.17"),
        (ScoredPlatform(None, System.WHEEL, "s390x"), "s390x"),
    ],
)
def test_fidelity_is_named_where_it_is_more_than_modelled(
    platform: ScoredPlatform, words: str
) -> None:
    assert str(platform) == words


def test_only_the_newest_version_is_the_newest() -> None:
    versions = ("1.9", "1.10", "1.2")
    blocks = [block("tool", version, answer(Verdict.PASS)) for version in versions]
    (found,) = scores(blocks, {}).values()
    assert [one.version for one in found if one.is_newest] == ["1.10"]


@pytest.mark.parametrize(
    ("fields", "counts_as"),
    [
        ({}, "a breach"),
        ({"control": True}, "no breach (control)"),
        ({"draft": True}, "nothing (draft)"),
        ({"control": True, "draft": True}, "nothing (draft)"),
    ],
)
def test_a_difference_says_what_it_shows(
    fields: dict[str, bool], counts_as: str
) -> None:
    wrong = msgspec.structs.replace(answer(Verdict.FAIL), **fields)
    ((score,),) = scores([block("tool", "1", wrong)], {}).values()
    (difference,) = score.differences
    assert difference.counts_as == counts_as


def test_what_leaves_a_rule_open_is_looked_for_in_the_others() -> None:
    replace = msgspec.structs.replace
    wrong = answer(Verdict.FAIL, "no-override")
    control = replace(wrong, control=True)
    breach = replace(wrong, rule="demo.second")
    other = replace(wrong, rule="demo.third", cause="another")
    found = scores([block("tool", "1", control, breach, other)], {})
    (score,) = found["demo.first"]
    assert score.status is RuleStatus.NOT_SHOWN
    assert explaining_rules(found, score) == ["demo.second"]


@pytest.mark.parametrize(
    ("answers", "notes"),
    [
        ([answer(Verdict.PASS)], ["models"]),
        ([answer(Verdict.FAIL)], ["models 0/1"]),
        ([answer(Verdict.PASS, "", REAL, Fidelity.NATIVE)], []),
        (
            [answer(Verdict.PASS, "", REAL, Fidelity.NATIVE), answer(Verdict.FAIL)],
            ["models 0/1"],
        ),
        ([answer(Verdict.DECLINED)], []),
    ],
)
def test_a_cell_says_where_a_rule_is_not_kept(
    answers: list[Result], notes: list[str]
) -> None:
    ((score,),) = scores([block("tool", "1", *answers)], {}).values()
    assert score.notes == notes
