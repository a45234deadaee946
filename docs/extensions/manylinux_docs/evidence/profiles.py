"""Profiles: how one version of a tool, in one role, stands to all rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.reports.summary import is_demanded, is_proposal
from manylinux_conformance.results.consequences import BREACH
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule, as_put_to
from manylinux_conformance.tools.causes import Cause

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import Score

# Plain models of x86_64 and its wheels: what most readers can repeat.
COMMON = re.compile(r"glibc-2\.|x86_64$")


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a tool breaks somewhere, with the recorded causes."""

    rule: Rule
    score: Score
    causes: tuple[Cause, ...]

    @property
    def order(self) -> tuple[bool, bool, int, str, str]:
        """What a reader wants first: MUSTs of the standards, broken in most places."""
        cause = self.causes[0].id if self.causes else ""
        proposal, must = is_proposal(self.rule), is_demanded(self.rule)
        tallies = self.score.standing.tallies
        counted = tallies.get(System.REAL) or tallies.get(System.MODEL)
        kept = counted.kept - counted.asked if counted else 0
        return proposal, not must, kept, cause, self.rule.id


@dataclass(frozen=True, slots=True)
class Profile:
    """What the answers of one version of a tool, in one role, come to.

    ``rules`` has the rules by their status; ``real`` are those broken on real systems,
    ``models`` those broken on models alone.  ``asked_really``: not on models alone.
    """

    role: Role
    tool: str
    version: str
    is_newest: bool
    rules: Mapping[RuleStatus, tuple[Rule, ...]]
    real: tuple[Breach, ...]
    models: tuple[Breach, ...]
    asked_really: bool

    @property
    def name(self) -> str:
        """The tool with its version, if it has one."""
        return f"{self.tool} {self.version}".strip()

    @property
    def example(self) -> str:
        """Arguments that repeat a breach on a common machine, real ones first."""
        for breach in (*self.real, *self.models):
            for one in breach.score.differences:
                names = [str(each.name) for each in one.platforms]
                common = [name for name in names if COMMON.match(name)]
                if one.counts_as == BREACH and common:
                    return f"{breach.rule.id}/{one.case} --platform {common[0]}"
        return "RULE/CASE"

    def count(self, status: RuleStatus) -> int:
        """Return how many rules have this status."""
        return len(self.rules.get(status, ()))


def demanded(breaches: Sequence[Breach]) -> list[Breach]:
    """Return those of a MUST that a standard states or that follows from one."""
    return [breach for breach in breaches if is_demanded(breach.rule)]


def advised(breaches: Sequence[Breach]) -> list[Breach]:
    """Return those of what a standard recommends, or permits."""
    return [
        one for one in breaches if not (is_demanded(one.rule) or is_proposal(one.rule))
    ]


def proposed(breaches: Sequence[Breach]) -> list[Breach]:
    """Return those of what this specification merely proposes."""
    return [breach for breach in breaches if is_proposal(breach.rule)]


def profiles(evidence: Evidence) -> Iterator[Profile]:
    """Yield a profile for each tool version in each role, in the order of columns."""
    grouped: dict[tuple[Role, str, str], list[tuple[Rule, Score]]] = {}
    for block in evidence.blocks:
        header = block.header
        grouped.setdefault((header.role, header.tool, header.version), [])
    rules = {role: as_put_to(role.subject, evidence.rules) for role in Role}
    for name, scores in evidence.scores.items():
        if name in evidence.rules:
            for score in scores:
                key = (score.role, score.tool, score.version)
                bound = rules[score.role]
                grouped[key].append((bound[name], score))
    for (role, tool, version), found in grouped.items():
        if found:
            yield _profile(evidence, role, tool, version, found)


def _profile(
    evidence: Evidence,
    role: Role,
    tool: str,
    version: str,
    found: Sequence[tuple[Rule, Score]],
) -> Profile:
    rules: dict[RuleStatus, tuple[Rule, ...]] = {}
    for rule, score in found:
        rules[score.status] = (*rules.get(score.status, ()), rule)
    breaches = [
        Breach(rule, score, tuple(_causes(evidence, score)))
        for rule, score in found
        if score.status in BREACHED
    ]
    breaches.sort(key=lambda breach: breach.order)
    return Profile(
        role=role,
        tool=tool,
        version=version,
        is_newest=found[0][1].is_newest,
        rules=rules,
        real=tuple(one for one in breaches if one.score.fails_really),
        models=tuple(one for one in breaches if not one.score.fails_really),
        asked_really=any(
            score.standing.tallies.keys() & {System.REAL, System.WHEEL}
            for _, score in found
        ),
    )


def _causes(evidence: Evidence, score: Score) -> Iterator[Cause]:
    wanted = {one.cause for one in score.differences if one.counts_as == BREACH}
    for cause in evidence.deviations.get(score.tool, ()):
        if cause.id in wanted:
            yield cause
