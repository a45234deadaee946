"""Milestones: the first release of a tool that takes a level or an architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.history.answers import Answers, Question, Release
from manylinux_conformance.history.controls import families
from manylinux_conformance.history.expand import aligned
from manylinux_conformance.results.verdicts import Verdict

LEGACY = ("manylinux1", "manylinux2010", "manylinux2014")
PERENNIAL_TAGS = "perennial"
PERENNIAL = ("installer.glibc.at-least", "installer.glibc.every-minor")
ARCHITECTURE = "installer.architecture.equal"


@dataclass(frozen=True, slots=True)
class Milestone:
    """The first release that takes something.

    ``before`` is the last release asked that does not, None if the first one takes it.
    """

    release: Release
    before: Release | None


def level_since(answers: Answers, level: str) -> Milestone | None:
    """Return the first release that takes a level, such as ``manylinux2014``.

    Every perennial level is taken since the first release that compares with glibc's
    version, whatever the number is.  None: no release that was asked takes it.
    What a release takes beyond that, and should not, is no matter here.
    """
    rules = (f"tag.legacy.{level}",) if level in LEGACY else PERENNIAL
    return _first(answers, [each for each in _takes(answers) if each.rule in rules])


def levels_since(answers: Answers) -> Mapping[str, str]:
    """Return the first release that takes each legacy family, and perennial tags."""
    found = {name: level_since(answers, name) for name in (*LEGACY, PERENNIAL_TAGS)}
    return {name: each.release.version for name, each in found.items() if each}


def architecture_since(answers: Answers, arch: str) -> Milestone | None:
    """Return the first release that takes the wheels of an architecture."""
    here = [each for each in _takes(answers) if each.where == arch]
    return _first(answers, [each for each in here if each.rule == ARCHITECTURE])


def _takes(answers: Answers) -> list[Question]:
    """Return the questions that are right only if a manylinux wheel is taken."""
    return [each for each in answers.questions if any(families(each.expected))]


def _first(answers: Answers, questions: Sequence[Question]) -> Milestone | None:
    """Return the first release that answers all questions right that it answers."""
    before: Release | None = None
    for number, span in enumerate(answers.header.spans):
        every = [aligned(question, number, span) for question in questions]
        for position, release in enumerate(span.releases):
            cells = [cell for line in every if (cell := line[position])]
            verdicts = {cell.verdict for cell in cells} - {Verdict.DECLINED}
            if verdicts == {Verdict.PASS}:
                return Milestone(release, before)
            before = release
    return None
