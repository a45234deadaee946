"""The status of a rule: what all answers to it, together, say about a tool."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.tools.deviations import DIFFERING


class RuleStatus(enum.StrEnum):
    """Whether a tool follows a rule, from what was measured."""

    FOLLOWS = "follows"
    DIFFERS = "differs"  # every difference is a recorded deviation
    UNEXPLAINED = "unexplained"  # some difference is not recorded
    TROUBLE = "trouble"  # infrastructure; nothing is known
    DECLINES = "declines"
    NOT_ASKED = "not-asked"

    @property
    def symbol(self) -> str:
        """One character, so that colour is never the only sign."""
        return SYMBOLS[self]


SYMBOLS = {
    RuleStatus.FOLLOWS: "✓",
    RuleStatus.DIFFERS: "≠",
    RuleStatus.UNEXPLAINED: "✗",
    RuleStatus.TROUBLE: "!",
    RuleStatus.DECLINES: "○",
    RuleStatus.NOT_ASKED: "·",
}


def rule_status(results: Iterable[Result]) -> RuleStatus:
    """Return what a tool's answers to one rule come to.

    One difference outweighs any number of passes; a pass outweighs silence.
    """
    verdicts = {(result.verdict, bool(result.deviation)) for result in results}
    if any(verdict in DIFFERING and not known for verdict, known in verdicts):
        return RuleStatus.UNEXPLAINED
    found = {verdict for verdict, _ in verdicts}
    if found.intersection(DIFFERING):
        return RuleStatus.DIFFERS
    for verdict, name in (
        (Verdict.INFRASTRUCTURE, RuleStatus.TROUBLE),
        (Verdict.PASS, RuleStatus.FOLLOWS),
        (Verdict.DECLINED, RuleStatus.DECLINES),
    ):
        if verdict in found:
            return name
    return RuleStatus.NOT_ASKED


def by_rule(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Group results by their rule, in the order in which rules appear."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.rule].append(result)
    return dict(groups)
