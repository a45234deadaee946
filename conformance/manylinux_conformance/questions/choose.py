"""A question of candidate wheels: which of them is installed?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.platforms.environment import Environment, ModulePlace
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, Judged, answered, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.probe_project import (
    ANY,
    Offer,
    ProbeProject,
)
from manylinux_conformance.questions.question import Reply, Wording
from manylinux_conformance.results.verdicts import Role

NOTHING = "nothing"  # the tool refused the whole installation and installed nothing
LOCKED = "a lock that cannot be installed"  # it wrote a lock file and failed later


class Choose(Case, frozen=True, kw_only=True):
    """Candidate wheels of one project: which one is installed?

    Placeholders in ``offer``, ``pick`` and ``target``: ``{arch}``, ``{major}``,
    ``{minor}``, ``{minor+1}``, ``{minor-1}`` and ``{python}`` (``311``).
    ``pick`` is an offered tag, ``any``, ``nothing`` or, of a tool that locks,
    ``a lock that cannot be installed``; what else tells an offer apart stands behind
    its tag, as ``manylinux_2_17_{arch}, build 2, release 2``.
    ``allowed`` lists every permitted answer where the rule leaves a choice.
    ``refusal_counts``: an installer that refuses the whole platform is judged by what
    it installed there, nothing; elsewhere it declines.
    """

    ROLES: ClassVar = frozenset({Role.INSTALLER, Role.TAG_LIBRARY})
    EXPECTED: ClassVar = frozenset({"pick", "allowed"})

    offer: tuple[str | Offer, ...]
    pick: str = ""
    allowed: tuple[str, ...] = ()
    module: str = ""  # source of a _manylinux module
    module_at: ModulePlace = ModulePlace.STANDARD_LIBRARY
    target: str = ""  # an explicit target, as a platform tag
    refusal_counts: bool = False
    tool_glibc: str = ""  # the tool's own interpreter runs on another glibc
    stored_on: str = ""  # the tool was used on this glibc before, with the same home
    requires: tuple[str, ...] = ()  # what follows the project's name; one line for each

    @property
    def project(self) -> ProbeProject:
        """The probe project that puts the question to an installer."""
        offers = (Offer(one) if isinstance(one, str) else one for one in self.offer)
        return ProbeProject(self.id, tuple(offers), self.requires)

    @property
    def permitted(self) -> tuple[str, ...]:
        """Every answer that is right."""
        return self.allowed or (self.pick,)

    @property
    def expected(self) -> str:
        """The permitted answers."""
        return " or ".join(self.permitted)

    def environment(self, platform: Platform) -> Environment:
        """Return the platform with the module and the targets of the case."""
        place = self.module_at if self.module else ModulePlace.STANDARD_LIBRARY
        return Environment(
            platform,
            module=self.module,
            module_at=place,
            target=self.target,
            tool_glibc=self.tool_glibc,
            stored_on=self.stored_on,
            alone=self.id if self.project.may_end_all else "",
        )

    def judge(self, answer: Answer) -> Judged:
        """Judge which wheel was taken."""
        right = answer.answer in self.permitted
        return compared(self.expected, answer.answer, right=right)

    def request(
        self, prefix: str, disguise: Disguise = UNDISGUISED, /
    ) -> dict[str, object]:
        """Return file names of which a library is to choose."""
        asked: dict[str, object] = {
            "ask": "choose",
            "offer": tuple(self.project.disguised(disguise).filenames(prefix)),
        }
        return asked | ({"target": self.target} if self.target else {})

    def read(
        self, reply: Reply, prefix: str, disguise: Disguise = UNDISGUISED, /
    ) -> Answer | None:
        """Return the tag of the file that was chosen, as the case spells it."""
        if reply.choose is None:
            return answered(NOTHING, reply.reason)
        offered = self.project.disguised(disguise).filenames(prefix)
        tag = offered.get(str(reply.choose))
        return None if tag is None else answered(tag)

    def problems(self) -> list[str]:
        """Return what makes no sense: an answer that is not offered, or none."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        for offer in self.project.offer:
            yield from offer.problems()
        possible = {offer.answer for offer in self.project.offer}
        possible |= {ANY, NOTHING, LOCKED}
        for answer in (self.pick, *self.allowed):
            if answer and answer not in possible:
                yield f"expects {answer!r}, which it does not offer"
        if bool(self.pick) == bool(self.allowed):
            yield "must have either 'pick' or 'allowed'"

    def wording(self) -> Wording:
        """Put the case into words."""
        words = "Which of these wheels is installed"
        if self.target:
            words += f" for the explicit target {self.target}"
        if self.module:
            words += f", with a _manylinux module ({self.module_at})"
        if self.tool_glibc:
            words += f", the tool itself running on glibc {self.tool_glibc}"
        if self.stored_on:
            words += f", the tool having been used on glibc {self.stored_on} before"
        if self.requires:
            words += f", required as {' and as '.join(self.requires)}"
        wheels = (", ".join((one.words, *one.wheel)) for one in self.project.offer)
        return Wording(f"{words}?", tuple(wheels))
