"""Chooses the places of a tool in a role: this machine, and containers."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.containers.available import ReadyContainer, ready_containers
from manylinux_conformance.containers.probe import older_platforms
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.run.container import InContainer
from manylinux_conformance.run.host import Host
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.run.slots import Slots
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool

INSIDE = "probes-in-containers"  # the folder of probe projects for containers
ALIKE = "its answers are the same whatever the system"


@dataclass(slots=True)
class Places:
    """The places of one run; engines are asked for their images once.

    ``slots`` are how much is computed at a time; places wait in the order in which
    they are asked for.
    ``inside`` are the probe projects of each container, written for its first tool.
    """

    suite: Suite
    settings: Settings
    shim: Path
    probes: ProbeCache
    slots: Slots
    inside: dict[str, ProbeCache] = field(default_factory=dict)
    found: list[ReadyContainer | NotRun] | None = None

    def host(self, tool: Tool, role: Role) -> Host | None:
        """Return this machine, if the role is asked here at all."""
        definition, suite = ROLES[role], self.suite
        if tool.adapter.provide.image or not definition.on_host:
            return None
        if not suite.wanted.on_host:
            return None
        if not definition.has_questions(suite, suite.platforms):
            return None
        named = {platform.name: platform for platform in suite.platforms}
        mine = self._mine(tool, role, tuple(named))
        wanted = mine if definition.on_platforms else self._architectures()
        if not wanted:
            return None
        modelled = tuple(named[name] for name in mine if definition.on_platforms)
        return Host(
            tool,
            role,
            modelled,
            self.settings,
            self.probes,
            self.shim,
            self.slots.line(),
            definition.concurrent,
        )

    def containers(self, tool: Tool, role: Role) -> list[InContainer]:
        """Return the containers in which a tool is asked in a role."""
        name = f"{tool.name} as {role.value} in containers".replace(" ", "-")
        folder, pattern = self.settings.work / name, _pattern(tool, role)
        probes = self.settings.work / INSIDE
        return [
            InContainer(
                tool,
                role,
                self.settings,
                ready,
                folder / ready.container.name / "runs",
                self.inside.setdefault(name_of, ProbeCache(probes / name_of)),
                models=self.suite.wanted.models_in_containers,
            )
            for ready in self._ready(pattern)
            if self._mine(tool, role, (name_of := ready.container.name,))
            if ROLES[role].has_questions(self.suite, _shown_in(ready))
        ]

    def missing(self, tool: Tool, role: Role) -> tuple[NotRun, ...]:
        """Return the containers in which a tool would be asked, and cannot be."""
        if tool.adapter.is_local and ROLES[role].in_containers:
            return tuple(self._without(tool, role))
        if self._is_left_to_host(tool, role):
            reason = f"asked as {role.value} on this machine alone: {ALIKE}"
            return (NotRun(reason=reason),)
        pattern = _pattern(tool, role)
        lines = (each for each in self._found(pattern) if isinstance(each, NotRun))
        wanted = (
            msgspec.structs.replace(
                line,
                platforms=self._mine(
                    tool, role, fnmatch.filter(line.platforms, pattern)
                ),
            )
            for line in lines
        )
        return tuple(line for line in wanted if line.platforms)

    def _is_left_to_host(self, tool: Tool, role: Role) -> bool:
        """Return whether only containers are wanted, and a role is asked in none."""
        is_asked_inside = tool.adapter.provide.image or ROLES[role].in_containers
        return not is_asked_inside and not self.suite.wanted.on_host

    def _ready(self, pattern: str) -> list[ReadyContainer]:
        found = (
            each for each in self._found(pattern) if isinstance(each, ReadyContainer)
        )
        return [each for each in found if fnmatchcase(each.container.name, pattern)]

    def _mine(self, tool: Tool, role: Role, names: Iterable[str]) -> tuple[str, ...]:
        """Return the places in which this part of a run asks a tool in a role."""
        shard = self.suite.wanted.shard
        return tuple(name for name in names if shard.has(tool.name, role, name))

    def _without(self, tool: Tool, role: Role) -> Iterator[NotRun]:
        """Yield the containers in which a program of this machine is not started."""
        ready = (each.container.name for each in self._ready("*"))
        if names := self._mine(tool, role, ready):
            words = "is a program of this machine; a line such as"
            line = f'pypi = ["{tool.adapter.name}"] under [provide]'
            reason = f"{tool.adapter.name} {words} {line} has it asked in containers"
            yield NotRun(platforms=names, reason=reason)

    def _found(self, pattern: str) -> list[ReadyContainer | NotRun]:
        """Ask the engines once, and only if somebody is asked in containers at all."""
        if not pattern:
            return []
        if self.found is None:
            folders = (self.settings.work, self.settings.cache, data_folder("tools"))
            with self.settings.timings.on("image"):
                self.found = list(
                    ready_containers(self.suite.containers, folders, Engines())
                )
        return self.found

    def _architectures(self) -> list[str]:
        wanted = self.suite.wanted
        return [arch for arch in architectures() if wanted.has_platform(arch)]


def _shown_in(ready: ReadyContainer) -> tuple[Platform, ...]:
    return ready.platform, *older_platforms(ready.platform)


def _pattern(tool: Tool, role: Role) -> str:
    """Return which containers a tool is asked in; empty: none."""
    if tool.adapter.provide.image:
        return tool.adapter.provide.image
    if tool.adapter.is_local:
        return ""
    return "*" if ROLES[role].in_containers else ""
