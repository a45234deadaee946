"""Findings: what stands against a claim, on which evidence, and up to which level."""

from __future__ import annotations

from manylinux_reference.rules.wheel.policy import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.rules.wheel.policy import Version


class Finding:
    """One breach of one rule.

    It stands against every level older than ``holds_from``; NEVER: against all.
    ``advice``: the rule's level is SHOULD, so the claim holds nevertheless.
    """

    __slots__ = ("advice", "evidence", "holds_from", "member", "rule", "text")

    def __init__(
        self, rule: str, member: str, text: str, *, holds_from: Version = NEVER,
        advice: bool = False, **evidence: str | int,
    ) -> None:  # fmt: skip
        self.rule = rule
        self.member = member
        self.text = text
        self.holds_from = holds_from
        self.advice = advice
        self.evidence = evidence  # library, version, symbol, offset where they apply


def no_findings(*_: object) -> Iterator[Finding]:
    """Stand in for a rule that never finds anything."""
    return iter(())


def shifted(
    decide: Callable[..., Iterator[Finding]], by: int
) -> Callable[..., Iterator[Finding]]:
    """Return a rule whose findings hold from ``by`` minor releases later on."""

    def moved(*facts: object) -> Iterator[Finding]:
        for finding in decide(*facts):
            major, minor = finding.holds_from
            finding.holds_from = (major, minor + by)
            yield finding

    return moved
