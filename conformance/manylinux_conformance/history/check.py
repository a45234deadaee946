"""Compares a few columns that were asked again with what is on file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from manylinux_conformance.history.answers import Answers
from manylinux_conformance.history.column import Column
from manylinux_conformance.history.controls import controlled
from manylinux_conformance.history.expand import aligned
from manylinux_conformance.questions.kinds import AnyCase


def chosen(answers: Answers) -> Iterator[tuple[int, str]]:
    """Yield the columns that are asked again: the first and the last of each span."""
    for number, span in enumerate(answers.header.spans):
        versions = [release.version for release in span.releases]
        for version in dict.fromkeys((*versions[:1], *versions[-1:])):
            yield number, version


def moved(
    answers: Answers, number: int, column: Column, cases: Mapping[str, AnyCase]
) -> Iterator[str]:
    """Yield each answer that is not the one on file, or why there is none."""
    name = f"{answers.header.tool} {column.version}"
    if column.unasked:
        yield f"{name}: {column.unasked}"
        return
    span = answers.header.spans[number]
    versions = [release.version for release in span.releases]
    position = versions.index(column.version)
    on_file = {
        (question.case, question.where): cell.meaning
        for question in answers.questions
        if (cell := aligned(question, number, span)[position])
    }
    for result, nothing_shown in controlled(column.results, cases):
        before = on_file.get((result.case, result.where))
        now = (result.verdict, result.answer, nothing_shown)
        if before is not None and before != now:
            where = f"{result.case} on {result.where}"
            yield f"{name}: {where}: {before[1]!r} is on file, now {result.answer!r}"
