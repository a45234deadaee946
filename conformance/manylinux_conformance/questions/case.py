"""Cases: questions that are written down, each bound to exactly one rule."""

from __future__ import annotations

import enum
from typing import ClassVar

import msgspec

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.results.verdicts import Role


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which platforms a case is for; what is left out does not narrow.

    Without ``name`` or ``glibc`` a case is asked on every platform that has an
    architecture and a glibc version (``major``, ``minor``).
    ``other_than`` names architectures that the case is not for.
    ``machine`` is what ``uname -m`` says, which a container has from its kernel.
    ``at_least`` and ``below`` bound that version, as ``[2, 17]``.
    """

    name: tuple[str, ...] = ()
    arch: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    glibc: tuple[str, ...] = ()
    at_least: tuple[int, int] | None = None
    below: tuple[int, int] | None = None

    def selects(self, platform: Platform) -> bool:
        """Return whether a case is asked on a platform."""
        names = {platform.name, *platform.like}
        if self.name and names.isdisjoint(self.name):
            return False
        wanted = (
            (self.machine, platform.machine),
            (self.glibc, platform.glibc),
            (self.arch, platform.arch),
        )
        if any(values and value not in values for values, value in wanted):
            return False
        if platform.arch in self.other_than or not self._bounds(platform):
            return False
        named = bool(self.name or self.glibc)
        return named or (bool(platform.arch) and platform.major is not None)

    def _bounds(self, platform: Platform) -> bool:
        oldest, end = self.at_least, self.below
        if not (oldest or end):
            return True
        if platform.major is None or platform.minor is None:
            return False
        version = (platform.major, platform.minor)
        return (oldest is None or version >= oldest) and (end is None or version < end)

    def __str__(self) -> str:
        """Say for which platforms a case is."""
        parts = [", ".join(self.arch), ", ".join(self.name)]
        if self.other_than:
            parts.append(f"not {' or '.join(self.other_than)}")
        if self.machine:
            parts.append(f"on a machine named {' or '.join(self.machine)}")
        if self.glibc:
            answers = (f"“{answer}”" for answer in self.glibc)
            parts.append(f"where glibc says {' or '.join(answers)}")
        if self.at_least:
            parts.append("glibc {}.{} or newer".format(*self.at_least))
        if self.below:
            parts.append("glibc older than {}.{}".format(*self.below))
        return "; ".join(filter(None, parts)) or "every platform with a glibc"


class Status(enum.StrEnum):
    """Whether answers to a case count."""

    READY = "ready"
    DRAFT = "draft"  # asked and shown, and counted for nothing


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every kind of case has.

    ``ROLES`` are the roles that can be asked this kind of question.
    ``EXPECTED`` are the fields that hold what is expected.
    """

    ROLES: ClassVar[frozenset[Role]]
    EXPECTED: ClassVar[frozenset[str]]

    rule: str
    name: str
    twin: str = ""
    control: bool = False  # a wrong answer is no breach of the rule, only no evidence
    status: Status = Status.READY
    why: str = ""  # one sentence for the reader of a report
    platform: Selector = Selector()

    @property
    def id(self) -> str:
        """The case's identifier: ``rule/name``."""
        return f"{self.rule}/{self.name}"

    @property
    def key(self) -> str:
        """The identifier; on one platform a case is asked once."""
        return self.id

    @property
    def wheel_arch(self) -> str:
        """Nothing: what answers runs on a platform."""
        return ""

    @property
    def is_control(self) -> bool:
        """Whether a wrong answer shows no breach, only that nothing was shown."""
        return self.control

    @property
    def is_draft(self) -> bool:
        """Whether the answer counts for nothing yet."""
        return self.status is Status.DRAFT

    @property
    def expectation(self) -> object:
        """What is expected, to compare with what a twin expects."""
        fields = msgspec.to_builtins(self)
        return [fields[name] for name in fields if name in self.EXPECTED]

    def environment(self, platform: Platform) -> Environment:
        """Return where the case is asked; what has the same shares a run of a tool."""
        return Environment(platform)

    def problems(self) -> list[str]:
        """Return what makes no sense in a case that is filled in for a platform."""
        return []
