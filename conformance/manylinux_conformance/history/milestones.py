"""Milestones: the first release of a tool that takes a level or an architecture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.history.answers import Answers, Question, Release
from manylinux_conformance.history.controls import SILENT, UNKNOWN, families
from manylinux_conformance.history.expand import by_release
from manylinux_conformance.reports.versions import version_key
from manylinux_conformance.results.verdicts import Role, Verdict

LEGACY = ("manylinux1", "manylinux2010", "manylinux2014")
PERENNIAL_TAGS = "perennial"
PERENNIAL = ("installer.glibc.at-least", "installer.glibc.every-minor")
ARCHITECTURE = "installer.architecture.equal"
# An architecture has its own milestone, and nobody can promise a glibc 3 yet.
OF_LEVEL = re.compile(r"(?!.*manylinux_3).*_x86_64", re.ASCII)
CLAIM = re.compile(r"wheel\.versions\.listed/glibc-(\d+-\d+)-at-(\d+-\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Milestone:
    """The first release that takes something.

    ``before`` is the last release asked that does not, None if the first one takes it.
    ``but_not`` are later releases that do not, either.  ``unasked`` are those between
    ``before`` and it of which nobody knows yet.
    """

    release: Release
    before: Release | None
    but_not: tuple[Release, ...] = ()
    unasked: tuple[str, ...] = ()


def level_since(answers: Answers, level: str) -> Milestone | None:
    """Return the first release that takes a level, such as ``manylinux2014``.

    Every perennial level is taken since the first release that compares with glibc's
    version, whatever the number is.  None: no release that was asked takes it.
    What a release takes beyond that, and should not, is no matter here.
    """
    rules = (f"tag.legacy.{level}",) if level in LEGACY else PERENNIAL
    own = [each for each in _takes(answers) if each.rule in rules]
    return _first(answers, [each for each in own if OF_LEVEL.fullmatch(each.expected)])


@dataclass(frozen=True, slots=True)
class Taker:
    """A tool that takes wheels, with the first release that takes each kind of them.

    An auditor takes those of a level if it confirms a true claim of that level.
    """

    tool: str
    role: Role
    levels: Mapping[str, Milestone]


def takers_of(history: Iterable[Answers]) -> list[Taker]:
    """Return the tools that take wheels, as far as their old releases were asked."""
    takers = (
        Taker(each.header.tool, each.header.role, levels_since(each))
        if each.header.role is not Role.AUDITOR
        else Taker(each.header.tool, each.header.role, claims_since(each))
        for each in history
    )
    return [taker for taker in takers if taker.levels]


def levels_since(answers: Answers) -> Mapping[str, Milestone]:
    """Return the first release that takes each legacy family, and perennial tags."""
    found = {name: level_since(answers, name) for name in (*LEGACY, PERENNIAL_TAGS)}
    return {name: each for name, each in found.items() if each}


def claims_since(answers: Answers) -> Mapping[str, Milestone]:
    """Return the first release of an auditor that tells claims of each level apart.

    It confirms a wheel that needs the level's own glibc, so that no older claim would
    do, and refuses one that needs a later glibc.
    """
    by_level: dict[str, list[Question]] = defaultdict(list)
    own = set()
    for question in answers.questions:
        if claim := CLAIM.fullmatch(question.case):
            needed, level = claim.groups()
            by_level[level].append(question)
            own |= {level} if needed == level else set()
    silent = frozenset((Verdict.NOT_ASKED,))  # who declines has no policy for the level
    found = {level: _first(answers, by_level[level], silent) for level in by_level}
    return {
        f"manylinux_{level.replace('-', '_')}": since
        for level, since in found.items()
        if since and level in own
    }


def architecture_since(answers: Answers, arch: str) -> Milestone | None:
    """Return the first release that takes the wheels of an architecture."""
    here = [each for each in _takes(answers) if each.where == arch]
    return _first(answers, [each for each in here if each.rule == ARCHITECTURE])


def _takes(answers: Answers) -> list[Question]:
    """Return the questions that are right only if a manylinux wheel is taken."""
    return [each for each in answers.questions if any(families(each.expected))]


def _first(
    answers: Answers,
    questions: Sequence[Question],
    silent: frozenset[Verdict] = SILENT,
) -> Milestone | None:
    """Return the first release that answers all questions right that it answers.

    ``silent`` are verdicts that say nothing of a release.
    Of a release that was asked on two Pythons the older one's answers count.
    """
    before: Release | None = None
    first: Release | None = None
    but_not = []
    for release, takes in _taking(answers, questions, silent):
        if first is None and takes:
            first = release
        elif first is None:
            before = release
        elif not takes:
            but_not.append(release)
    if first is None:
        return None
    unasked = tuple(_between(answers, before, first)) if before else ()
    return Milestone(first, before, tuple(but_not), unasked)


def _between(answers: Answers, before: Release, first: Release) -> Iterator[str]:
    """Yield the releases between two that were not asked."""
    old, new = version_key(before.version), version_key(first.version)
    asked = {each.version for span in answers.header.spans for each in span.releases}
    for span in answers.header.spans:
        for each in span.unasked:
            if each.version not in asked and old < version_key(each.version) < new:
                yield each.version


def _taking(
    answers: Answers, questions: Sequence[Question], silent: frozenset[Verdict]
) -> Iterator[tuple[Release, bool]]:
    """Yield each release, and whether it answers all questions right.

    One that was asked none of them, or takes no wheel for the platform, is left out.
    """
    for release, cells in by_release(answers, questions):
        shown = [cell for cell in cells if cell.nothing_shown != UNKNOWN]
        verdicts = {cell.verdict for cell in shown} - silent
        if verdicts:
            yield release, verdicts == {Verdict.PASS}
