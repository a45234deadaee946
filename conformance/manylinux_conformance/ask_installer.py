"""Asks an installer: one installation answers all questions of an environment.

    probes = write_probe_projects(questions, folder_of_wheels)
    answers = ask_installer(tool, environment, probes, new_folder, shim=shim)

``tool`` comes from ``provide``, ``shim`` from ``build_shim`` (None: no shim).  Each
question gets one ``Answer``, by its case.  Tools that are asked in the same environment
share the folder of wheels; each asking needs a new folder of its own, in which
``run-N.json`` keeps the evidence of each run.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from manylinux_conformance.adapters import Installer
from manylinux_conformance.answers import Answer, broken, landed
from manylinux_conformance.askable import why_not
from manylinux_conformance.cases import ANY, NOTHING
from manylinux_conformance.circumstances import Environment
from manylinux_conformance.install import Outcome, install
from manylinux_conformance.probe_projects import (
    ProbeProjects,
    Question,
    write_probe_projects,
)
from manylinux_conformance.provide import ProvidedTool
from manylinux_conformance.verdicts import Verdict
from manylinux_conformance.workplace import make_workplace

CONTROL = Question("control", ())  # a py3-none-any wheel and nothing else
MOST_RUNS = 64  # of one asking: enough to isolate several culprits among hundreds


def ask_installer(
    tool: ProvidedTool,
    environment: Environment,
    probes: ProbeProjects,
    folder: Path,
    *,
    shim: Path | None = None,
) -> dict[str, Answer]:
    """Return what an installer did with each question, by case.

    A run that fails is repeated with half of its questions until each culprit stands
    alone, so that no question can spoil another's answer.
    """
    if unasked := why_not(tool.adapter, environment):
        return {question.case: unasked for question in probes.questions}
    if tool.adapter.installer is None:
        raise ValueError(f"{tool.adapter.name} is no installer")
    asking = _Asking(tool, tool.adapter.installer, environment, probes, folder, shim)
    return asking.ask(probes.questions)


@dataclass(slots=True)
class _Asking:
    """One asking: as many runs of the tool as it takes."""

    tool: ProvidedTool
    installer: Installer
    environment: Environment
    probes: ProbeProjects
    folder: Path
    shim: Path | None
    runs: int = 0
    control: Answer | None = None

    def ask(self, questions: Sequence[Question]) -> dict[str, Answer]:
        if self.runs >= MOST_RUNS:
            reason = f"not isolated within {MOST_RUNS} runs of the tool"
            return {question.case: broken(reason) for question in questions}
        outcome = self._run(questions)
        if len(questions) == 1:
            return {questions[0].case: alone(outcome, questions[0])}
        if not outcome.clean or not outcome.found:
            return self._divide(questions)
        missing = [each for each in questions if each.case not in outcome.found]
        return outcome.found | (self.ask(missing) if missing else {})

    def _divide(self, questions: Sequence[Question]) -> dict[str, Answer]:
        """Ask in halves, unless the tool cannot install anything here at all."""
        if self.control is None:
            self.control = alone(self._run([CONTROL]), CONTROL)
        if self.control.answer != ANY:
            reason = f"not even a lone py3-none-any wheel: {self.control.reason}"
            answer = dataclasses.replace(self.control, reason=reason)
            return {question.case: answer for question in questions}
        middle = len(questions) // 2
        return self.ask(questions[:middle]) | self.ask(questions[middle:])

    def _run(self, questions: Sequence[Question]) -> Outcome:
        """Run the tool once; what is left of the run is its evidence."""
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        workplace = make_workplace(self.tool, self.environment, folder, self.shim)
        probes = self.probes
        if tuple(questions) != probes.questions:
            probes = write_probe_projects(questions, folder / "links")
        outcome = install(self.installer, self.environment.target, workplace, probes)
        evidence = self.folder / f"run-{self.runs}.json"
        evidence.write_bytes(
            msgspec.json.format(msgspec.json.encode(outcome), indent=1)
        )
        if outcome.stray and probes is self.probes:
            _restore(probes)
        shutil.rmtree(folder)
        return outcome


def alone(outcome: Outcome, question: Question) -> Answer:
    """Return the answer of a run that was asked one question."""
    ended, answer = outcome.ended, outcome.found.get(question.case)
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.crash)
    if ended.crash:
        return broken(ended.crash)
    if outcome.stray:
        return broken(f"wrote outside its target: {outcome.stray}")
    if ended.status == 0:
        return answer or broken("exit status 0, but nothing was installed")
    said = f"exit status {ended.status}: {ended.words}"
    if answer is not None:
        return broken(f"installed {answer.answer or 'something'}, yet {said}")
    return landed(NOTHING, said)


def _restore(probes: ProbeProjects) -> None:
    """Write the wheels anew after a tool changed them, for the tools that follow."""
    shutil.rmtree(probes.links)
    write_probe_projects(probes.questions, probes.links)
