"""A question about a fixture wheel: what does an auditor say of it, or leave of it?

The corpus's manifest says what is right, written down from the rule; most recipes ask
whether the wheel's claims hold, and some ask something else (``Ask``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import msgspec
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.recipes.recipe import Ask, Expectation

from manylinux_conformance.questions.answer import (
    Answer,
    Judged,
    answered,
    broken,
    compared,
    declined,
)
from manylinux_conformance.results.verdicts import Verdict

CONFORMS, VIOLATES = "conforms", "violates"
ADVISED, PURE = "conforms, with advice", "no ELF files"
STATUS_0, OTHER_STATUS = "status 0", "another status than 0"
A_WHEEL, NO_WHEEL = "a wheel", "no wheel"
NO_COMMAND = "has no command that validates"
NO_ADVICE = "has a verdict and no advice"
DEMANDED = frozenset({Ask.OLDEST_LEVEL, Ask.REPAIR})  # what is asked for is the rule
REPAIRS = frozenset({Ask.RETAG, Ask.LEFT_BEHIND, Ask.REPAIR})
WHEEL = "wheel."  # rules about auditors say what to do without a policy
UNSTATED = ("unstated", "none", "")  # as ``oldest`` of a recipe: no level to name


class AuditReply(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor said about one wheel, also as a line of JSON.

    ``conforms``: every claim holds; absent if there is no answer.  Whatever else a
    line holds is the auditor's own business.
    ``objected``: what speaks against the claims is what no standard demands.
    ``refused``: it says itself that it cannot read the wheel.
    ``unknown``: the claims whose level it has no policy for.
    ``advises``: it advises against something that makes no claim false; absent if it
    never advises, which declines the questions whose right answer is advice.
    ``pure``: the wheel has no ELF files; absent if there is no such outcome.
    ``oldest``: the oldest platform tag that would hold, null if there is none; absent
    if it never says.
    ``status``: the exit status of a command that validates or repairs; absent if there
    is none.
    ``left``: the platform tags of each wheel that a repair left behind.
    ``declined``, ``error``, ``timeout``: why there is no answer, or why the wheel does
    not conform.
    """

    conforms: bool | None = None
    objected: bool = False
    refused: bool = False
    unknown: tuple[str, ...] = ()
    advises: bool | None = None
    pure: bool | None = None
    oldest: str | msgspec.UnsetType | None = msgspec.UNSET
    status: int | None = None
    left: tuple[tuple[str, ...], ...] = ()
    reason: str = ""
    declined: str = ""
    error: str = ""
    timeout: bool = False


@dataclass(frozen=True, slots=True)
class WheelQuestion:
    """What is asked about one wheel of the corpus; ``wheel`` is where it lies.

    ``permits``: the rule is a MAY, so that refusing what it allows is the breach.
    """

    line: ManifestEntry
    wheel: Path
    permits: bool = False

    @property
    def id(self) -> str:
        """The identifier: ``rule/name``; the architectures of a recipe share it."""
        return self.line.id.rpartition("/")[0]

    @property
    def key(self) -> str:
        """The identifier with the architecture."""
        return self.line.id

    @property
    def rule(self) -> str:
        """The rule that the recipe is about."""
        return self.line.rule

    @property
    def wheel_arch(self) -> str:
        """The architecture that the wheel is of."""
        return self.line.arch

    @property
    def is_repair(self) -> bool:
        """Whether the auditor is to repair the wheel, and not just to look at it."""
        return self.line.ask in REPAIRS

    @property
    def goal(self) -> str:
        """The tag to repair for: the oldest that can hold, else the one claimed."""
        if self.line.oldest in UNSTATED:
            return self.line.tags[-1]
        return _level(self.line)

    @property
    def expected(self) -> str:
        """What the recipe says is right."""
        return _EXPECTED[self.line.ask](self.line)

    @property
    def is_control(self) -> bool:
        """Whether a wrong answer shows no breach, only that nothing was shown."""
        line = self.line
        if line.control is not None:
            return line.control
        return is_control(line.ask, line.expectation, permits=self.permits)

    @property
    def is_draft(self) -> bool:
        """No recipe is a draft."""
        return False

    def read(self, reply: AuditReply) -> Answer:
        """Return what a reply answers to this question."""
        said = reply.declined or reply.error or reply.reason
        if reply.declined:
            return declined(said)
        if self._is_undecided(reply):
            return declined(f"has no policy for {', '.join(reply.unknown)}")
        refused = reply.refused and self.line.ask is Ask.UNREADABLE
        if reply.conforms is None and reply.error and not refused:
            return (
                Answer(Verdict.TIMEOUT, reason=said) if reply.timeout else broken(said)
            )
        return _READERS[self.line.ask](self.line, reply, said)

    def _is_undecided(self, reply: AuditReply) -> bool:
        """Return whether claims were refused whose truth the auditor cannot tell."""
        is_refusal = reply.conforms is False and bool(reply.unknown)
        return is_refusal and self.rule.startswith(WHEEL)

    def judge(self, answer: Answer) -> Judged:
        """Judge an answer; of a retagged wheel, that no unwanted tag is left."""
        right = None
        if self.line.ask is Ask.RETAG:
            right = not set(_unwanted(self.line)) & set(answer.tags)
        return compared(answer.expected or self.expected, answer.answer, right=right)


def is_control(ask: Ask, expectation: Expectation, *, permits: bool) -> bool:
    """Return whether a wrong answer shows no breach, where the recipe does not say.

    Where a rule forbids something, a wheel without it is the control; where a rule
    permits something, a wheel with more than that is.
    """
    holds = expectation is Expectation.HOLDS
    return ask not in DEMANDED and holds is not permits


def _truth(line: ManifestEntry) -> str:
    return VIOLATES if line.expectation is Expectation.VIOLATES else CONFORMS


def _level(line: ManifestEntry) -> str:
    return f"manylinux_{line.oldest}_{line.arch}"


def _unwanted(line: ManifestEntry) -> list[str]:
    return sorted({*line.false, f"linux_{line.arch}"})


def _status(line: ManifestEntry) -> str:
    return STATUS_0 if _truth(line) == CONFORMS else OTHER_STATUS


def _left_behind(line: ManifestEntry) -> str:
    return A_WHEEL if _truth(line) == CONFORMS else NO_WHEEL


_EXPECTED: Mapping[Ask, Callable[[ManifestEntry], str]] = MappingProxyType(
    {
        Ask.CLAIMS: _truth,
        Ask.UNREADABLE: _truth,
        Ask.OLDEST_LEVEL: _level,
        Ask.EXIT_STATUS: _status,
        Ask.NO_ELF_FILES: _truth,
        Ask.RETAG: lambda line: f"a wheel without {' '.join(_unwanted(line))}",
        Ask.LEFT_BEHIND: _left_behind,
        Ask.REPAIR: lambda _: CONFORMS,
    }
)


def _read_claims(line: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    """Return whether the claims hold, with advice from those who ever give any."""
    words = CONFORMS if reply.conforms else VIOLATES
    discouraged = line.expectation is Expectation.DISCOURAGED
    if reply.advises is None:
        says_nothing = discouraged and reply.conforms
        return declined(NO_ADVICE) if says_nothing else answered(words, reason)
    said = ADVISED if reply.conforms and reply.advises else words
    return Answer(None, said, reason, expected=ADVISED if discouraged else "")


def _read_no_elf_files(line: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    """Return whether ELF files were missed, by those who have a word for that."""
    if reply.pure is None:
        return _read_claims(line, reply, reason)
    words = CONFORMS if reply.conforms else VIOLATES
    said = PURE if reply.pure and not reply.conforms else words
    right = PURE if _truth(line) == VIOLATES else CONFORMS
    return Answer(None, said, reason, expected=right)


def _read_oldest(_: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    if reply.oldest is msgspec.UNSET and reply.conforms:
        return declined(reason)
    return answered(reply.oldest or "none", reason)


def _read_status(_: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    """Return how the command ended that validates, if the auditor has one."""
    if reply.status is None:
        return declined(NO_COMMAND)
    return answered(STATUS_0 if reply.status == 0 else OTHER_STATUS, reason)


def _read_retag(_: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    """Return the repaired wheel's tags; one that is not written claims nothing."""
    if not reply.left:
        return Answer(Verdict.DECLINED, NO_WHEEL, reason)
    kept = tuple(tag for tags in reply.left for tag in tags)
    return Answer(None, " ".join(kept), reason, tags=kept)


def _read_left_behind(_: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    return answered(A_WHEEL if reply.left else NO_WHEEL, reason)


def _read_repair(_: ManifestEntry, reply: AuditReply, reason: str) -> Answer:
    if not reply.left:
        return Answer(Verdict.DECLINED, NO_WHEEL, reason)
    return answered(CONFORMS if reply.conforms else VIOLATES, reason)


_READERS: Mapping[Ask, Callable[[ManifestEntry, AuditReply, str], Answer]] = (
    MappingProxyType(
        {
            Ask.CLAIMS: _read_claims,
            Ask.UNREADABLE: _read_claims,
            Ask.OLDEST_LEVEL: _read_oldest,
            Ask.EXIT_STATUS: _read_status,
            Ask.NO_ELF_FILES: _read_no_elf_files,
            Ask.RETAG: _read_retag,
            Ask.LEFT_BEHIND: _read_left_behind,
            Ask.REPAIR: _read_repair,
        }
    )
)
