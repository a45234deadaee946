"""A question about a platform: which tags fit, in which order?"""

from __future__ import annotations

from typing import ClassVar

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Reply, Wording
from manylinux_conformance.results.verdicts import Role


class Listing(Case, frozen=True, kw_only=True):
    """The ordered platform tags of a platform: what stands in it, in which order?

    ``exactly``: the whole list.
    ``in_order``: these stand in it, in this order, with others between.
    ``without``: none of these stands in it.
    """

    ROLES: ClassVar = frozenset({Role.TAG_LIBRARY})
    EXPECTED: ClassVar = frozenset({"exactly", "in_order"})

    exactly: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The whole list, or what stands in it and what does not."""
        if self.exactly:
            return " ".join(self.exactly)
        words = " < ".join(self.in_order)
        return (
            f"{words} without {' '.join(self.without)}".strip()
            if self.without
            else words
        )

    def judge(self, answer: Answer) -> Judged:
        """Judge a list; of a long one only what the case names is shown."""
        if self.exactly:
            return compared(self.expected, " ".join(answer.tags))
        named = (*self.in_order, *self.without)
        present = tuple(tag for tag in answer.tags if tag in named)
        said = " < ".join(present) or "none"
        return compared(self.expected, said, right=present == self.in_order)

    def request(
        self, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> dict[str, object]:
        """Return that the list is wanted."""
        return {"ask": "listing"}

    def read(
        self, reply: Reply, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> Answer | None:
        """Return the list."""
        if reply.refused or reply.tags is None:
            return None
        return Answer(None, tags=reply.tags)

    def wording(self) -> Wording:
        """Put the case into words."""
        return Wording("Which tags fit, in which order?")
