"""Judging: one place for every kind of question, and what a result says of it."""

from pathlib import Path

import pytest
from manylinux_conformance.judging.judge import judge, result_of
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.case import Status
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.question import Question
from manylinux_conformance.questions.wheel import WheelQuestion
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import build, choose, platform, wheel_line

TAG = "manylinux_2_17_x86_64"
WHEEL = WheelQuestion(wheel_line(), Path("a.whl"))


@pytest.mark.parametrize(
    ("case", "answer", "verdict"),
    [
        (
            choose(TAG, pick=TAG),
            answered(TAG),
            Verdict.PASS,
        ),
        (
            choose(TAG, pick=TAG),
            answered("any"),
            Verdict.FAIL,
        ),
        (
            choose(TAG, pick="any"),
            broken("x"),
            Verdict.ERROR,
        ),
        (Parse(rule="r", name="n", tag="x", valid=False), Answer(None), Verdict.PASS),
        (Expand(rule="r", name="n", set="x"), Answer(None), Verdict.PASS),
        (
            Listing(rule="r", name="n", exactly=("a",)),
            Answer(None, tags=("a",)),
            Verdict.PASS,
        ),
        (build(expect=("refused", "kept")), answered("kept"), Verdict.PASS),
        (build(), broken("x"), Verdict.ERROR),
        (WHEEL, answered("conforms"), Verdict.PASS),
        (WHEEL, answered("violates"), Verdict.FAIL),
    ],
)
def test_every_kind_of_case_is_judged_in_one_place(
    case: Question, answer: Answer, verdict: Verdict
) -> None:
    assert judge(case, answer).verdict is verdict


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict.DECLINED,
        Verdict.ERROR,
        Verdict.TIMEOUT,
        Verdict.INFRASTRUCTURE,
        Verdict.NOT_ASKED,
    ],
)
def test_what_is_no_answer_keeps_its_verdict_with_what_was_expected(
    verdict: Verdict,
) -> None:
    judged = judge(choose(TAG, pick=TAG), Answer(verdict, TAG))
    assert (judged.verdict, judged.expected, judged.answer) == (verdict, TAG, TAG)


def test_a_result_names_the_platform_that_was_asked_on() -> None:
    case = choose(TAG, pick=TAG)
    assert result_of(case, Answer(None, "any", "said so"), platform()) == Result(
        case="tag.form/plain",
        rule="tag.form",
        platform="glibc-2.17",
        fidelity=Fidelity.MODELLED,
        verdict=Verdict.FAIL,
        expected=TAG,
        answer="any",
        reason="said so",
    )


def test_a_result_about_a_wheel_names_its_architecture_and_no_platform() -> None:
    assert result_of(WHEEL, answered("conforms"), None) == Result(
        case="wheel.needed.allowed/plain",
        rule="wheel.needed.allowed",
        arch="x86_64",
        verdict=Verdict.PASS,
        expected="conforms",
        answer="conforms",
        control=True,
    )


def test_a_result_says_what_it_shows_and_on_how_real_a_platform() -> None:
    draft = choose(control=True, status=Status.DRAFT)
    exotic = platform(name="glibc-3.1", exotic=True)
    found = result_of(draft, answered("any"), exotic)
    assert (found.control, found.draft, found.exotic) == (True, True, True)
    found = result_of(choose(), answered("any"), platform())
    assert (found.control, found.draft, found.exotic) == (False, False, False)
