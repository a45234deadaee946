"""Makes columns of the answers on file again, so that new releases can be added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manylinux_conformance.history.answers import (
    Answers,
    Asked,
    Question,
    Release,
    Since,
)
from manylinux_conformance.history.column import Column
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role


def aligned(question: Question, number: int, span: Asked) -> list[Since | None]:
    """Return the answer of each release of a span, None before it was asked."""
    changes = {since.version: since for since in question.spans[number]}
    cells: list[Since | None] = []
    for release in span.releases:
        before = cells[-1] if cells else None
        cells.append(changes.get(release.version, before))
    return cells


def by_release(
    answers: Answers, questions: Sequence[Question]
) -> Iterator[tuple[Release, list[Since]]]:
    """Yield each release with its answers, once: those on the older Python."""
    seen = set()
    for number, span in enumerate(answers.header.spans):
        every = [aligned(question, number, span) for question in questions]
        for position, release in enumerate(span.releases):
            if release.version not in seen:
                yield release, [cell for line in every if (cell := line[position])]
            seen.add(release.version)


def columns_of(answers: Answers, number: int) -> Iterator[Column]:
    """Yield the column of each release of a span that is on file."""
    span = answers.header.spans[number]
    every = [
        (question, aligned(question, number, span)) for question in answers.questions
    ]
    for position, release in enumerate(span.releases):
        yield Column(
            version=release.version,
            python=span.python,
            released=release.day,
            seconds=release.seconds,
            results=tuple(
                _result(question, cell, answers.header.role)
                for question, cells in every
                if (cell := cells[position])
            ),
        )


def _result(question: Question, cell: Since, role: Role) -> Result:
    is_wheel = role is Role.AUDITOR
    return Result(
        case=question.case,
        rule=question.rule,
        platform="" if is_wheel else question.where,
        fidelity=None if is_wheel else Fidelity.MODELLED,
        arch=question.where if is_wheel else "",
        verdict=cell.verdict,
        expected=question.expected,
        answer=cell.answer,
        control=question.control,
    )
