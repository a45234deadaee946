"""Answers that were right only because a release had never heard of a tag.

They look like a rule that was kept and lost: what is offered beside the unknown tag is
taken, as it should be, until the release learns the tag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from manylinux_conformance.history.answers import Answers, Question, Release, Since
from manylinux_conformance.history.controls import ANSWERED, UNKNOWN, UNSHOWN
from manylinux_conformance.history.expand import by_release
from manylinux_conformance.results.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Unshown:
    """A question that seems to be answered right from one release on, and is not.

    ``lost`` is the release that knows the tag and is wrong, ``kept`` the first that
    knows it and is right, None if there is none yet.
    """

    case: str
    rule: str
    seems: Release
    lost: Release
    kept: Release | None


def right_until_known(answers: Answers) -> Iterator[Unshown]:
    """Yield each question whose answers were right until the tag was known."""
    cases: dict[str, list[Question]] = defaultdict(list)
    for question in answers.questions:
        if not question.control:
            cases[question.case].append(question)
    for questions in cases.values():
        seems = lost = kept = None
        for release, cells in _cells(answers, questions):
            if lost is None:
                lost = release if seems and _is_wrong(cells) else None
                if not lost:
                    seems = (seems or release) if _is_unshown(cells) else None
            elif kept is None and not _is_wrong(cells):
                kept = release
        if seems and lost:
            yield Unshown(questions[0].case, questions[0].rule, seems, lost, kept)


def _cells(
    answers: Answers, questions: Sequence[Question]
) -> Iterator[tuple[Release, list[Since]]]:
    """Yield what each release answered, if it answered anything."""
    for release, found in by_release(answers, questions):
        if cells := [cell for cell in found if _is_answer(cell)]:
            yield release, cells


def _is_answer(cell: Since) -> bool:
    return cell.verdict in ANSWERED and cell.nothing_shown != UNKNOWN


def _is_unshown(cells: Sequence[Since]) -> bool:
    return not _is_wrong(cells) and any(each.nothing_shown == UNSHOWN for each in cells)


def _is_wrong(cells: Sequence[Since]) -> bool:
    return any(each.verdict is Verdict.FAIL for each in cells)
