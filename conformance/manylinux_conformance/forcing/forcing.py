"""Forcing: breaks each rule in the reference and sees which cases notice.

    report = run(load_suite(), corpus, adapter, sys.executable)

A rule that can be broken without any answer becoming wrong is a hole in the suite.  A
rule is broken for one architecture at a time, too: only its own cases there are asked.
The reference is asked as any library or auditor is, with more keys in each question:
the ``answers`` of a modelled platform, the ``module`` and the ``mutation`` in force.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

import msgspec

from manylinux_conformance.asking.role_table import fill
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.errors import InvariantError, MissingProgramError
from manylinux_conformance.forcing.questions import (
    ForcingQuestion,
    is_decided_here,
    name_questions,
    questions,
    wheel_questions,
)
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Rule
from manylinux_conformance.tools.adapters import Adapter

EVERY_ARCH = "all"  # of a rule block
RUN_TIMEOUT = 600  # seconds for the whole run; a reference that hangs is ended then


class Mutations(msgspec.Struct, frozen=True):
    """The reference's answer to which mutations it has, by rule."""

    mutations: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that notices a mutation, and the platform on which it does."""

    case: str
    platform: str


@dataclass(frozen=True, slots=True)
class Killed:
    """A mutation that some case notices.  ``own``: a case of the same rule does."""

    mutation: str
    by: Flip
    own: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What forcing found.

    ``killed`` and ``survived`` are mutations.
    ``without_mutants`` are rules that claim to be forced and have no mutation.
    ``failing_baseline`` are answers that are wrong without any.
    ``unnoticed`` are the architectures on which a rule is asked about, and breaking it
    there alone changes no answer to a case of its own.
    """

    questions: int
    killed: tuple[Killed, ...]
    survived: tuple[str, ...]
    without_mutants: tuple[str, ...]
    failing_baseline: tuple[Flip, ...]
    unnoticed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every forced rule is noticed and no answer is wrong by itself."""
        return not (self.survived or self.without_mutants or self.failing_baseline)

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text, what is wrong first."""
        for flip in self.failing_baseline:
            yield f"wrong without any mutation: {flip.case} on {flip.platform}"
        for rule in self.without_mutants:
            yield f"has no mutation: {rule}"
        for mutation in self.survived:
            yield f"no case notices: {mutation}"
        for rule, archs in self.unnoticed.items():
            yield f"no case notices on {', '.join(archs)} alone: {rule}"
        for killed in self.killed_by_other_rule:
            yield f"only another rule notices: {killed.mutation} by {killed.by.case}"
        tried = len(self.killed) + len(self.survived)
        yield f"{self.questions} questions, {len(self.killed)} of {tried} noticed"

    @property
    def killed_by_other_rule(self) -> tuple[Killed, ...]:
        """The mutations that only cases of other rules notice."""
        return tuple(killed for killed in self.killed if not killed.own)


@dataclass(frozen=True, slots=True)
class Reference:
    """The running reference."""

    questions: IO[bytes]
    answers: IO[bytes]

    def ask(self, question: Mapping[str, object]) -> bytes:
        """Return the line that answers a question.

        Raises InvariantError if the process has ended.
        """
        try:
            self.questions.write(msgspec.json.encode(question) + b"\n")
            self.questions.flush()
            line = self.answers.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            raise InvariantError("reference", "ended instead of answering")
        return line

    def verdict(self, asked: ForcingQuestion, mutation: str = "") -> Verdict:
        """Return what becomes of a question while a mutation is in force."""
        broken = {"mutation": mutation} if mutation else {}
        return asked.judge(self.ask(asked.question | broken))


def run(suite: Suite, corpus: Corpus, adapter: Adapter, python: str) -> Report:
    """Ask everything unbroken, then everything for each mutation until a case notices.

    ``python`` is the interpreter that runs the reference.

    Raises MissingProgramError if the reference cannot be started, and InvariantError if
    it is not a tag library or ends early.
    """
    places = dict.fromkeys(("python", "tool", "work", "home"), python)
    command = [fill(word, places) for word in adapter.table(TagLibrary).command]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError as error:
        raise MissingProgramError(command[0], error.strerror or str(error)) from error
    if process.stdin is None or process.stdout is None:
        raise InvariantError(command[0], "has no standard streams")
    deadline = threading.Timer(RUN_TIMEOUT, process.kill)
    deadline.start()
    try:
        with process:
            return force(suite, corpus, Reference(process.stdin, process.stdout))
    finally:
        deadline.cancel()


def force(suite: Suite, corpus: Corpus, reference: Reference) -> Report:
    """Return what breaking each rule of a reference shows about a suite."""
    asked = [
        *questions(suite),
        *name_questions(suite),
        *wheel_questions(suite, corpus),
    ]
    right: list[ForcingQuestion] = []
    wrong: list[ForcingQuestion] = []
    for each in asked:
        passes = reference.verdict(each) is Verdict.PASS
        (right if passes else wrong).append(each)
    offered = _mutations(reference)
    forced = {rule for rule, each in suite.rules.items() if is_decided_here(each)}
    killed, survived = [], []
    for rule in sorted(forced & offered.keys()):
        for name in offered[rule]:
            found = _first_noticed(reference, right, rule, f"{rule}:{name}")
            if found is None:
                survived.append(f"{rule}:{name}")
            else:
                killed.append(found)
    return Report(
        questions=len(asked),
        killed=tuple(killed),
        survived=tuple(survived),
        without_mutants=tuple(sorted(forced - offered.keys())),
        failing_baseline=tuple(Flip(each.case, each.platform) for each in wrong),
        unnoticed={
            rule: archs
            for rule in sorted(forced & offered.keys())
            if (archs := _unnoticed(reference, right, suite.rules[rule], offered[rule]))
        },
    )


def _mutations(reference: Reference) -> dict[str, tuple[str, ...]]:
    line = reference.ask({"ask": "mutations"})
    try:
        return msgspec.json.decode(line, type=Mutations).mutations
    except msgspec.DecodeError as error:
        raise InvariantError("reference", f"names no mutations: {error}") from error


def _first_noticed(
    reference: Reference, asked: Iterable[ForcingQuestion], rule: str, mutation: str
) -> Killed | None:
    """Return the first case that notices a mutation, one of the same rule if any."""
    for each in sorted(asked, key=lambda each: each.rule != rule):
        if reference.verdict(each, mutation) is Verdict.FAIL:
            by = Flip(each.case, each.platform)
            return Killed(mutation, by, own=each.rule == rule)
    return None


def _unnoticed(
    reference: Reference,
    asked: Iterable[ForcingQuestion],
    rule: Rule,
    mutations: Iterable[str],
) -> tuple[str, ...]:
    """Return the architectures on which no case of a rule notices any mutation.

    On others than the rule's own, cases show that it says nothing there.
    """
    by_arch: dict[str, list[ForcingQuestion]] = {}
    for each in asked:
        concerned = rule.arch == EVERY_ARCH or each.arch in rule.arch.split(", ")
        if each.rule == rule.id and each.arch and concerned:
            by_arch.setdefault(each.arch, []).append(each)
    names = [f"{rule.id}:{name}" for name in mutations]
    return tuple(
        arch
        for arch, questions in sorted(by_arch.items())
        if not any(
            reference.verdict(each, name) is Verdict.FAIL
            for each in questions
            for name in names
        )
    )
