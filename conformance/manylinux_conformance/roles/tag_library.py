"""The role tag library: a process that answers one JSON line for each JSON line.

A library that breaks at a question is started again for the questions after it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec
from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.asking.applicability import declines, unseen
from manylinux_conformance.asking.plan import (
    CaseBatch,
    Plan,
    ShownPlatform,
    asks_any,
    plan_cases,
)
from manylinux_conformance.asking.probe_projects import own_prefix
from manylinux_conformance.asking.role_table import (
    Command,
    Prefix,
    RoleTable,
    fill,
    fill_command,
)
from manylinux_conformance.platforms.environment import Environment, this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, broken, declined
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.probe_project import PREFIX
from manylinux_conformance.questions.question import LibraryQuestion, Reply
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import (
    FOREIGN,
    REFUSED,
    SETS,
    not_refused,
    unstable,
)
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.suite.load import Suite

MOST_BREAKDOWNS = 8  # after so many the remaining questions are not tried any more
TagCase = Choose | Parse | Expand | Listing


class TagLibrary(RoleTable, frozen=True, kw_only=True):
    """How a tag library is asked: a process that speaks JSON lines.

    ``prefix`` and ``declines`` are the same as for an installer.
    """

    command: Command
    prefix: Prefix = PREFIX
    declines: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: int = 60


class TagLibraryRole:
    """What a tag library is asked: everything about tags, sets, lists and choices."""

    role: ClassVar[Role] = Role.TAG_LIBRARY
    table: ClassVar[type[RoleTable]] = TagLibrary
    on_platforms: ClassVar[bool] = True
    on_host: ClassVar[bool] = True
    in_containers: ClassVar[bool] = False
    concurrent: ClassVar[bool] = True

    def has_questions(self, suite: Suite, platforms: Sequence[Platform]) -> bool:
        """Return whether a case is asked on one of the platforms."""
        return asks_any(self.role, suite.cases, suite.rules, platforms)

    def plan(
        self,
        suite: Suite,
        tool: ProvidedTool,
        _table: TagLibrary,
        shown: Sequence[ShownPlatform],
        _resources: Resources,
    ) -> Plan[CaseBatch[TagCase]]:
        """Return every case that a library can be asked, by environment."""
        python = tool.interpreter.version
        cases = [case for case in suite.cases if isinstance(case, TagCase)]
        return Plan(plan_cases(self.role, cases, suite.rules, shown, python))

    def ask(
        self,
        tool: ProvidedTool,
        table: TagLibrary,
        batch: CaseBatch[TagCase],
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Put the cases of a batch to one process; see ``ask_library``."""
        return ask_library(
            tool,
            table,
            batch.environment,
            batch.questions,
            resources.folder,
            shim=batch.shim,
            disguise=resources.disguise,
        )

    def smoke(
        self, tool: ProvidedTool, table: TagLibrary, resources: Resources
    ) -> Iterator[str]:
        """Ask one question of each kind, and what no tool can take, twice."""
        choices = [Choose(rule="smoke", name=tag, offer=(tag,)) for tag in REFUSED]
        cases: list[TagCase] = [
            *choices,
            Parse(rule="smoke", name="parse", tag=FOREIGN, valid=True),
            Expand(rule="smoke", name="expand", set=f"py3-none-{SETS}"),
            Listing(rule="smoke", name="listing"),
        ]
        here = this_machine(tool.interpreter)
        first, second = (
            ask_library(tool, table, here, cases, resources.folder / attempt)
            for attempt in ("first", "second")
        )
        yield from unstable(first, second)
        yield from not_refused({case.key: first[case.key] for case in choices})


def ask_library(  # noqa: PLR0913 - what one asking needs
    tool: ProvidedTool,
    table: TagLibrary,
    environment: Environment,
    questions: Sequence[LibraryQuestion],
    folder: Path,
    *,
    shim: Path | None = None,
    disguise: Disguise = UNDISGUISED,
) -> dict[str, Answer]:
    """Return a library's answer to each question, which is filled in for a platform."""
    unasked = unseen(tool.description, environment)
    answers = {  # who does not do a thing does it nowhere
        question.key: why
        for question in questions
        if (why := declines(table.declines, question.rule) or unasked)
    }
    if unasked:
        return answers
    sandbox = make_sandbox(tool, environment, folder, shim)
    prefix = own_prefix(table.prefix, tool.interpreter)
    ordered = disguise.in_order("questions", "order", questions)
    left = [question for question in ordered if question.key not in answers]
    for _ in range(MOST_BREAKDOWNS):
        if left:
            answers |= _ask(table, sandbox, left, prefix, disguise)
            left = [question for question in left if question.key not in answers]
    shutil.rmtree(folder, ignore_errors=True)
    reason = f"not asked any more after {MOST_BREAKDOWNS} breakdowns"
    return answers | {question.key: broken(reason) for question in left}


def read_reply(
    question: LibraryQuestion,
    prefix: str,
    line: bytes,
    disguise: Disguise = UNDISGUISED,
) -> Answer | None:
    """Return what a line answers to a question; None if it is no answer to it."""
    try:
        reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if reply.declined or reply.error:
        return declined(reply.declined) if reply.declined else broken(reply.error)
    return question.read(reply, prefix, disguise)


def _ask(
    table: TagLibrary,
    sandbox: Sandbox,
    questions: Sequence[LibraryQuestion],
    prefix: str,
    disguise: Disguise,
) -> dict[str, Answer]:
    """Ask until the library breaks; its breakdown is the answer to that question."""
    places = sandbox.placeholders
    added = {name: fill(text, places) for name, text in table.variables.items()}
    asked = (question.request(prefix, disguise) for question in questions)
    lines = (msgspec.json.encode(request) for request in asked)
    ended = sandbox.run(
        fill_command(table.command, places),
        folder=sandbox.path_of("work"),
        variables={**sandbox.variables, **added},
        seconds=table.seconds,
        questions=b"".join(line + b"\n" for line in lines),
    )
    answers: dict[str, Answer] = {}
    for question, line in zip(questions, ended.output.splitlines(), strict=False):
        answer = read_reply(question, prefix, line, disguise)
        if answer is None:
            break
        answers[question.key] = answer
    if len(answers) < len(questions):
        answers[questions[len(answers)].key] = _breakdown(ended)
    return answers


def _breakdown(ended: ProcessResult) -> Answer:
    if ended.timed_out:
        return Answer(Verdict.TIMEOUT, reason=ended.failure)
    said = ended.last_error or "no answer of the right form"
    return broken(ended.failure or f"exit status {ended.status}: {said}")
