"""Asks a tag library: a process that answers one JSON line for each JSON line.

    answers = ask_library(tool, environment, cases, new_folder, shim=shim)

Each case, filled in for the platform, gets one ``Answer``.  A library that breaks at a
question is started again for the questions after it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from manylinux_conformance.asking.applicability import declines, why_not
from manylinux_conformance.asking.library_protocol import read_reply, request
from manylinux_conformance.asking.probe_projects import own_prefix
from manylinux_conformance.judging.answers import Answer, broken
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.suite.cases import Case
from manylinux_conformance.tools.adapters import TagLibrary, fill

MOST_BREAKDOWNS = 8  # after so many the remaining questions are not tried any more


def ask_library(
    tool: ProvidedTool,
    environment: Environment,
    cases: Sequence[Case],
    folder: Path,
    *,
    shim: Path | None = None,
) -> dict[str, Answer]:
    """Return a library's answer to each case."""
    library = tool.adapter.tag_library
    if library is None:
        raise ValueError(f"{tool.adapter.name} is no tag library")
    if unasked := why_not(tool.adapter, environment):
        return {case.id: unasked for case in cases}
    sandbox = make_sandbox(tool, environment, folder, shim)
    prefix = own_prefix(library.prefix, tool.interpreter)
    patterns = library.declines
    answers = {case.id: why for case in cases if (why := declines(patterns, case.rule))}
    left = [case for case in cases if case.id not in answers]
    for _ in range(MOST_BREAKDOWNS):
        if left:
            answers |= _ask(library, sandbox, left, prefix)
            left = [case for case in left if case.id not in answers]
    shutil.rmtree(folder, ignore_errors=True)
    reason = f"not asked any more after {MOST_BREAKDOWNS} breakdowns"
    return answers | {case.id: broken(reason) for case in left}


def _ask(
    library: TagLibrary, sandbox: Sandbox, cases: Sequence[Case], prefix: str
) -> dict[str, Answer]:
    """Ask until the library breaks; its breakdown is the answer to that question."""
    places = sandbox.placeholders
    added = {name: fill(text, places) for name, text in library.variables.items()}
    ended = sandbox.run(
        [fill(argument, places) for argument in library.command],
        folder=sandbox.path_of("work"),
        variables={**sandbox.variables, **added},
        seconds=library.seconds,
        questions=b"".join(request(case, prefix) for case in cases),
    )
    answers: dict[str, Answer] = {}
    for case, line in zip(cases, ended.output.splitlines(), strict=False):
        answer = read_reply(case, prefix, line)
        if answer is None:
            break
        answers[case.id] = answer
    if len(answers) < len(cases):
        answers[cases[len(answers)].id] = _breakdown(ended)
    return answers


def _breakdown(ended: ProcessResult) -> Answer:
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.failure)
    said = ended.last_error or "no answer of the right form"
    return broken(ended.failure or f"exit status {ended.status}: {said}")
