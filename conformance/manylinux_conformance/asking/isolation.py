"""One asking of an installer: as many runs of the tool as it takes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from manylinux_conformance.asking.installation import (
    Installation,
    InstallCommand,
    install,
)
from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    write_probe_projects,
)
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.choose import LOCKED, NOTHING
from manylinux_conformance.questions.probe_project import ANY, ProbeProject
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.process import STDERR_TAIL
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox

CONTROL = ProbeProject("control", ())  # a py3-none-any wheel and nothing else
MOST_RUNS = 64  # of one asking: enough to isolate several culprits among hundreds


@dataclass(slots=True)
class Isolation:
    """Asks in halves where a run fails, until each culprit stands alone.

    ``folder`` is a new one; without a ``shim`` the tool sees the platform as it is.
    """

    tool: ProvidedTool
    table: InstallCommand
    environment: Environment
    probes: ProbeProjects
    folder: Path
    shim: Path | None
    plain: PlainMachine
    runs: int = 0
    control: Installation | None = None

    def ask(self, questions: Sequence[ProbeProject]) -> dict[str, Answer]:
        """Return the answers to questions, by case."""
        if self.runs >= MOST_RUNS:
            reason = f"not isolated within {MOST_RUNS} runs of the tool"
            return {question.case: broken(reason) for question in questions}
        outcome = self._run(questions)
        if len(questions) == 1:
            return {questions[0].case: self._single(outcome, questions[0])}
        if not outcome.clean or not outcome.found:
            return self._divide(questions)
        missing = [each for each in questions if each.case not in outcome.found]
        return outcome.found | (self.ask(missing) if missing else {})

    def _divide(self, questions: Sequence[ProbeProject]) -> dict[str, Answer]:
        """Ask in halves, unless the tool cannot install anything here at all."""
        control = single_answer(self._control(), self._lone)
        if words := self._platform_refusal():
            return {question.case: _refused(words) for question in questions}
        if control.answer != ANY:
            reason = f"not even a lone py3-none-any wheel: {control.reason}"
            answer = dataclasses.replace(control, reason=reason)
            return {question.case: answer for question in questions}
        middle = len(questions) // 2
        return self.ask(questions[:middle]) | self.ask(questions[middle:])

    def _single(self, outcome: Installation, question: ProbeProject) -> Answer:
        """Return the answer of a run, or that the tool refuses the platform as such."""
        if self.table.refusal(outcome.ended) and (words := self._platform_refusal()):
            return _refused(words)
        return single_answer(outcome, question)

    @property
    def _lone(self) -> ProbeProject:
        return CONTROL.disguised(self.probes.disguise)

    def _control(self) -> Installation:
        if self.control is None:
            self.control = self._run([self._lone])
        return self.control

    def _platform_refusal(self) -> str:
        """Return the words of a refusal that even a lone py3-none-any wheel meets."""
        return self.table.refusal(self._control().ended)

    def believed(self, answers: dict[str, Answer]) -> dict[str, Answer]:
        """Take refusals for errors if the tool cannot install a wheel at all."""
        refusals = {NOTHING, LOCKED}
        if all(answer.answer not in refusals for answer in answers.values()):
            return answers
        failure = self.plain.failure(self._first_use)
        if failure is None:
            return answers
        reason = f"cannot install a wheel on this machine as it is: {failure.reason}"
        return {
            case: broken(reason) if answer.answer in refusals else answer
            for case, answer in answers.items()
        }

    def _first_use(self) -> Answer:
        """Install a lone wheel on this machine as it is, and keep what may be kept."""
        environment = this_machine(self.tool.interpreter)
        folder, record = self._new_run()
        sandbox = make_sandbox(self.tool, environment, folder, None)
        outcome = self._install([self._lone], sandbox, "", record)
        kept = self.table.kept_in_home
        self.plain.keep(sandbox.path_of("home"), kept, self.folder / "first-use")
        shutil.rmtree(folder, ignore_errors=True)
        return single_answer(outcome, self._lone)

    def _run(self, questions: Sequence[ProbeProject]) -> Installation:
        """Run the tool once; what is kept of the run is its evidence."""
        folder, record = self._new_run()
        used_home = None
        if self.environment.stored_on:
            used_home = self._used_home(folder, questions)
        elif self.table.kept_in_home:
            self.plain.failure(self._first_use)
            used_home = self.plain.home(folder.with_name(f"home-of-{folder.name}"))
        environment, shim = self.environment, self.shim
        sandbox = make_sandbox(self.tool, environment, folder, shim, used_home)
        outcome = self._install(questions, sandbox, environment.target, record)
        shutil.rmtree(folder, ignore_errors=True)
        return outcome

    def _new_run(self) -> tuple[Path, Path]:
        """Return the folder of a run, and the file of its evidence."""
        self.runs += 1
        name = f"run-{self.runs}"
        folder = self.folder / self.probes.disguise.path(name)
        return folder, self.folder / f"{name}.json"

    def _install(
        self,
        questions: Sequence[ProbeProject],
        sandbox: Sandbox,
        target: str,
        record: Path,
    ) -> Installation:
        probes = self._offered(questions, sandbox.folder)
        outcome = install(self.table, target, sandbox, probes)
        self.folder.mkdir(parents=True, exist_ok=True)  # whatever the tool did
        record.write_bytes(_evidence(outcome))
        if outcome.stray and probes is self.probes:
            probes.restore()
        return outcome

    def _offered(
        self, questions: Sequence[ProbeProject], folder: Path
    ) -> ProbeProjects:
        """Return the wheels of some questions, in the folder that a run is made in.

        An engine that cannot see this machine's files is sent that folder.
        """
        if tuple(questions) == self.probes.projects:
            return self.probes
        links = folder / self.probes.disguise.path("links")
        return write_probe_projects(questions, links, self.probes.prefix)

    def _used_home(self, folder: Path, questions: Sequence[ProbeProject]) -> Path:
        """Return the home that an installation on another glibc leaves behind.

        It happens in the same folder, so that every path is the same in both.
        """
        platform = msgspec.structs.replace(
            self.environment.platform, glibc=self.environment.stored_on
        )
        elsewhere = Environment(platform)
        sandbox = make_sandbox(self.tool, elsewhere, folder, self.shim)
        install(self.table, "", sandbox, self._offered(questions, folder))
        home = sandbox.path_of("home").rename(self.folder / f"home-{self.runs}")
        shutil.rmtree(folder, ignore_errors=True)
        return home


def _refused(words: str) -> Answer:
    """Return that the tool refuses a platform, and so installs nothing there."""
    return Answer(Verdict.DECLINED, NOTHING, f"refuses the platform: {words}")


def single_answer(outcome: Installation, project: ProbeProject) -> Answer:
    """Return the answer of a run that was asked one question."""
    ended, answer = outcome.ended, outcome.found.get(project.case)
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.failure)
    if ended.failure:
        return broken(ended.failure)
    if outcome.stray:
        return broken(f"wrote outside its target: {outcome.stray}")
    if ended.status == 0:
        return answer or broken("exit status 0, but nothing was installed")
    said = f"exit status {ended.status}: {ended.complaint}"
    if answer is not None:
        return broken(f"installed {answer.answer or 'something'}, yet {said}")
    return answered(LOCKED if outcome.locked else NOTHING, said)


def _evidence(outcome: Installation) -> bytes:
    """Return a record of a run for people, with the end of its output only."""
    ended = dataclasses.replace(
        outcome.ended, output=outcome.ended.output[-STDERR_TAIL:]
    )
    record = msgspec.json.encode(dataclasses.replace(outcome, ended=ended))
    return msgspec.json.format(record, indent=1)
