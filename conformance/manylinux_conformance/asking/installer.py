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

from manylinux_conformance.asking.applicability import declines, why_not
from manylinux_conformance.asking.install import Outcome, install
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    Question,
    own_prefix,
    write_probe_projects,
)
from manylinux_conformance.judging.answers import Answer, broken, landed
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import STDERR_TAIL
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.suite.cases import ANY, NOTHING
from manylinux_conformance.tools.adapters import Installer

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
    alone, so that no question can spoil another's answer.  That a tool installs nothing
    counts only if it does install a wheel on this machine as it is.
    """
    if unasked := why_not(tool.adapter, environment):
        return {question.case: unasked for question in probes.questions}
    if tool.adapter.installer is None:
        raise ValueError(f"{tool.adapter.name} is no installer")
    installer = tool.adapter.installer
    unanswered = {
        question.case: why
        for question in probes.questions
        if (why := declines(installer.declines, question.rule))
    }
    left = [each for each in probes.questions if each.case not in unanswered]
    prefix = own_prefix(installer.prefix, tool.interpreter)
    if left and prefix != probes.prefix:
        probes = write_probe_projects(left, folder / "links", prefix)
    asking = _Asking(tool, installer, environment, probes, folder, shim)
    return unanswered | (asking.believed(asking.ask(left)) if left else {})


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

    def believed(self, answers: dict[str, Answer]) -> dict[str, Answer]:
        """Take refusals for errors if the tool cannot install a wheel at all."""
        if all(answer.answer != NOTHING for answer in answers.values()):
            return answers
        plain = alone(self._run([CONTROL], plain=True), CONTROL)
        if plain.answer == ANY:
            return answers
        reason = f"cannot install a wheel on this machine as it is: {plain.reason}"
        return {
            case: broken(reason) if answer.answer == NOTHING else answer
            for case, answer in answers.items()
        }

    def _run(self, questions: Sequence[Question], *, plain: bool = False) -> Outcome:
        """Run the tool once; what is kept of the run is its evidence.

        ``plain``: on this machine as it is, without module, target and shim.
        """
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        environment = this_machine(self.tool.interpreter) if plain else self.environment
        shim = None if plain else self.shim
        sandbox = make_sandbox(self.tool, environment, folder, shim)
        probes = self.probes
        if tuple(questions) != probes.questions:
            links = folder / "links"
            probes = write_probe_projects(questions, links, self.probes.prefix)
        outcome = install(self.installer, environment.target, sandbox, probes)
        self.folder.mkdir(parents=True, exist_ok=True)  # whatever the tool did
        (self.folder / f"run-{self.runs}.json").write_bytes(_evidence(outcome))
        if outcome.stray and probes is self.probes:
            _restore(probes)
        shutil.rmtree(folder, ignore_errors=True)
        return outcome


def alone(outcome: Outcome, question: Question) -> Answer:
    """Return the answer of a run that was asked one question."""
    ended, answer = outcome.ended, outcome.found.get(question.case)
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.failure)
    if ended.failure:
        return broken(ended.failure)
    if outcome.stray:
        return broken(f"wrote outside its target: {outcome.stray}")
    if ended.status == 0:
        return answer or broken("exit status 0, but nothing was installed")
    said = f"exit status {ended.status}: {ended.last_error}"
    if answer is not None:
        return broken(f"installed {answer.answer or 'something'}, yet {said}")
    return landed(NOTHING, said)


def _evidence(outcome: Outcome) -> bytes:
    """Return a record of a run for people, with the end of its output only."""
    ended = dataclasses.replace(
        outcome.ended, output=outcome.ended.output[-STDERR_TAIL:]
    )
    record = msgspec.json.encode(dataclasses.replace(outcome, ended=ended))
    return msgspec.json.format(record, indent=1)


def _restore(probes: ProbeProjects) -> None:
    """Write the wheels anew after a tool changed them, for the tools that follow."""
    if probes.links.is_symlink():
        probes.links.unlink()
    shutil.rmtree(probes.links, ignore_errors=True)
    write_probe_projects(probes.questions, probes.links, probes.prefix)
