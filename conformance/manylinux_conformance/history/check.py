"""Compares a few columns that were asked again with what is on file."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from manylinux_conformance.history.answers import Answers
from manylinux_conformance.history.column import Column
from manylinux_conformance.history.expand import aligned


def chosen(answers: Answers, wanted: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Yield the columns that are asked again: the first and the last of each span.

    ``wanted`` are releases that are asked again instead of these.
    """
    for number, span in enumerate(answers.header.spans):
        versions = [release.version for release in span.releases]
        ends = dict.fromkeys((*versions[:1], *versions[-1:]))
        for version in versions:
            if version in (wanted or ends):
                yield number, version


def moved(answers: Answers, number: int, column: Column) -> Iterator[str]:
    """Yield each answer that is not the one on file, or why there is none.

    Of a column that was asked in part, the rest is not looked at.
    """
    name = f"{answers.header.tool} {column.version}"
    if column.unasked:
        yield f"{name}: {column.unasked}"
        return
    span = answers.header.spans[number]
    versions = [release.version for release in span.releases]
    position = versions.index(column.version)
    on_file = {
        (question.case, question.where): cell
        for question in answers.questions
        if (cell := aligned(question, number, span)[position])
    }
    for result in column.results:
        before = on_file.get((result.case, result.where))
        now = (result.verdict, result.answer)
        if before is not None and (before.verdict, before.answer) != now:
            where = f"{result.case} on {result.where}"
            yield f"{name}: {where}: {before.answer!r} is on file, now {now[1]!r}"
