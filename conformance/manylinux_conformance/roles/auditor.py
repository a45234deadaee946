"""The role auditor: which claims of a wheel hold, and what a repair leaves behind."""

from __future__ import annotations

import dataclasses
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import ClassVar

import msgspec
from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.recipes.recipe import Ask

from manylinux_conformance.asking.plan import Batch, Plan, ShownPlatform
from manylinux_conformance.asking.role_table import (
    PLACEHOLDERS,
    RoleTable,
    fill,
    fill_command,
)
from manylinux_conformance.corpus.build import built_corpus, disguised_corpus
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.answer import Answer, not_asked
from manylinux_conformance.questions.wheel import AuditReply, WheelQuestion
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.roles.smoke import unstable
from manylinux_conformance.sandbox.process import ProcessResult, fit_for_report
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Level, Subject

SUBJECTS = frozenset({Subject.WHEEL, Subject.AUDITOR})  # whom fixture wheels ask about
BATCH = 50  # wheels that one process of an auditor is given
CONFORMS, VIOLATES, UNREADABLE = 0, 1, 2  # exit statuses
TRACEBACK = "Traceback (most recent call last)"
MOST_BREAKDOWNS = 20  # in one batch; after so many the rest is not tried any more


class Auditor(RoleTable, frozen=True, kw_only=True):
    """How an auditor is asked, in one of two ways, and how it repairs.

    ``command`` audits one ``{wheel}`` and ends with status 0 if every claim holds, 1
    if one does not, 2 for a wheel that it cannot read.
    ``lines`` is a process that speaks JSON lines.
    ``repair`` writes the repaired ``{wheel}`` into the folder ``{out}``; ``{tag}`` is
    the platform tag that it may claim.
    ``own_machine`` are versions that take every wheel for one of the architecture that
    they run on; they are asked about no other.
    """

    COMMANDS: ClassVar = ("command", "lines", "repair")
    PLACEHOLDERS: ClassVar = PLACEHOLDERS | {"wheel", "out", "tag"}

    command: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    repair: tuple[str, ...] = ()
    own_machine: tuple[str, ...] = ()


class AuditorRole:
    """What an auditor is asked: the wheels of the corpus, so many at a time."""

    role: ClassVar[Role] = Role.AUDITOR
    table: ClassVar[type[RoleTable]] = Auditor
    on_platforms: ClassVar[bool] = False
    on_host: ClassVar[bool] = True
    in_containers: ClassVar[bool] = False
    concurrent: ClassVar[bool] = True

    def has_questions(self, suite: Suite, _platforms: Sequence[Platform]) -> bool:
        """Return whether a wanted rule is about wheels or auditors.

        Of which there are wheels in the corpus only the plan tells.
        """
        return any(
            suite.wanted.has_rule(rule.id) and not SUBJECTS.isdisjoint(rule.subjects)
            for rule in suite.rules.values()
        )

    def plan(
        self,
        suite: Suite,
        _tool: ProvidedTool,
        _table: Auditor,
        _shown: Sequence[ShownPlatform],
        resources: Resources,
    ) -> Plan[Batch[WheelQuestion]]:
        """Return the wheels of the corpus that are wanted.

        Raises InputError if a recipe cannot be built.
        """
        corpus = _corpus(resources, suite.wanted.has_wheel)
        asked = wheel_questions(corpus, permissions(suite))
        starts = range(0, len(asked), BATCH)
        return Plan(
            tuple(
                Batch(
                    name=f"{number}",
                    platform=None,
                    questions=tuple(asked[start : start + BATCH]),
                )
                for number, start in enumerate(starts)
            )
        )

    def ask(
        self,
        tool: ProvidedTool,
        table: Auditor,
        batch: Batch[WheelQuestion],
        resources: Resources,
    ) -> Mapping[str, Answer]:
        """Return what an auditor says about each wheel."""
        return ask_auditor(tool, table, batch.questions, resources.folder)

    def smoke(
        self, tool: ProvidedTool, table: Auditor, resources: Resources
    ) -> Iterator[str]:
        """Ask about the first wheels of this machine, one of each kind, twice."""
        machine = platform.machine()
        corpus = built_corpus(resources.cache).only(lambda line: line.arch == machine)
        kinds = {(one.line.ask, one.line.expectation): one for one in _first(corpus)}
        asked = tuple(kinds.values())
        first, second = (
            ask_auditor(tool, table, asked, resources.folder / attempt)
            for attempt in ("first", "second")
        )
        yield from unstable(first, second)


def _corpus(resources: Resources, wanted: Callable[[ManifestEntry], bool]) -> Corpus:
    """Return the wanted part of the corpus; disguised, one wheel of each recipe."""
    if not resources.disguise:
        return built_corpus(resources.cache).only(wanted)
    return disguised_corpus(resources.probes.folder, resources.disguise, wanted)


def _first(corpus: Corpus) -> list[WheelQuestion]:
    """Return the questions in reverse, so that the first of a kind is met last."""
    return wheel_questions(corpus)[::-1]


def wheel_questions(
    corpus: Corpus, permitting: frozenset[str] = frozenset()
) -> list[WheelQuestion]:
    """Return a question for each wheel of a corpus; ``permitting`` are the MAYs."""
    return [
        WheelQuestion(line, corpus.wheel(line), permits=line.rule in permitting)
        for line in corpus.lines
    ]


def permissions(suite: Suite) -> frozenset[str]:
    """Return the rules that permit something."""
    rules = suite.rules.values()
    return frozenset(each.id for each in rules if each.level is Level.MAY)


def question_by_key(corpus: Corpus, suite: Suite) -> dict[str, WheelQuestion]:
    """Return the questions about a corpus by case and architecture."""
    return {each.key: each for each in wheel_questions(corpus, permissions(suite))}


def ask_auditor(
    tool: ProvidedTool,
    table: Auditor,
    questions: Sequence[WheelQuestion],
    folder: Path,
) -> dict[str, Answer]:
    """Return an auditor's answer to each question; ``folder`` is a new one."""
    unasked = {
        each.key: not_asked(reason)
        for each in questions
        if (reason := _unsupported(tool, table, each))
    }
    left = [each for each in questions if each.key not in unasked]
    if not left:
        return unasked
    sandbox = make_sandbox(tool, this_machine(tool.interpreter), folder, None)
    replies = Auditing(tool, table, sandbox).replies(left)
    shutil.rmtree(sandbox.folder, ignore_errors=True)
    return unasked | {each.key: _answer(each, replies[each.key]) for each in left}


def _answer(question: WheelQuestion, reply: AuditReply) -> Answer:
    answer = question.read(reply)
    return dataclasses.replace(answer, reason=fit_for_report(answer.reason))


def _unsupported(tool: ProvidedTool, table: Auditor, question: WheelQuestion) -> str:
    """Return why a tool cannot be asked about a wheel here; empty if it can."""
    own = platform.machine()
    if tool.version not in table.own_machine or question.wheel_arch == own:
        return ""
    return f"takes every wheel for one of the machine it runs on, {own}"


@dataclass(frozen=True, slots=True)
class Auditing:
    """An auditor in a sandbox of its own, ready to be asked about any wheel."""

    tool: ProvidedTool
    table: Auditor
    sandbox: Sandbox

    def replies(self, questions: Sequence[WheelQuestion]) -> dict[str, AuditReply]:
        """Return a reply to each question."""
        audits = [each for each in questions if not each.is_repair]
        wheels = [(each.wheel, each.line.tags) for each in audits]
        found = zip((each.key for each in audits), self.audit(wheels), strict=True)
        repairs = (each for each in questions if each.is_repair)
        return dict(found) | {each.key: self.repair(each) for each in repairs}

    def audit(self, wheels: Sequence[tuple[Path, tuple[str, ...]]]) -> list[AuditReply]:
        """Ask about wheels with their claims, in the way the adapter says."""
        if self.table.lines:
            return list(self._by_lines(wheels))
        if self.table.command:
            return [self._by_status(wheel) for wheel, _ in wheels]
        return [AuditReply(declined="repairs and does not audit") for _ in wheels]

    def _run(
        self, command: Sequence[str], questions: bytes = b"", **values: str
    ) -> ProcessResult:
        places = {**self.sandbox.placeholders, **values}
        more = {name: fill(text, places) for name, text in self.table.variables.items()}
        return self.tool.run(
            fill_command(command, places),
            folder=self.sandbox.path_of("work"),
            variables={**self.sandbox.variables, **more},
            seconds=self.table.seconds,
            questions=questions,
        )

    def _by_status(self, wheel: Path) -> AuditReply:
        ended = self._run(self.table.command, wheel=str(wheel))
        if ended.failure or TRACEBACK in ended.stderr_tail:
            return _broken(ended)
        if ended.status in (CONFORMS, VIOLATES):
            return AuditReply(conforms=ended.status == CONFORMS, status=ended.status)
        refused = ended.status == UNREADABLE
        return msgspec.structs.replace(_broken(ended), refused=refused)

    def _by_lines(
        self, wheels: Sequence[tuple[Path, tuple[str, ...]]]
    ) -> Iterator[AuditReply]:
        """Give one process all wheels; start another one after each breakdown."""
        done = breakdowns = 0
        while done < len(wheels) and breakdowns < MOST_BREAKDOWNS:
            asked = (
                {"ask": "audit", "wheel": str(wheel), "claims": claims}
                for wheel, claims in wheels[done:]
            )
            questions = b"".join(msgspec.json.encode(each) + b"\n" for each in asked)
            ended = self._run(self.table.lines, questions)
            lines = ended.output.splitlines()[: len(wheels) - done]
            answers = [*takewhile(bool, map(_read, lines))]
            yield from filter(None, answers)
            done += len(answers)
            if done < len(wheels):
                done, breakdowns = done + 1, breakdowns + 1
                yield _broken(ended.after(len(answers)))
        for _ in wheels[done:]:
            yield AuditReply(error=f"not asked after {MOST_BREAKDOWNS} breakdowns")

    def repair(self, question: WheelQuestion) -> AuditReply:
        """Have a wheel repaired, and look at what lies in the folder afterwards."""
        if not self.table.repair:
            return AuditReply(declined="does not repair")
        out = self.sandbox.path_of("work") / question.key.replace("/", "-")
        out.mkdir()
        ended = self._run(
            self.table.repair,
            wheel=str(question.wheel),
            out=str(out),
            tag=question.goal,
        )
        if ended.failure:
            return _broken(ended)
        left = sorted(out.glob("*.whl"))
        tags = tuple(tuple(each.stem.split("-")[-1].split(".")) for each in left)
        if question.line.ask is Ask.REPAIR and left:
            audited = self.audit([(left[0], tags[0])])[0]
            return msgspec.structs.replace(audited, left=tags)
        reason = "" if left else ended.complaint  # what is left speaks for itself
        return AuditReply(status=ended.status, left=tags, reason=reason)


def _read(line: bytes) -> AuditReply | None:
    try:
        return msgspec.json.decode(line, type=AuditReply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _broken(ended: ProcessResult) -> AuditReply:
    said = ended.failure or f"exit status {ended.status}: {ended.complaint}"
    return AuditReply(error=said, status=ended.status, timeout=ended.timed_out)
