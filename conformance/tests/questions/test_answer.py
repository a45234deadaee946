"""Answers that are none: they come with their verdict and say why."""

from collections.abc import Callable

import pytest
from manylinux_conformance.questions.answer import (
    Answer,
    answered,
    broken,
    declined,
    not_asked,
)
from manylinux_conformance.results.verdicts import Verdict


@pytest.mark.parametrize(
    ("make", "verdict"),
    [
        (broken, Verdict.ERROR),
        (declined, Verdict.DECLINED),
        (not_asked, Verdict.NOT_ASKED),
    ],
)
def test_what_is_no_answer_has_a_verdict_and_a_reason(
    make: Callable[[str], Answer], verdict: Verdict
) -> None:
    assert make("says so") == Answer(verdict, "", "says so")


def test_an_answer_needs_no_reason() -> None:
    assert answered("any") == Answer(None, "any", "")
