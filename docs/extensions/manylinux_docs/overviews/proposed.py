"""Proposals as who decides sees them: by what they are about, with who breaks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from manylinux_conformance.reports.rule_status import BREACHED, DECIDED
from manylinux_conformance.results.systems import System
from manylinux_conformance.suite.rules import Rule

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import SHORT, Score, peers

PLACES = (System.REAL, System.WHEEL, System.MODEL, System.EXOTIC)
MANY = 4  # tools are named, more than these are counted if they are all


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A rule, and whose newest release breaks it.

    ``broken`` has, for each kind of system on which that shows, the most real first,
    the names of tools, with the share of the systems or wheels if it is not all.
    """

    rule: Rule
    nobody: str  # in the place of names, where there are none
    is_answered: bool  # by a tool other than the reference
    tools: tuple[str, ...]  # those that break it
    broken: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """The proposals about one thing, which one decision can be about."""

    name: str
    proposals: tuple[Reviewed, ...]

    @property
    def nobody(self) -> str:
        """What is in the place of names for all of them, empty if they differ."""
        said = {"" if one.broken else one.nobody for one in self.proposals}
        return said.pop() if len(said) == 1 else ""


@dataclass(frozen=True, slots=True)
class ReviewedChapter:
    """The proposals of a chapter."""

    name: str
    topics: tuple[Topic, ...]

    @property
    def proposals(self) -> list[Reviewed]:
        """All of them."""
        return [one for topic in self.topics for one in topic.proposals]

    @property
    def most(self) -> list[tuple[str, int]]:
        """The three tools that break the most of them, and how many."""
        counts = Counter(tool for one in self.proposals for tool in one.tools)
        return counts.most_common(3)

    @property
    def unanswered(self) -> int:
        """How many no tool has answered, so that nobody knows who would change."""
        return sum(not one.is_answered for one in self.proposals)

    @property
    def musts(self) -> int:
        """How many would bind whoever adopts them."""
        return sum(one.rule.level.is_must for one in self.proposals)


def reviewed(evidence: Evidence, rule: Rule) -> Reviewed:
    """Gather who would have to change for a rule."""
    newest = peers(evidence.scores.get(rule.id, []))
    broken = [score for score in newest if score.status in BREACHED]
    answered = {score.name for score in newest if score.status in DECIDED}
    nobody = f"none of {len(answered)}" if answered else _unknown(newest)
    return Reviewed(
        rule=rule,
        nobody=nobody,
        is_answered=bool(answered),
        tools=tuple(dict.fromkeys(score.tool for score in broken)),
        broken=tuple(_by_system(broken, answered)),
    )


def _unknown(scores: list[Score]) -> str:
    return "undecided" if scores else "unasked"


def _by_system(
    broken: list[Score], answered: set[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield kinds of systems with the tools that break a rule on them at most.

    Where all that answered break it, and they are many, they are only counted.
    """
    found: dict[System, dict[str, None]] = {}
    for score in broken:
        system, where = _where(score)
        found.setdefault(system, {})[f"{score.tool} {where}".rstrip()] = None
    are_all = {score.name for score in broken} == answered and len(answered) > MANY
    for system in filter(found.get, PLACES):
        names = tuple(found[system])
        yield SHORT[system], (f"all {len(names)}",) if are_all else names


def _where(score: Score) -> tuple[System, str]:
    """Return on which of the most real systems a tool breaks a rule, as ``2/3``.

    There is no fraction where it does on all of them.
    """
    tallies = score.standing.tallies
    broken = {one: tally.asked - tally.kept for one, tally in tallies.items()}
    system = next(filter(broken.get, PLACES))
    is_everywhere = broken[system] == tallies[system].asked
    return system, "" if is_everywhere else f"{broken[system]}/{tallies[system].asked}"


def by_chapter(new: list[Reviewed]) -> Iterator[ReviewedChapter]:
    """Yield the chapters that have proposals, in their order."""
    for name, found in groupby(new, key=lambda one: one.rule.chapter):
        topics: dict[str, list[Reviewed]] = {}
        for one in found:
            topics.setdefault(topic_of(one.rule), []).append(one)
        yield ReviewedChapter(
            name, tuple(Topic(each, tuple(them)) for each, them in topics.items())
        )


def topic_of(rule: Rule) -> str:
    """Return what a rule is about: its identifier without what it decides of it."""
    words = rule.id.split(".")
    return ".".join(words[: min(2, len(words) - 1)])
