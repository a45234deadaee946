"""The ``review`` directive: what somebody who decides wants to see on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from manylinux_docs.evidence.scores import Score, peers
from manylinux_docs.overviews.proposed import Reviewed, by_chapter, reviewed
from manylinux_docs.rendering.filters import first_clause
from manylinux_docs.rendering.templates import fragment, to_root

CHOOSING = (Role.INSTALLER, Role.TAG_LIBRARY)  # who decides whether a wheel fits


@dataclass(frozen=True, slots=True)
class Objection:
    """What is held against the same rules, and the causes of those that hold it."""

    kind: Kind
    rules: tuple[Rule, ...]
    causes: tuple[tuple[str, Cause], ...]

    @property
    def is_about_proposals(self) -> bool:
        """Whether no more than proposals would have to go."""
        return self.kind is not Kind.DISPUTE and all(map(is_proposal, self.rules))

    @property
    def says(self) -> str:
        """What the first tool holds, in short."""
        return first_clause(self.causes[0][1].why)

    @property
    def told(self) -> list[tuple[str, Cause]]:
        """Those who hold just that."""
        return [each for each in self.causes if first_clause(each[1].why) == self.says]

    @property
    def others(self) -> list[tuple[str, Cause]]:
        """Those who hold something else against the same rules."""
        return [each for each in self.causes if each not in self.told]


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
