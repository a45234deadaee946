"""Answers: what a tool did with a question, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_conformance.results.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one question.

    ``outcome`` is None where there is an answer to judge, else the verdict that
    stands already: declined, error, timeout, infrastructure or not-asked.
    ``answer`` is the tag of the wheel that was chosen, as the case spells it, ``any``
    or ``nothing``.
    ``valid``, ``canonical`` and ``arch`` answer a question about one tag.
    ``tags`` are the members of a set, none if it was refused, or an ordered listing.
    ``reason`` says why nothing was installed, or why there is no answer.
    """

    outcome: Verdict | None
    answer: str = ""
    reason: str = ""
    valid: bool = False
    canonical: str = ""
    arch: str = ""
    tags: tuple[str, ...] = ()


def landed(answer: str, reason: str = "") -> Answer:
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
