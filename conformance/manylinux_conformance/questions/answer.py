"""Answers: what a tool did with a question, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.results.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one question.

    ``outcome`` is None where there is an answer to judge, else the verdict that
    stands already: declined, error, timeout, infrastructure or not-asked.
    ``answer`` is in the words of the kind of question: for candidate wheels the tag of
    the one that was chosen, as the case spells it, ``any`` or ``nothing``.
    ``valid``, ``canonical`` and ``arch`` answer a question about one tag.
    ``tags`` are the members of a set, none if it was refused, an ordered listing, or
    the tags of a repaired wheel.
    ``expected`` is what is right in the tool's own words, where it has more or fewer of
    them than the question; empty: what the question expects.
    ``reason`` says why nothing was installed, or why there is no answer.
    """

    outcome: Verdict | None
    answer: str = ""
    reason: str = ""
    valid: bool = False
    canonical: str = ""
    arch: str = ""
    tags: tuple[str, ...] = ()
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what was expected and what came, in words for a table."""

    verdict: Verdict
    expected: str
    answer: str


def compared(expected: str, answer: str, *, right: bool | None = None) -> Judged:
    """Return what an answer comes to; by default it is right if it is as expected."""
    is_right = expected == answer if right is None else right
    return Judged(Verdict.PASS if is_right else Verdict.FAIL, expected, answer)


def answered(answer: str, reason: str = "") -> Answer:
    """Return an answer that is to be judged."""
    return Answer(None, answer, reason)


def broken(reason: str) -> Answer:
    """Return that the tool broke."""
    return Answer(Verdict.ERROR, reason=reason)


def not_asked(reason: str) -> Answer:
    """Return that the question cannot be asked of this tool here."""
    return Answer(Verdict.NOT_ASKED, reason=reason)


def declined(reason: str) -> Answer:
    """Return that the tool says, or its documentation says, it does not do this."""
    return Answer(Verdict.DECLINED, reason=reason)
