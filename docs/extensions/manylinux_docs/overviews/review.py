"""The ``review`` directive: what somebody who decides wants to see on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from docutils import nodes
from manylinux_conformance.reports.rule_status import BREACHED, DECIDED
from manylinux_conformance.reports.summary import is_demanded, is_proposal
from manylinux_conformance.results.consequences import BREACH
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule
from manylinux_conformance.tools.causes import Cause, Kind
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.evidence.real_wheels import released_wheels
from manylinux_docs.evidence.scores import Score, nobody_breaks, peers
from manylinux_docs.rendering.templates import fragment, to_root

CHOOSING = (Role.INSTALLER, Role.TAG_LIBRARY)  # who decides whether a wheel fits


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A rule, and whose newest release breaks it: really, or on models alone.

    Each name has the number of systems or wheels on which it does.
    """

    rule: Rule
    nobody: str  # in the place of names, where there are none
    is_answered: bool  # by a tool other than the reference
    real: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewedChapter:
    """The proposals of a chapter, and how many of them each tool breaks."""

    name: str
    proposals: tuple[Reviewed, ...]
    real: tuple[tuple[str, int], ...]
    models: tuple[tuple[str, int], ...]

    @property
    def against(self) -> list[Rule]:
        """The proposals where a standard answers otherwise."""
        return [one.rule for one in self.proposals if one.rule.differs]

    @property
    def unanswered(self) -> int:
        """How many no tool has answered, so that nobody knows who would change."""
        return sum(not one.is_answered for one in self.proposals)

    @property
    def musts(self) -> int:
        """How many would bind whoever adopts them."""
        return sum(one.rule.level.is_must for one in self.proposals)


@dataclass(frozen=True, slots=True)
class Objection:
    """What is held against the same rules, and the cause of each tool that holds it."""

    kind: Kind
    rules: tuple[Rule, ...]
    causes: tuple[tuple[str, Cause], ...]

    @property
    def is_about_proposals(self) -> bool:
        """Whether no more than proposals would have to go."""
        return self.kind is not Kind.DISPUTE and all(map(is_proposal, self.rules))


class ReviewDirective(SphinxDirective):
    """One table; the argument is ``new``, ``unkept`` or ``open``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        evidence = load_evidence(self.env)
        new = [reviewed(evidence, one) for one in _rules(evidence, proposed=True)]
        content = fragment(
            "review.html.jinja",
            root=to_root(self.env.docname),
            kind=self.arguments[0],
            new=new,
            chapters=list(by_chapter(new)),
            unkept=list(unkept(evidence)),
            objections=objections(evidence),
            wheels=released_wheels(Path(self.env.srcdir)),
            deferred=[one for one in evidence.proposals if one.is_open],
        )
        return [content]


def reviewed(evidence: Evidence, rule: Rule) -> Reviewed:
    """Gather who would have to change for a rule."""
    newest = _newest(evidence, rule)
    broken = [score for score in newest if score.status in BREACHED]
    really = {one.name for one in broken if one.fails_really}
    real = dict.fromkeys(_where(one) for one in broken if one.fails_really)
    models = dict.fromkeys(_where(one) for one in broken if one.name not in really)
    return Reviewed(
        rule=rule,
        nobody=nobody_breaks(newest),
        is_answered=any(score.status in DECIDED for score in newest),
        real=tuple(real),
        models=tuple(models),
    )


def _where(score: Score) -> str:
    """Name a tool that breaks a rule, and on how many of the most real systems."""
    for system, tally in score.standing.tallies.items():
        if tally.kept < tally.asked:
            broken = tally.asked - tally.kept
            return f"{score.name} ({broken} of {system.counted(tally.asked)})"
    return score.name


def by_chapter(new: list[Reviewed]) -> Iterator[ReviewedChapter]:
    """Yield the chapters that have proposals, in their order."""
    for name, found in groupby(new, key=lambda one: one.rule.chapter):
        proposals = tuple(found)
        real = Counter(name.split()[0] for one in proposals for name in one.real)
        models = Counter(name.split()[0] for one in proposals for name in one.models)
        yield ReviewedChapter(
            name, proposals, tuple(real.most_common()), tuple(models.most_common())
        )


def unkept(evidence: Evidence) -> Iterator[Reviewed]:
    """Yield the MUSTs of standards that each installer and tag library breaks.

    Each that answered, that is: who declines does not keep it.
    """
    for rule in _rules(evidence, proposed=False):
        newest = [one for one in _newest(evidence, rule) if one.role in CHOOSING]
        answered = [one for one in newest if one.status in DECIDED]
        if answered and all(one.status in BREACHED for one in answered):
            yield reviewed(evidence, rule)


def objections(evidence: Evidence) -> list[Objection]:
    """Return the disputes, then what is so by design against a MUST or a proposal."""
    grouped: dict[tuple[Kind, tuple[str, ...]], list[tuple[str, Cause]]] = {}
    for tool, causes in evidence.deviations.items():
        for cause in causes:
            found = list(_disputed(evidence, tool, cause))
            proposed = tuple(each.id for each in found if is_proposal(each))
            others = tuple(each.id for each in found if not is_proposal(each))
            if cause.kind is Kind.DISPUTE:
                proposed, others = (), tuple(each.id for each in found)
            for names in filter(None, (others, proposed)):
                grouped.setdefault((cause.kind, names), []).append((tool, cause))
    objections = [
        Objection(kind, tuple(evidence.rules[each] for each in names), tuple(held))
        for (kind, names), held in grouped.items()
    ]
    return sorted(objections, key=lambda one: one.kind is not Kind.DISPUTE)


def _disputed(evidence: Evidence, tool: str, cause: Cause) -> Iterator[Rule]:
    """Yield the rules that a cause disputes, and the MUSTs and proposals it breaks.

    What is by design counts where an answer shows it.
    """
    for rule in evidence.rules.values():
        if cause.kind is Kind.DISPUTE:
            counts = cause.concerns(rule.id)
        else:
            by_design = cause.kind is Kind.BY_DESIGN and not cause.of
            counts = by_design and (is_demanded(rule) or is_proposal(rule))
            counts = counts and _is_broken(evidence, rule, tool, cause)
        if counts:
            yield rule


def _is_broken(evidence: Evidence, rule: Rule, tool: str, cause: Cause) -> bool:
    """Return whether the newest version of a tool breaks a rule for a cause."""
    return any(
        one.cause == cause.id and one.counts_as == BREACH
        for score in evidence.scores.get(rule.id, ())
        for one in score.differences
        if score.tool == tool and score.is_newest
    )


def _rules(evidence: Evidence, *, proposed: bool) -> Iterator[Rule]:
    for rule in evidence.rules.values():
        if is_proposal(rule) if proposed else is_demanded(rule):
            yield rule


def _newest(evidence: Evidence, rule: Rule) -> list[Score]:
    return peers(evidence.scores.get(rule.id, []))
