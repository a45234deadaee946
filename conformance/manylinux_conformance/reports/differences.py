"""Differences of a block, in the order in which one reads them, by what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.consequences import consequences, counts_as
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING
from manylinux_conformance.suite.rules import Basis, Level, Rule, as_put_to, parents_of
from manylinux_conformance.tools.causes import Kind

LEVELS = tuple(Level)
BASES = (Basis.STANDARD, Basis.CONSEQUENCE, Basis.PROPOSAL)
CHOICES = frozenset((Kind.BY_DESIGN, Kind.DISPUTE, Kind.NOT_SUPPORTED))
UNEXPLAINED = "Unexplained"
FAULTS = "Known faults"
CHOSEN = "Choices"
DRAFTS = "Drafts"
ABOUT = {
    UNEXPLAINED: "Answers that differ from the rules without a recorded deviation",
    FAULTS: "Answers that are wrong, as the tool's maintainers agree or nobody asked",
    CHOSEN: "Answers that are meant: by design, in dispute, or not supported",
    DRAFTS: "Answers to draft cases, which count for nothing",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A wrong answer, what it shows, and its rule; None for one that nobody knows.

    ``hint`` says in words what it may follow from, where nothing is recorded.
    """

    result: Result
    rule: Rule | None
    counts_as: str
    hint: str = ""

    @property
    def recorded(self) -> str:
        """What is on file about it, or else the hint."""
        kind, cause = self.result.deviation, self.result.cause
        return f"{kind}: {cause}" if kind else self.hint


@dataclass(frozen=True, slots=True)
class PlaceAsked:
    """A place, how real it is, and how many questions were asked there."""

    name: str
    fidelity: str
    asked: int
    differ: int


def order(rule: Rule | None) -> tuple[int, int, str]:
    """Return the key by which rules are sorted: proposals last, then by level."""
    if rule is None:
        return (len(BASES), len(LEVELS), "")
    proposed = rule.basis is Basis.PROPOSAL
    level = LEVELS.index(rule.level)
    return (len(LEVELS) * proposed + level, BASES.index(rule.basis), rule.id)


def differences(
    block: Block, rules: Mapping[str, Rule]
) -> dict[str, tuple[Difference, ...]]:
    """Return the wrong answers by what is known of them, the binding ones first."""
    found: dict[str, list[Difference]] = {title: [] for title in ABOUT}
    follows = consequences(block.results, parents_of(rules))
    bound = as_put_to(block.header.role.subject, rules)
    for result in block.results:
        if result.verdict in DIFFERING:
            rule, shows = bound.get(result.rule), counts_as(result, follows)
            one = Difference(result, rule, shows, follows.hint(result))
            found[_known(result)].append(one)
    return {
        title: tuple(sorted(group, key=lambda one: order(one.rule)))
        for title, group in found.items()
    }


def places(results: Iterable[Result]) -> tuple[PlaceAsked, ...]:
    """Return the places of some answers, the most real first."""
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        found.setdefault((result.where, _realness(result)), []).append(result)
    ranks = {"native": 0, "emulated": 1}
    asked = (
        PlaceAsked(
            name, real, len(group), sum(one.verdict in DIFFERING for one in group)
        )
        for (name, real), group in found.items()
    )
    return tuple(sorted(asked, key=lambda one: ranks.get(one.fidelity, 2)))


def _realness(result: Result) -> str:
    if result.fidelity is None:
        return "wheels of this architecture; nothing runs"
    exotic = result.exotic and result.fidelity is Fidelity.MODELLED
    return f"{result.fidelity}{', exotic' if exotic else ''}"


def _known(result: Result) -> str:
    if result.draft:
        return DRAFTS
    if not result.deviation:
        return UNEXPLAINED
    return CHOSEN if result.deviation in CHOICES else FAULTS
