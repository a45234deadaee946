"""Scores: what the answers of one tool version to one rule come to."""

from __future__ import annotations

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.standing import Standing
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_docs.evidence.scores import WORDS, Place, places_of, scores

from docs.tests.demo_results import answer, block

NATIVE = Place(Fidelity.NATIVE, "debian-12-x86_64")
EMULATED = Place(Fidelity.EMULATED, "debian-12-s390x")
MODELLED = Place(Fidelity.MODELLED, "glibc-2.17")


@pytest.mark.parametrize("standing", Standing)
def test_every_status_has_words(standing: Standing) -> None:
    assert WORDS[standing]


@pytest.mark.parametrize(
    ("answers", "standing", "right", "asked"),
    [
        ([answer(Verdict.PASS)], Standing.FOLLOWS, 1, 1),
        ([answer(Verdict.FAIL, "bug")], Standing.DIFFERS, 0, 1),
        ([answer(Verdict.PASS), answer(Verdict.FAIL)], Standing.UNEXPLAINED, 1, 2),
        ([answer(Verdict.PASS), answer(Verdict.DECLINED)], Standing.FOLLOWS, 1, 1),
        ([answer(Verdict.DECLINED)], Standing.DECLINES, 0, 0),
        ([answer(Verdict.NOT_ASKED)], Standing.NOT_ASKED, 0, 0),
        ([answer(Verdict.INFRASTRUCTURE)], Standing.TROUBLE, 0, 0),
    ],
)
def test_only_questions_that_were_answered_count(
    answers: list[Result], standing: Standing, right: int, asked: int
) -> None:
    ((score,),) = scores([block("tool", "1", *answers)]).values()
    assert (score.standing, score.right, score.asked) == (standing, right, asked)


def test_same_difference_on_several_platforms_is_told_once() -> None:
    answers = [
        answer(Verdict.FAIL, platform=place.platform, fidelity=place.fidelity)
        for place in (MODELLED, EMULATED)
        if place.fidelity
    ]
    ((score,),) = scores([block("tool", "1", *answers)]).values()
    (difference,) = score.differences
    assert difference.platforms == (MODELLED, EMULATED)


def test_most_real_platform_comes_first() -> None:
    answers = [
        answer(Verdict.PASS, platform=place.platform, fidelity=place.fidelity)
        for place in (MODELLED, EMULATED, NATIVE)
        if place.fidelity
    ]
    (found,) = scores([block("tool", "1", *answers)]).values()
    assert places_of(found) == [NATIVE, EMULATED, MODELLED]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (NATIVE, "debian-12-x86_64 (native)"),
        (MODELLED, "glibc-2.17"),
        (Place(None, "s390x"), "s390x"),
    ],
)
def test_fidelity_is_named_where_it_is_more_than_modelled(
    place: Place, words: str
) -> None:
    assert str(place) == words
