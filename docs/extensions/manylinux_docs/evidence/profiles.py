"""Profiles: how one version of a tool, in one role, stands to all rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.reports.summary import is_demanded, is_proposal
from manylinux_conformance.results.consequences import BREACH
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule, as_put_to
from manylinux_conformance.tools.causes import Cause, Kind

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import Score, ScoredPlatform

# Of x86_64: its wheels, plain models, containers that anybody can prepare.
COMMON = re.compile(r"glibc-2\.|x86_64$|(?!real-).*-x86_64$")
REPEATED = {Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR}  # by ``reproduce``


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

    @property
    def is_exotic(self) -> bool:
        """Whether it shows on models alone of what does not exist, or hardly does."""
        kinds = (System.REAL, System.WHEEL, System.MODEL)
        found = (self.score.standing.tallies.get(each) for each in kinds)
        return all(tally is None or tally.kept == tally.asked for tally in found)


@dataclass(frozen=True, slots=True)
class Example:
    """A breach that can be repeated: the case, and where its answer is on file."""

    rule: str
    case: str
    platform: ScoredPlatform

    @property
    def arguments(self) -> str:
        """The arguments of ``reproduce`` that name it."""
        return f"{self.rule}/{self.case} --platform {self.platform.name}"

    @property
    def is_real(self) -> bool:
        """Whether an engine with a prepared image is needed."""
        return self.platform.system is System.REAL


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
    def examples(self) -> list[Example]:
        """One breach on a common real system or wheel, and one on a common model.

        Either may be missing; none is for roles that ``reproduce`` does not know.
        """
        found: dict[bool, Example] = {}
        for breach in (*self.real, *self.models):
            for one in example_of(breach.rule, breach.score):
                found.setdefault(one.platform.system is System.MODEL, one)
        known = self.role in REPEATED
        return [found[key] for key in (False, True) if key in found and known]

    def count(self, status: RuleStatus) -> int:
        """Return how many rules have this status."""
        return len(self.rules.get(status, ()))


def kinds_of(breaches: Iterable[Breach]) -> Counter[Kind]:
    """Return how many causes explain breaches, by their kind.

    One cause may show in many rules, as one fault does.
    """
    causes = {cause.id: cause for breach in breaches for cause in breach.causes}
    return Counter(cause.kind for cause in causes.values())


def example_of(rule: Rule, score: Score) -> Iterator[Example]:
    """Yield the breaches of a rule on systems that most readers have."""
    for one in score.differences:
        if one.counts_as == BREACH:
            for each in one.platforms:
                if COMMON.match(each.name):
                    yield Example(rule.id, one.case, each)


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
