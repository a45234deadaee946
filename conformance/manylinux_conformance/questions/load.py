"""A question to a platform's loader: can this extension module be imported?"""

from __future__ import annotations

import enum
from typing import ClassVar

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Wording
from manylinux_conformance.results.verdicts import Role


class Loaded(enum.StrEnum):
    """What became of an extension module when it was imported."""

    IMPORTED = "imported"
    REFUSED = "refused"  # by the loader; the reason is its message


class Load(Case, frozen=True, kw_only=True):
    """An extension module, compiled from the corpus's sources: can it be imported?

    ``language`` is one of the compiled tier's.  ``built`` is the glibc release that
    it was compiled for, ``claim`` the one whose tag its wheel carries; placeholders
    as in other cases.  ``expect`` is ``imported`` or ``refused``.
    """

    ROLES: ClassVar = frozenset({Role.LOADER})
    EXPECTED: ClassVar = frozenset({"expect"})

    language: str = "c"
    built: str
    claim: str
    expect: Loaded

    @property
    def expected(self) -> str:
        """Whether it is imported."""
        return self.expect.value

    def judge(self, answer: Answer) -> Judged:
        """Judge what became of the module."""
        return compared(self.expected, answer.answer)

    def wording(self) -> Wording:
        """Put the case into words."""
        source = "C++" if self.language == "cxx" else self.language.upper()
        module = f"a {source} module built for glibc {self.built}"
        return Wording(f"Can {module} that claims {self.claim} be imported?")
