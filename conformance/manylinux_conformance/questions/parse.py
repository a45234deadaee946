"""A question about one platform tag: is it valid, and what is its canonical form?"""

from __future__ import annotations

from typing import ClassVar

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Reply, Wording
from manylinux_conformance.results.verdicts import Role


class Parse(Case, frozen=True, kw_only=True):
    """A platform tag: is it a valid manylinux tag, and what is its canonical form?"""

    ROLES: ClassVar = frozenset({Role.TAG_LIBRARY})
    EXPECTED: ClassVar = frozenset({"valid", "canonical", "arch"})

    tag: str
    valid: bool
    canonical: str = ""  # the perennial spelling; empty if not asked
    arch: str = ""

    @property
    def expected(self) -> str:
        """Whether the tag is valid, and its parts as far as they are asked."""
        word = "valid" if self.valid else "invalid"
        return ", ".join(filter(None, (word, self.canonical, self.arch)))

    @property
    def expectation(self) -> object:
        """Whether the tag is valid: in that twins have to differ."""
        return self.valid

    def judge(self, answer: Answer) -> Judged:
        """Judge what a tag was said to be; what the case leaves empty is not asked."""
        said = ["invalid"]
        if answer.valid:
            pairs = ((self.canonical, answer.canonical), (self.arch, answer.arch))
            said = ["valid", *(given for asked, given in pairs if asked)]
        return compared(self.expected, ", ".join(said))

    def request(
        self, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> dict[str, object]:
        """Return the tag."""
        return {"ask": "parse", "tag": self.tag}

    def read(
        self, reply: Reply, _prefix: str, _disguise: Disguise = UNDISGUISED, /
    ) -> Answer | None:
        """Return what the tag is said to be."""
        if reply.valid is None:
            return None
        canonical, arch = reply.canonical, reply.arch
        return Answer(None, valid=reply.valid, canonical=canonical, arch=arch)

    def wording(self) -> Wording:
        """Put the case into words."""
        return Wording("Is this a valid tag?", (self.tag,))
