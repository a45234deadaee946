"""A question to a build environment: does what it makes keep what it promises?"""

from __future__ import annotations

import enum
from pathlib import Path
from typing import ClassVar

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Wording
from manylinux_conformance.results.verdicts import Role

PROBES = Path(__file__).parent / "probes"  # sources that build environments compile


class Asked(enum.StrEnum):
    """What a build environment is asked, and in which words it answers."""

    # Does what it makes of a probe keep the level?  kept, broken, or refused if the
    # probe does not compile or link.
    LEVEL = "level"
    INSTRUCTIONS = "instructions"  # compiled for which set: x86-64, x86-64-v2, ...
    MACHINE = "machine"  # as `uname -m` says
    PLATFORM = "platform"  # as sysconfig.get_platform() says
    INTERPRETERS = "interpreters"  # which of them need libpython, and which; or none
    WHEEL_TAG = "wheel-tag"  # the platform tag of a wheel that a back end made
    WHEEL_LEVEL = "wheel-level"  # do its files keep the level?  kept or broken


WORDS = {
    Asked.LEVEL: "Does what the compiler makes of this source conform to the level?",
    Asked.INSTRUCTIONS: "For which instruction set is this source compiled?",
    Asked.MACHINE: "Which machine does uname name?",
    Asked.PLATFORM: "Which platform does sysconfig name?",
    Asked.INTERPRETERS: "Which interpreters need libpython?",
    Asked.WHEEL_TAG: "Which platform tag does a wheel have before it is audited?",
    Asked.WHEEL_LEVEL: "Do the files in a back end's wheel conform to the level?",
}


class Build(Case, frozen=True, kw_only=True):
    """A question to a build environment about one of its targets.

    ``probe`` is a source among the probes, compiled with ``flags`` added.
    ``expect`` lists every permitted answer.  Placeholders as in other cases.
    """

    ROLES: ClassVar = frozenset({Role.BUILDER})
    EXPECTED: ClassVar = frozenset({"expect"})

    ask: Asked
    probe: str = ""
    flags: tuple[str, ...] = ()
    expect: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The permitted answers."""
        return " or ".join(self.expect)

    def judge(self, answer: Answer) -> Judged:
        """Judge what was made, or what was said."""
        right = answer.answer in self.expect
        return compared(self.expected, answer.answer, right=right)

    def problems(self) -> list[str]:
        """Return that the probe does not exist, if so."""
        exists = not self.probe or (PROBES / self.probe).is_file()
        return [] if exists else [f"there is no probe {self.probe!r}"]

    def wording(self) -> Wording:
        """Put the case into words."""
        items = (" ".join((self.probe, *self.flags)),) if self.probe else ()
        return Wording(WORDS[self.ask], items)
