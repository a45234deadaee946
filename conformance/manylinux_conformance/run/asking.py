"""Asks one tool in one role at one place everything: plan, ask, judge, explain."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.asking.plan import Batch, Plan, ShownPlatform
from manylinux_conformance.errors import UnavailableError, UnsupportedError
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import EDITION, FORMAT, Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.run.place import OpenPlace, Origin, Place
from manylinux_conformance.run.settings import Progress
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.deviations import annotate
from manylinux_conformance.tools.selection import Tool


@dataclass(frozen=True, slots=True)
class Asking:
    """One tool in one role at one place."""

    suite: Suite
    tool: Tool
    role: Role
    cache: Path
    place: Place
    disguise: Disguise = UNDISGUISED
    plain: PlainMachine = field(default_factory=PlainMachine)
    offline: bool = False

    @property
    def resources(self) -> Resources:
        """What planning may use; each batch is given a folder of its own below."""
        place = self.place
        return Resources(
            place.folder,
            self.cache,
            place.probes,
            self.disguise,
            self.plain,
            self.offline,
        )

    def block(self, progress: Progress) -> Block:
        """Return what the tool answers, or why it is not asked.

        Raises InputError and InvariantError: an input or the suite itself is at fault
        then, and not the place.
        """
        origin = self.place.origin(None)
        results: list[Result] = []
        not_run: tuple[NotRun, ...] = ()
        try:
            with self.place.opened(progress) as opened:
                origin = self.place.origin(opened.tool)
                plan = self._plan(opened)
                not_run = plan.not_run
                results = self._ask(opened, plan, progress)
        except UnavailableError as error:
            not_run = (_not_run(self.place.platforms, error),)
        explained = self._explained(results)
        return Block(self.header(origin), tuple(explained), not_run)

    def header(self, origin: Origin) -> Header:
        """Return the head of the block of answers from somewhere."""
        return header_of(self.suite, self.tool, self.role, origin)

    def _plan(self, opened: OpenPlace) -> Plan[Any]:
        """Plan what is asked on what can be shown here."""
        definition, table = ROLES[self.role], self.tool.adapter.tables[self.role]
        found = list(opened.shown()) if definition.on_platforms else []
        shown = [each for each in found if isinstance(each, ShownPlatform)]
        missing = tuple(each for each in found if isinstance(each, NotRun))
        plan = definition.plan(self.suite, opened.tool, table, shown, self.resources)
        batches = tuple(
            batch
            for batch in plan.batches
            if opened.wants(batch) and self._is_mine(batch)
        )
        return Plan(batches, (*missing, *plan.not_run))

    def _is_mine(self, batch: Batch[Any]) -> bool:
        """Return whether this part of a run asks a batch; places are chosen before."""
        if ROLES[self.role].on_platforms or self.place.origin(None).platform:
            return True
        return self.suite.wanted.shard.has(self.tool.name, self.role, batch.name)

    def _ask(
        self, opened: OpenPlace, plan: Plan[Any], progress: Progress
    ) -> list[Result]:
        """Ask every batch and judge the answers, in the order of the plan."""
        results: list[Result] = []
        total = sum(len(batch.questions) for batch in plan.batches)
        if total:
            progress(self.place.words, 0, total)
        ask = functools.partial(self._answers, opened.tool)
        for batch, answers in opened.ask_each(plan.batches, ask):
            results += [
                result_of(question, answers[question.key], batch.platform)
                for question in batch.questions
            ]
            progress(self.place.words, len(results), total)
        return results

    def _answers(
        self, provided: ProvidedTool, batch: Batch[Any], folder: Path
    ) -> Mapping[str, Answer]:
        definition, table = ROLES[self.role], self.tool.adapter.tables[self.role]
        resources = replace(self.resources, folder=folder)
        return definition.ask(provided, table, batch, resources)

    def _explained(self, results: list[Result]) -> list[Result]:
        """Return the results, each difference with its cause and the kind of that."""
        return annotate(results, self.tool.deviations, self.tool.version, self.role)


def _not_run(platforms: tuple[str, ...], error: UnavailableError) -> NotRun:
    """Return why platforms were not asked that were there to be asked."""
    return NotRun(
        platforms=platforms,
        reason=error.full_reason,
        remedy=error.remedy,
        due=not isinstance(error, UnsupportedError),
    )


def header_of(suite: Suite, tool: Tool, role: Role, origin: Origin) -> Header:
    """Return the head of a block of what a tool answers in a role."""
    return Header(
        format=FORMAT,
        edition=EDITION,
        rules_lock=suite.lock_digest,
        tool=tool.adapter.name,
        version=tool.version,
        role=role,
        python=origin.python,
        host=origin.host,
        platform=origin.platform,
        emulator=origin.emulator,
        program=origin.program,
        shard=str(suite.wanted.shard),
        said_version=origin.said_version,
        image=origin.image,
        versions=dict(origin.versions),
    )
