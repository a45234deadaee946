"""Grouped differences: one entry for each reason, and one line for each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manylinux_conformance.tools.causes import Cause

from manylinux_docs.evidence.scores import Difference, Score, ScoredPlatform


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """One case that was answered otherwise, on some platforms, with one example.

    ``answers``: how many pairs of expected and given answers there were.
    """

    name: str
    expected: str
    answer: str
    answers: int
    platforms: tuple[ScoredPlatform, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tool differs in some cases; without a cause nothing is recorded.

    ``kind`` is that of the deviation, or empty; ``counts_as`` what the answers show;
    ``hint`` what they may follow from.
    """

    cause: Cause | None
    kind: str
    counts_as: str
    hint: str
    cases: tuple[CaseDifference, ...]


def reasons(score: Score, causes: Sequence[Cause]) -> list[Reason]:
    """Group the differences of a score by what explains them."""
    known = {cause.id: cause for cause in causes}
    grouped: dict[tuple[str, str, str, str], list[Difference]] = {}
    for one in score.differences:
        key = (one.cause, one.deviation, one.counts_as, one.hint)
        grouped.setdefault(key, []).append(one)
    return [
        Reason(known.get(cause), kind, counts_as, hint, _by_case(found))
        for (cause, kind, counts_as, hint), found in grouped.items()
    ]


def _by_case(found: Sequence[Difference]) -> tuple[CaseDifference, ...]:
    cases: dict[str, list[Difference]] = {}
    for one in found:
        cases.setdefault(one.case, []).append(one)
    return tuple(
        CaseDifference(
            name,
            each[0].expected,
            each[0].answer,
            len(each),
            tuple(platform for one in each for platform in one.platforms),
        )
        for name, each in cases.items()
    )
