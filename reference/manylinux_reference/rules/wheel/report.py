"""Findings and the report on one wheel: plain data that travels between processes."""

from __future__ import annotations

from manylinux_reference.reading.policy import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from manylinux_reference.reading.policy import Version

Findings: TypeAlias = "Iterator[Finding]"  # text, as importing Iterator takes time


class Outcome:
    """What can become of an audit."""

    HOLDS = "holds"  # every claim holds
    VIOLATES = "violates"  # at least one does not
    NO_CLAIM = "no-claim"  # ELF files, and no manylinux tag in the filename
    NO_ELF = "no-elf"  # no ELF file: nothing that a platform tag could be about
    UNUSABLE = "unusable"  # cannot be read; the error says why
    NOT_JUDGED = "not-judged"  # costs too much, or the audit failed; the error says why


class Finding:
    """One breach of one rule.

    It speaks against every level older than ``min_level``; NEVER: against all.
    ``advice``: the rule's level is SHOULD, so the claim holds nevertheless.
    """

    __slots__ = ("advice", "evidence", "member", "min_level", "rule", "text")

    def __init__(
        self, rule: str, member: str, text: str, *, min_level: Version = NEVER,
        advice: bool = False, **evidence: str | int,
    ) -> None:  # fmt: skip
        self.rule = rule
        self.member = member
        self.text = text
        self.min_level = min_level
        self.advice = advice
        self.evidence = evidence  # library, version, symbol, offset where they apply


class Claim:
    """One manylinux tag of the filename, and what speaks against it."""

    __slots__ = ("against", "tag")

    def __init__(self, tag: str, against: list[Finding]) -> None:
        self.tag = tag
        self.against = against

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the claim."""
        return not self.against


class Report:
    """What an audit found out about one wheel."""

    __slots__ = (
        "advice", "claims", "error", "files", "member", "oldest", "outcome", "path"
    )  # fmt: skip

    def __init__(self, path: str) -> None:
        self.path = path
        self.outcome = Outcome.UNUSABLE
        self.claims: list[Claim] = []
        self.oldest: str | None = None  # the oldest perennial tag that would hold
        self.advice: list[Finding] = []
        self.files = 0  # ELF files
        self.error = ""  # why the wheel is unusable
        self.member = ""  # the member that makes it so
