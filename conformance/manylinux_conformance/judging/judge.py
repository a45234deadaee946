"""Judges answers: the one place that says whether an answer is right."""

from __future__ import annotations

from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, Judged
from manylinux_conformance.questions.question import Question
from manylinux_conformance.results.lines import Result


def judge(question: Question, answer: Answer) -> Judged:
    """Judge an answer; one that is none keeps the verdict it came with."""
    if answer.outcome is not None:
        return Judged(answer.outcome, question.expected, answer.answer)
    return question.judge(answer)


def result_of(question: Question, answer: Answer, platform: Platform | None) -> Result:
    """Return an answer as a result; nothing runs on a ``platform`` that is None."""
    judged = judge(question, answer)
    return Result(
        case=question.id,
        rule=question.rule,
        platform=platform.name if platform else "",
        fidelity=platform.fidelity if platform else None,
        exotic=platform.exotic if platform else False,
        arch=question.wheel_arch,
        verdict=judged.verdict,
        expected=judged.expected,
        answer=judged.answer,
        reason=answer.reason,
        control=question.is_control,
        draft=question.is_draft,
    )
