"""Findings and the report on one wheel: plain data that travels between processes."""

from __future__ import annotations

from manylinux_reference.reading.policy import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from manylinux_reference.reading.policy import Version

Findings: TypeAlias = "Iterator[Finding]"  # text, as importing Iterator takes time


class Outcome:
    """What can become of an audit, and of one claim: the first four."""

    HOLDS = "holds"  # nothing speaks against it
    OBJECTIONS = "holds-with-objections"  # only proposals of the specification do
    CONDITION = "holds-on-condition"  # something has to be loaded before, or elsewhere
    FALSE = "false"  # a standard, or what follows from one, refuses it
    NO_CLAIM = "no-claim"  # ELF files, and no manylinux tag in the file name
    NO_ELF = "no-elf"  # no ELF file: nothing that a platform tag could be about
    UNUSABLE = "unusable"  # cannot be read; the error says why
    NOT_JUDGED = "not-judged"  # costs too much, or the audit failed; the error says why


WORSE = (Outcome.HOLDS, Outcome.OBJECTIONS, Outcome.CONDITION, Outcome.FALSE)
STANDARD, CONSEQUENCE, PROPOSAL = "standard", "consequence", "proposal"  # bases


class Finding:
    """One breach of one rule.

    It speaks against every level older than ``min_level``; NEVER: against all.
    ``advice``: the rule's level is SHOULD, so the claim holds nevertheless.
    ``basis``: what the rule rests on.  ``condition``: what nobody can read
    from the wheel and would make the breach good; ``provided`` if the user says so.
    ``symbols``: the undefined symbols that are concerned, all of them.
    """

    __slots__ = (
        "advice", "basis", "condition", "evidence", "member", "min_level", "provided",
        "rule", "symbols", "text",
    )  # fmt: skip

    def __init__(
        self, rule: str, member: str, text: str, *, min_level: Version = NEVER,
        advice: bool = False, **evidence: str | int,
    ) -> None:  # fmt: skip
        self.rule = rule
        self.member = member
        self.text = text
        self.min_level = min_level
        self.advice = advice
        self.basis = STANDARD
        self.condition = ""
        self.provided = False
        self.symbols: list[str] = []
        self.evidence = evidence  # library, version, symbol, offset where they apply

    @property
    def outcome(self) -> str:
        """What becomes of a claim if nothing else speaks against it."""
        if self.condition:
            return Outcome.CONDITION
        return Outcome.OBJECTIONS if self.basis == PROPOSAL else Outcome.FALSE


class Claim:
    """One manylinux tag of the file name, and what speaks against it."""

    __slots__ = ("against", "tag")

    def __init__(self, tag: str, against: list[Finding]) -> None:
        self.tag = tag
        self.against = against

    @property
    def outcome(self) -> str:
        """What becomes of the claim: the worst of what speaks against it."""
        return worst(finding.outcome for finding in self.against)


class Report:
    """What an audit found out about one wheel.

    ``oldest``: the oldest perennial tag that holds, conditions, and objections that no
    level mends, aside; ``by_symbols``: the oldest that version needs and symbols alone
    leave.
    ``others``: the platform tags of the file name that are not manylinux.
    """

    __slots__ = (
        "advice", "by_symbols", "claims", "error", "files", "member", "oldest",
        "others", "outcome", "path",
    )  # fmt: skip

    def __init__(self, path: str) -> None:
        self.path = path
        self.outcome = Outcome.UNUSABLE
        self.claims: list[Claim] = []
        self.oldest: str | None = None
        self.by_symbols: str | None = None
        self.others: list[str] = []
        self.advice: list[Finding] = []
        self.files = 0  # ELF files
        self.error = ""  # why the wheel is unusable
        self.member = ""  # the member that makes it so


def worst(outcomes: Iterable[str]) -> str:
    """Return the worst of the outcomes of claims, HOLDS if there is none."""
    return max(outcomes, key=WORSE.index, default=Outcome.HOLDS)
