"""The role builder: does what a build environment makes keep what it promises?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import msgspec

from manylinux_conformance.asking.build_environment import (
    BuildEnvironment,
    BuildTools,
)
from manylinux_conformance.asking.builder_targets import Target, TargetTag, targets
from manylinux_conformance.asking.plan import Batch, Plan, ShownPlatform
from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, broken
from manylinux_conformance.questions.build import Asked, Build
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.sandbox.tool_description import Provide
from manylinux_conformance.suite.load import Suite

MOST_TIMEOUTS = 3  # of one target; after so many its other questions are not tried
SMOKE = (
    Build(rule="smoke", name="c", ask=Asked.LEVEL, probe="extension.c", expect=()),
    Build(rule="smoke", name="wheel", ask=Asked.WHEEL_TAG, expect=()),
)


class Builder(BuildTools, frozen=True, kw_only=True):
    """How a build environment is asked; it declines what it has no entry for.

    ``targets`` maps the manylinux tags that are promised to the tool's own names for
    them, ``{target}``; without it, the promise is the glibc that runs where the tool
    runs, and nothing else.
    """

    targets: dict[TargetTag, str] = msgspec.field(default_factory=dict)

    def problems(self, provide: Provide) -> Iterator[str]:
        """Yield what makes no sense in the table."""
        yield from super().problems(provide)
        if provide.image and self.targets:
            yield "provide.image: an image promises its own glibc, so leave out targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBatch(Batch[Build]):
    """The questions about one target, and the environment that answers them."""

    target: Target


class BuilderRole:
    """What a build environment is asked: everything, for each of its targets.

    Targets come one after the other: compilers use several processors by themselves.
    """

    role: ClassVar[Role] = Role.BUILDER
    table: ClassVar[type[RoleTable]] = Builder
    on_platforms: ClassVar[bool] = False
    on_host: ClassVar[bool] = True
    in_containers: ClassVar[bool] = False
    concurrent: ClassVar[bool] = False

    def has_questions(self, suite: Suite, _platforms: Sequence[Platform]) -> bool:
        """Return whether there is something to build."""
        return any(isinstance(case, Build) for case in suite.cases)

    def plan(
        self,
        suite: Suite,
        tool: ProvidedTool,
        table: Builder,
        _shown: Sequence[ShownPlatform],
        resources: Resources,
    ) -> Plan[TargetBatch]:
        """Return the questions about each target, and the targets nobody can judge."""
        wanted = suite.wanted.has_platform
        builds = [case for case in suite.cases if isinstance(case, Build)]
        return _plan(builds, tool, table, resources, wanted)

    def ask(
        self,
        tool: ProvidedTool,
        table: Builder,
        batch: TargetBatch,
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Ask everything about one target, until it took too long too often."""
        environment = _environment(tool, table, batch.target, resources)
        answers: dict[str, Answer] = {}
        timeouts = 0
        for build in batch.questions:
            answer = broken(f"not asked after {MOST_TIMEOUTS} timeouts")
            if timeouts < MOST_TIMEOUTS:
                answer = environment.answer(build)
            timeouts += answer.outcome is Verdict.TIMEOUT
            answers[build.key] = answer
        shutil.rmtree(environment.sandbox.folder, ignore_errors=True)
        return answers

    def smoke(
        self, tool: ProvidedTool, table: Builder, resources: Resources
    ) -> Iterator[str]:
        """Have each target compile something plain and build a wheel, if it can."""
        plan = _plan(SMOKE, tool, table, resources, lambda _: True)
        for line in plan.not_run:
            yield f"{', '.join(line.platforms) or 'its own machine'}: {line.reason}"
        for batch in plan.batches:
            answers = self.ask(tool, table, batch, resources)
            for key, answer in answers.items():
                if answer.outcome in {Verdict.ERROR, Verdict.TIMEOUT}:
                    yield f"{key} on {batch.name}: {answer.reason}"


def _plan(
    builds: Sequence[Build],
    tool: ProvidedTool,
    table: Builder,
    resources: Resources,
    wanted: Callable[[str], bool],
) -> Plan[TargetBatch]:
    """Plan what is asked; a target is not run if nobody can judge it here.

    Neither is one for which the tool lacks what its adapter names.
    """
    batches, missing = list[TargetBatch](), list[NotRun]()
    for found in targets(tool, table.targets, resources.cache, wanted):
        if isinstance(found, NotRun):
            missing.append(found)
        elif reason := _unsupported(tool, table, found, resources):
            missing.append(NotRun(platforms=(found.platform.name,), reason=reason))
        else:
            batches.append(_batch(builds, found))
    return Plan(tuple(batches), tuple(missing))


def _batch(builds: Sequence[Build], target: Target) -> TargetBatch:
    platform = target.platform
    chosen = (each for each in builds if each.platform.selects(platform))
    return TargetBatch(
        name=platform.name,
        platform=platform,
        questions=tuple(fill(build, platform) for build in chosen),
        target=target,
    )


def _unsupported(
    tool: ProvidedTool, table: Builder, target: Target, resources: Resources
) -> str:
    """Say why the environment cannot be asked about a target; empty if it can."""
    looked = replace(resources, folder=resources.folder / "look")
    environment = _environment(tool, table, target, looked)
    reason = environment.unsupported_reason()
    shutil.rmtree(environment.sandbox.folder, ignore_errors=True)
    return reason


def _environment(
    tool: ProvidedTool, table: BuildTools, target: Target, resources: Resources
) -> BuildEnvironment:
    name = target.platform.name
    here = this_machine(tool.interpreter)
    place = make_sandbox(tool, here, resources.folder / name, None)
    kept = resources.cache / "builders"
    if tool.image is not None:
        kept = place.folder / "cache"  # what an image writes stays with its answers
        # Its own search path leads to its compiler.
        own = {key: text for key, text in place.variables.items() if key != "PATH"}
        place = replace(place, variables=own)
    kept.mkdir(parents=True, exist_ok=True)
    return BuildEnvironment(
        table,
        target,
        place,
        tool.interpreter.path,
        cache=kept,
        record=resources.folder / f"{name}.jsonl",
    )
