"""The role installer: one installation answers all questions of an environment.

Each question is a probe project, and which of its wheels lands in the target folder is
the answer.  In the folder of an asking, ``run-N.json`` keeps the evidence of each run.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec

from manylinux_conformance.asking.applicability import declines, unseen
from manylinux_conformance.asking.installation import (
    Installation,
    InstallCommand,
    install,
)
from manylinux_conformance.asking.plain_machine import PlainMachine
from manylinux_conformance.asking.plan import (
    CaseBatch,
    Plan,
    ShownPlatform,
    asks_any,
    plan_cases,
)
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    own_prefix,
    write_probe_projects,
)
from manylinux_conformance.asking.role_table import Prefix, RoleTable
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, answered, broken, declined
from manylinux_conformance.questions.choose import LOCKED, NOTHING, Choose
from manylinux_conformance.questions.probe_project import (
    ANY,
    PREFIX,
    Offer,
    ProbeProject,
)
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import REFUSED, not_refused, unstable
from manylinux_conformance.sandbox.process import (
    STDERR_TAIL,
    ProcessResult,
    fit_for_report,
)
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import make_sandbox
from manylinux_conformance.sandbox.tool_description import Provide
from manylinux_conformance.suite.load import Suite

CONTROL = ProbeProject("control", ())  # a py3-none-any wheel and nothing else
MOST_RUNS = 64  # of one asking: enough to isolate several culprits among hundreds


class Installer(InstallCommand, frozen=True, kw_only=True):
    """How an installer is asked.

    Placeholders: ``{python}`` target interpreter, ``{py_version_nodot}`` its version
    as ``311`` (the name is sysconfig's), ``{tool}`` the tool's own
    ``bin`` folder, ``{links}`` folder of wheels, ``{index}`` the same wheels as a
    loopback simple index, ``{requirements}`` a requirements file, ``{target}``
    the folder that receives the answer, ``{site_packages}`` and ``{environment}``
    of the target interpreter, ``{work}`` the working directory, ``{home}``,
    ``{dependencies}`` the requirements as an array of TOML or JSON,
    ``{dependency_table}`` as lines of a TOML table.

    ``prefix`` stands before a platform tag that a case offers alone; ``{cp}`` is the
    target interpreter's tag, such as ``cp311``.

    ``explicit_targets`` is a regular expression of the platform tags that the tool
    means to have as targets; that one of them has no name is an answer of the tool.

    ``unsupported`` are regular expressions of what the tool says when it refuses a
    platform as such; there it declines, and whether it should have gone on is a
    question of a rule of its own.

    ``declines`` maps patterns of rules, as ``installer.order.*``, to why the tool has
    no answer to them.
    """

    prefix: Prefix = PREFIX
    explicit_targets: str = ".*"
    unsupported: tuple[str, ...] = ()
    declines: dict[str, str] = msgspec.field(default_factory=dict)

    def problems(self, provide: Provide) -> Iterator[str]:
        """Yield what makes no sense in the table."""
        yield from super().problems(provide)
        named = [("unsupported", each) for each in self.unsupported]
        for key, expression in (("explicit_targets", self.explicit_targets), *named):
            if reason := _not_compiled(expression):
                yield f"{key} is not a regular expression: {reason}"

    def refusal(self, ended: ProcessResult) -> str:
        """Return the words by which a run refused the platform; empty if none did."""
        if not ended.status or ended.failure:
            return ""
        output = ended.output[-STDERR_TAIL:].decode(errors="replace")
        for line in (*ended.stderr_tail.splitlines(), *output.splitlines()):
            if any(re.search(each, line) for each in self.unsupported):
                return fit_for_report(line)
        return ""


def _not_compiled(expression: str) -> str:
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return ""


class InstallerRole:
    """What an installer is asked: which candidate wheel does it install?"""

    role: ClassVar[Role] = Role.INSTALLER
    table: ClassVar[type[RoleTable]] = Installer
    on_platforms: ClassVar[bool] = True
    on_host: ClassVar[bool] = True
    in_containers: ClassVar[bool] = True
    concurrent: ClassVar[bool] = True

    def has_questions(self, suite: Suite, platforms: Sequence[Platform]) -> bool:
        """Return whether a case is asked on one of the platforms."""
        return asks_any(self.role, suite.cases, suite.rules, platforms)

    def plan(
        self,
        suite: Suite,
        tool: ProvidedTool,
        _table: Installer,
        shown: Sequence[ShownPlatform],
        _resources: Resources,
    ) -> Plan[CaseBatch[Choose]]:
        """Return the cases of candidate wheels, by environment."""
        python = tool.interpreter.version
        cases = [case for case in suite.cases if isinstance(case, Choose)]
        return Plan(plan_cases(self.role, cases, suite.rules, shown, python))

    def ask(
        self,
        tool: ProvidedTool,
        table: Installer,
        batch: CaseBatch[Choose],
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Install the probe projects of a batch; see ``ask_installer``."""
        projects = [
            case.project.disguised(resources.disguise) for case in batch.questions
        ]
        probes = resources.probes.of(batch.environment, projects)
        with probes.in_use:
            answers = ask_installer(
                tool,
                table,
                batch.environment,
                probes,
                resources.folder,
                shim=batch.shim,
                plain=resources.plain,
            )
        return {case.id: _counted(case, answers[case.id]) for case in batch.questions}

    def smoke(
        self, tool: ProvidedTool, table: Installer, resources: Resources
    ) -> Iterator[str]:
        """Offer what no tool can take on this machine, twice."""
        projects = [ProbeProject(f"smoke/{tag}", (Offer(tag),)) for tag in REFUSED]
        projects.append(ProbeProject("smoke/any", ()))
        probes = write_probe_projects(projects, resources.folder / "links")
        here = this_machine(tool.interpreter)
        first, second = (
            ask_installer(tool, table, here, probes, resources.folder / attempt)
            for attempt in ("first", "second")
        )
        yield from unstable(first, second)
        yield from not_refused(first)


def ask_installer(  # noqa: PLR0913 - what one asking needs
    tool: ProvidedTool,
    table: Installer,
    environment: Environment,
    probes: ProbeProjects,
    folder: Path,
    *,
    shim: Path | None = None,
    plain: PlainMachine | None = None,
) -> dict[str, Answer]:
    """Return what an installer did with each project, by case.

    A run that fails is repeated with half of its questions until each culprit stands
    alone, so that no question can spoil another's answer.  That a tool installs nothing
    counts only if it does install a wheel on this machine as it is.  ``folder`` is a
    new one; without a ``shim`` the tool sees the platform as it is.
    """
    unseen_there = unseen(tool.description, environment)
    unasked = unseen_there or unnamed(table, environment.target)
    unanswered = {  # who does not do a thing does it nowhere
        project.case: why
        for project in probes.projects
        if (why := declines(table.declines, project.rule) or unasked)
    }
    left = [each for each in probes.projects if each.case not in unanswered]
    prefix = own_prefix(table.prefix, tool.interpreter)
    if left and prefix != probes.prefix:
        links = folder / probes.disguise.path("links")
        probes = write_probe_projects(left, links, prefix)
    plain = plain or PlainMachine()
    asking = _Asking(tool, table, environment, probes, folder, shim, plain)
    return unanswered | (asking.believed(asking.ask(left)) if left else {})


def _counted(case: Choose, answer: Answer) -> Answer:
    """Return an answer to a case by which also the refusal of a platform is judged."""
    is_refusal = answer.outcome is Verdict.DECLINED and answer.answer == NOTHING
    if not is_refusal:
        return answer
    if case.refusal_counts:
        return answered(NOTHING, answer.reason)
    return declined(answer.reason)


def unnamed(table: Installer, target: str) -> Answer | None:
    """Return why an explicit target cannot be named to the tool; None if it can."""
    if not target:
        return None
    if not table.explicit_target:
        return declined("installs for the running environment alone")
    if not re.fullmatch(table.explicit_targets, target, re.ASCII):
        return declined(f"has no targets like {target}")
    return None


@dataclass(slots=True)
class _Asking:
    """One asking: as many runs of the tool as it takes."""

    tool: ProvidedTool
    table: Installer
    environment: Environment
    probes: ProbeProjects
    folder: Path
    shim: Path | None
    plain: PlainMachine
    runs: int = 0
    control: Installation | None = None

    def ask(self, questions: Sequence[ProbeProject]) -> dict[str, Answer]:
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
        failure = self.plain.failure(
            lambda: single_answer(self._run([self._lone], plain=True), self._lone)
        )
        if failure is None:
            return answers
        reason = f"cannot install a wheel on this machine as it is: {failure.reason}"
        return {
            case: broken(reason) if answer.answer in refusals else answer
            for case, answer in answers.items()
        }

    def _run(
        self, questions: Sequence[ProbeProject], *, plain: bool = False
    ) -> Installation:
        """Run the tool once; what is kept of the run is its evidence.

        ``plain``: on this machine as it is, without module, target and shim.
        """
        self.runs += 1
        folder = self.folder / self.probes.disguise.path(f"run-{self.runs}")
        environment = this_machine(self.tool.interpreter) if plain else self.environment
        shim = None if plain else self.shim
        used_home = None
        if environment.stored_on:
            used_home = self._used_home(folder, questions)
        sandbox = make_sandbox(self.tool, environment, folder, shim, used_home)
        probes = self._offered(questions, folder)
        outcome = install(self.table, environment.target, sandbox, probes)
        self.folder.mkdir(parents=True, exist_ok=True)  # whatever the tool did
        (self.folder / f"run-{self.runs}.json").write_bytes(_evidence(outcome))
        if outcome.stray and probes is self.probes:
            probes.restore()
        shutil.rmtree(folder, ignore_errors=True)
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
