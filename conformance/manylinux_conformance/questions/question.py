"""What every question has, whatever its kind, and what a tag library wants of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec
from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.questions.answer import Answer, Judged


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in words; ``items`` are the tags, sets or sources it is about."""

    question: str
    items: tuple[str, ...] = ()


class Question(Protocol):
    """One question, filled in for where it is asked."""

    @property
    def id(self) -> str:
        """The identifier: ``rule/name``, for all architectures of a wheel the same."""

    @property
    def rule(self) -> str:
        """The rule that it is bound to."""

    @property
    def key(self) -> str:
        """What tells it apart from every other question that is asked with it."""

    @property
    def wheel_arch(self) -> str:
        """The architecture of the wheel that is judged; empty where a tool runs."""

    @property
    def expected(self) -> str:
        """What the rule answers, in words."""

    @property
    def is_control(self) -> bool:
        """Whether a wrong answer shows no breach, only that nothing was shown."""

    @property
    def is_draft(self) -> bool:
        """Whether the answer counts for nothing yet."""

    def judge(self, answer: Answer) -> Judged:
        """Return what an answer comes to; ``answer.outcome`` is None."""


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of a tag library: exactly the keys that its question calls for.

    ``choose`` is one of the offered file names, or None for none of them.
    ``declined``: the library has no function for this.  ``error``: it broke.
    """

    choose: str | msgspec.UnsetType | None = msgspec.UNSET
    reason: str = ""  # why none of the candidates is chosen
    valid: bool | None = None
    canonical: str = ""
    arch: str = ""
    tags: tuple[str, ...] | None = None
    refused: str = ""
    declined: str = ""
    error: str = ""


class LibraryQuestion(Question, Protocol):
    """A question that a tag library can be asked; ``prefix`` is as of an adapter.

    The ``disguise`` with which a reply is read is the one in which it was asked for.
    """

    def request(
        self, prefix: str, disguise: Disguise = UNDISGUISED, /
    ) -> dict[str, object]:
        """Return the keys of the line that puts it."""

    def read(
        self, reply: Reply, prefix: str, disguise: Disguise = UNDISGUISED, /
    ) -> Answer | None:
        """Return what a reply answers; None if it is no answer to this question."""
