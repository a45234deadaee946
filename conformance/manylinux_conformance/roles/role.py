"""What every role is: a table of adapters, a plan, a way of asking, smoke questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.asking.plan import Batch, Plan, ShownPlatform
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.load import Suite

T_contra = TypeVar("T_contra", bound=RoleTable, contravariant=True)
B = TypeVar("B", bound=Batch[Any])


@dataclass(frozen=True, slots=True)
class Resources:
    """What asking may use.

    ``folder`` is a new folder to work in, ``cache`` one that stays, ``probes`` the
    probe projects that are written already, ``disguise`` what questions look like,
    ``plain`` what is known of the tool without any platform shown to it.
    ``offline``: what is not in the cache is not fetched.
    """

    folder: Path
    cache: Path
    probes: ProbeCache
    disguise: Disguise = UNDISGUISED
    plain: PlainMachine = field(default_factory=PlainMachine)
    offline: bool = False


class RoleDefinition(Protocol[T_contra, B]):
    """One role, with its table and what it is asked at a time.

    ``on_platforms``: its questions are asked on each platform of the suite; those of
    other roles are about wheels, or about targets that the tool itself names.
    ``on_host`` and ``in_containers`` say where a tool is asked that is no part of an
    image.  ``concurrent``: several batches can be asked at a time.
    """

    role: ClassVar[Role]
    table: ClassVar[type[RoleTable]]
    on_platforms: ClassVar[bool]
    on_host: ClassVar[bool]
    in_containers: ClassVar[bool]
    concurrent: ClassVar[bool]

    def has_questions(self, suite: Suite, platforms: Sequence[Platform]) -> bool:
        """Return whether any tool could be asked something; True if only a plan tells.

        It costs next to nothing, so nobody provides a tool that is asked nothing.
        """

    def plan(
        self,
        suite: Suite,
        tool: ProvidedTool,
        table: T_contra,
        shown: Sequence[ShownPlatform],
        resources: Resources,
        /,
    ) -> Plan[B]:
        """Return what a tool is asked.

        Raises InputError if the suite's own data cannot be used.
        """

    def ask(
        self,
        tool: ProvidedTool,
        table: T_contra,
        batch: B,
        resources: Resources,
        /,
    ) -> Mapping[str, Answer]:
        """Return an answer to each question of a batch, by the question's key."""

    def smoke(
        self,
        tool: ProvidedTool,
        table: T_contra,
        resources: Resources,
        /,
    ) -> Iterator[str]:
        """Ask a few questions that every tool can answer; yield problems."""
