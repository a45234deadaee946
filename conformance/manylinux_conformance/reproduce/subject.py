"""What is reproduced: one question to one version of a tool at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from manylinux_conformance.asking.plan import binds
from manylinux_conformance.asking.role_table import RoleTable
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.errors import (
    InputError,
    InvariantError,
    UnsupportedError,
    nearest,
)
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.interpreters import Interpreter, find_interpreter
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.wheel import WheelQuestion
from manylinux_conformance.reproduce.recorded import Recorded, recorded
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.auditor import wheel_questions
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Level, Rule
from manylinux_conformance.tools.selection import Tool, choose_tools

NOT_OF_AN_INDEX = (
    "is an upload, and no folder is written for uploads: an index is asked by a client "
    "that reads its page as well; 'run --tool NAME --case CASE' makes it again, and "
    "any client that sends the wheel by hand, such as twine, shows its first half"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is answered; a container's platform has its container.

    A fixture wheel runs nowhere, so that only its architecture is known.
    """

    name: str
    platform: Platform | None = None
    container: Container | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One question to one tool, filled in for one place.

    ``interpreter`` is the one of this machine that the tool accepts.
    ``recorded`` is the answer on file, None if there is none.
    """

    tool: Tool
    role: Role
    rule: Rule
    question: AnyCase | WheelQuestion
    why: str
    place: Place
    interpreter: Interpreter
    recorded: Recorded | None

    @property
    def name(self) -> str:
        """The case, the tool and the place, in words."""
        return f"{self.question.id} asked of {self.tool.name} on {self.place.name}"

    @property
    def platform(self) -> Platform:
        """The platform; raises InvariantError for a wheel, which runs nowhere."""
        if self.place.platform is None:
            raise InvariantError(self.question.id, "runs on no platform")
        return self.place.platform

    @property
    def is_modelled(self) -> bool:
        """Whether a shim shows the platform."""
        return self.place.platform is not None and self.place.container is None

    @property
    def needs_python(self) -> bool:
        """Whether the tool or the names of the wheels go with this Python alone."""
        if self.tool.adapter.provide.python_for(self.tool.version):
            return True
        prefix = getattr(self.table, "prefix", "")
        return "{cp}" in prefix or f"cp{self.python.replace('.', '')}" in repr(
            self.question
        )

    @property
    def table(self) -> RoleTable:
        """The adapter's table of the role."""
        return self.tool.adapter.tables[self.role]

    @property
    def python(self) -> str:
        """The version of the target interpreter, such as ``3.11``."""
        return python_of(self.place, self.interpreter)


def python_of(place: Place, interpreter: Interpreter) -> str:
    """Return the version of the interpreter that a place has."""
    return place.container.release.python if place.container else interpreter.version


def find_subject(
    suite: Suite, case: str, named: str, platform: str, built: Callable[[], Corpus]
) -> Subject:
    """Return what is to be reproduced; ``platform`` empty: one with a difference.

    ``built`` builds the corpus of fixture wheels, if it is one of those.

    Raises InputError for an unknown case, tool, version or platform, with what is
    near, and UnsupportedError for what cannot be reproduced.
    """
    tool = choose_tools([named])[-1]
    if not tool.adapter.provide.pypi:
        raise UnsupportedError(tool.name, "is in no package index for others to have")
    if Role.AUDITOR in tool.adapter.roles:
        return _about_wheel(suite, case, tool, platform, built())
    cases = {each.id: each for each in suite.cases}
    if case not in cases:
        raise InputError(case, _unknown("case", case, cases))
    found = cases[case]
    rule = suite.rules[found.rule]
    role = next((each for each in tool.adapter.roles if binds(rule, each, found)), None)
    if role is None:
        raise InputError(case, f"is not asked of {tool.name}")
    if role is Role.INDEX:
        raise UnsupportedError(case, NOT_OF_AN_INDEX)
    if role in {Role.BUILDER, Role.LOADER}:
        raise UnsupportedError(case, f"cases of the role {role} are not supported yet")
    return _about_case(suite, found, tool, role, platform)


def _about_case(
    suite: Suite, case: AnyCase, tool: Tool, role: Role, platform: str
) -> Subject:
    everywhere = [Place(each.name, each) for each in suite.platforms]
    if role is Role.INSTALLER:
        everywhere += (Place(one.name, one.platform(), one) for one in suite.containers)
    fitting = {
        each.name: (each, each.platform)
        for each in everywhere
        if each.platform and case.platform.selects(each.platform)
    }
    answers, interpreter = recorded(tool, role, case.id), interpreter_for(tool)
    place, shown = fitting[_chosen(case.id, platform, fitting, answers)]
    python = python_of(place, interpreter).replace(".", "")
    return Subject(
        tool=tool,
        role=role,
        rule=suite.rules[case.rule],
        question=fill(case, shown, python),
        why=case.why,
        place=place,
        interpreter=interpreter,
        recorded=answers.get(place.name),
    )


def _about_wheel(
    suite: Suite, case: str, tool: Tool, platform: str, corpus: Corpus
) -> Subject:
    permissions = (rule.id for rule in suite.rules.values() if rule.level is Level.MAY)
    questions = wheel_questions(corpus, frozenset(permissions))
    mine = {each.wheel_arch: each for each in questions if each.id == case}
    if not mine:
        raise InputError(case, _unknown("wheel", case, {each.id for each in questions}))
    answers = recorded(tool, Role.AUDITOR, case)
    question = mine[_chosen(case, platform, mine, answers)]
    return Subject(
        tool=tool,
        role=Role.AUDITOR,
        rule=suite.rules[question.rule],
        question=question,
        why=question.line.about,
        place=Place(question.wheel_arch),
        interpreter=interpreter_for(tool),
        recorded=answers.get(question.wheel_arch),
    )


def interpreter_for(tool: Tool) -> Interpreter:
    """Return an interpreter that a tool accepts; raises UnsupportedError for none."""
    needs = tool.adapter.provide.python_for(tool.version)
    found = find_interpreter(needs)
    if found is None:
        raise UnsupportedError(tool.name, f"needs Python {needs}")
    return found


def _chosen(
    case: str,
    wanted: str,
    fitting: Mapping[str, object],
    answers: Mapping[str, Recorded],
) -> str:
    """Return a platform by name, else the first with a difference, else the first."""
    if wanted and wanted not in fitting:
        raise InputError(wanted, _unknown(f"platform of {case}", wanted, fitting))
    differing = (where for where, answer in answers.items() if answer.differs)
    found = (where for where in differing if where in fitting)
    chosen = wanted or next(found, "") or next(iter(fitting), "")
    if not chosen:
        raise UnsupportedError(case, "is asked on no platform that can be had here")
    return chosen


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f"is no {kind}{nearest(name, known)}"
