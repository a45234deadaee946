"""A question about a compressed tag set: which tags does it stand for?"""

from __future__ import annotations

from typing import ClassVar

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Reply, Wording
from manylinux_conformance.results.verdicts import Role


class Expand(Case, frozen=True, kw_only=True):
    """A compressed tag set: which tags does it stand for?  Empty ``tags``: refused."""

    ROLES: ClassVar = frozenset({Role.TAG_LIBRARY})
    EXPECTED: ClassVar = frozenset({"tags"})

    set: str
    tags: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The members."""
        return _in_any_order(self.tags)

    def judge(self, answer: Answer) -> Judged:
        """Judge the members; their order is free."""
        return compared(self.expected, _in_any_order(answer.tags))

    def request(
        self, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> dict[str, object]:
        """Return the set."""
        return {"ask": "expand", "set": self.set}

    def read(
        self, reply: Reply, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> Answer | None:
        """Return the members, none if the set was refused."""
        if reply.refused:
            return Answer(None, reason=reply.refused)
        return None if reply.tags is None else Answer(None, tags=reply.tags)

    def wording(self) -> Wording:
        """Put the case into words."""
        return Wording("Which tags does this set stand for?", (self.set,))


def _in_any_order(tags: tuple[str, ...]) -> str:
    return " ".join(sorted(tags)) or "refused"
