"""The role installer: one installation answers all questions of an environment.

Each question is a probe project, and which of its wheels lands in the target folder is
the answer.  In the folder of an asking, ``run-N.json`` keeps the evidence of each run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from manylinux_conformance.asking.applicability import declines, unseen
from manylinux_conformance.asking.installation import (
    InstallCommand,
)
from manylinux_conformance.asking.isolation import Isolation
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
from manylinux_conformance.questions.answer import Answer, answered, declined
from manylinux_conformance.questions.choose import NOTHING, Choose
from manylinux_conformance.questions.probe_project import (
    PREFIX,
    Offer,
    ProbeProject,
)
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import REFUSED, not_refused, unstable
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.tool_description import Provide
from manylinux_conformance.suite.load import Suite


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

    ``declines`` maps patterns of rules, as ``installer.order.*``, to why the tool has
    no answer to them.
    """

    prefix: Prefix = PREFIX
    explicit_targets: str = ".*"
    declines: dict[str, str] = msgspec.field(default_factory=dict)

    def problems(self, provide: Provide) -> Iterator[str]:
        """Yield what makes no sense in the table."""
        yield from super().problems(provide)
        named = [("unsupported", each) for each in self.unsupported]
        for key, expression in (("explicit_targets", self.explicit_targets), *named):
            if reason := _not_compiled(expression):
                yield f"{key} is not a regular expression: {reason}"


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
    asking = Isolation(tool, table, environment, probes, folder, shim, plain)
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
