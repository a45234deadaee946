"""Asks a build environment: puts the questions of the suite to each of its targets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from manylinux_conformance.asking.build_environment import BuildEnvironment
from manylinux_conformance.asking.builder_targets import Target, targets
from manylinux_conformance.judging.answers import Answer, broken
from manylinux_conformance.judging.builds import judge_build
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.suite.cases import Build
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.placeholders import fill, selected
from manylinux_conformance.tools.adapters import Builder

MOST_TIMEOUTS = 3  # of one target; after so many its other questions are not tried

Plan = list[tuple[Target, list[Build]]]


def ask_builder(
    tool: ProvidedTool,
    suite: Suite,
    folder: Path,
    cache: Path,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[list[Result], tuple[NotRun, ...]]:
    """Return a result for each question and target, and the targets that were not run.

    ``folder`` is a new one to work in, ``cache`` one that stays.  A target is not run
    if nobody can judge it here, or if the tool lacks what its adapter names.  Targets
    come one after the other: the compilers use several processors by themselves.
    """
    builder = tool.adapter.builder
    if builder is None:
        raise ValueError(f"{tool.adapter.name} builds nothing")
    found = list(targets(tool, builder, cache, suite.wanted.platform))
    missing = [target for target in found if isinstance(target, NotRun)]
    plan = [(one, _questions(suite, one)) for one in found if isinstance(one, Target)]
    total = sum(len(builds) for _, builds in plan)
    results: list[Result] = []
    for target, builds in plan:
        environment = _environment(tool, builder, target, folder, cache)
        if reason := environment.why_not():
            missing.append(NotRun(platform=target.platform.name, reason=reason))
            total -= len(builds)
            continue
        progress(len(results), total)
        for result in _results(environment, builds):
            results.append(result)
            progress(len(results), total)
        shutil.rmtree(environment.sandbox.folder, ignore_errors=True)
    return results, tuple(missing)


def _questions(suite: Suite, target: Target) -> list[Build]:
    chosen = (each for each in suite.builds if selected(each, target.platform))
    return [fill(build, target.platform) for build in chosen]


def _environment(
    tool: ProvidedTool, builder: Builder, target: Target, folder: Path, cache: Path
) -> BuildEnvironment:
    name = target.platform.name
    here = this_machine(tool.interpreter)
    place = make_sandbox(tool, here, folder / name, None)
    kept = cache / "builders"
    if tool.image is not None:
        kept = place.folder / "cache"  # what an image writes stays with its answers
        # Its own search path leads to its compiler.
        own = {key: text for key, text in place.variables.items() if key != "PATH"}
        place = replace(place, variables=own)
    kept.mkdir(parents=True, exist_ok=True)
    return BuildEnvironment(
        builder,
        target,
        place,
        tool.interpreter.path,
        cache=kept,
        record=folder / f"{name}.jsonl",
    )


def _results(
    environment: BuildEnvironment, builds: Sequence[Build]
) -> Iterator[Result]:
    timeouts = 0
    for build in builds:
        answer = broken(f"not asked after {MOST_TIMEOUTS} time-outs")
        if timeouts < MOST_TIMEOUTS:
            answer = environment.answer(build)
        timeouts += answer.outcome is Verdict.TIMEOUT
        yield _result(environment.target, build, answer)


def _result(target: Target, build: Build, answer: Answer) -> Result:
    judged = judge_build(build, answer)
    return Result(
        case=build.id,
        rule=build.rule,
        platform=target.platform.name,
        fidelity=target.platform.fidelity,
        verdict=judged.verdict,
        expected=judged.expected,
        answer=judged.answer,
        reason=answer.reason,
    )
