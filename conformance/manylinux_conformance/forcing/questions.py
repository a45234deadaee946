"""Forcing's questions: cases with raw answers to go by, and the corpus's wheels."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from manylinux_fixtures.manifest import Line

from manylinux_conformance.asking.library_protocol import read_reply, request
from manylinux_conformance.asking.probe_projects import Question, filenames, full_tag
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.judging.audits import REPAIRS, AuditAnswer, audit_result
from manylinux_conformance.judging.cases import judge
from manylinux_conformance.platforms.platform import (
    ElfClass,
    Fidelity,
    InterpreterHeader,
    Libc,
    Platform,
)
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.sandbox.elf_header import elf_header
from manylinux_conformance.suite.cases import Case, Choose
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.placeholders import fill, offers, selected
from manylinux_conformance.suite.rules import Rule, Subject
from manylinux_conformance.tools.adapters import PREFIX

DECIDED = {Subject.TAG_LIBRARY, Subject.INSTALLER, Subject.WHEEL, Subject.AUDITOR}
ORDINARY = InterpreterHeader(bits=ElfClass.BITS_64, machine=0)  # no rule looks at it
STATIC_GLIBC = "2.36"  # confstr answers in a statically linked program too


@dataclass(frozen=True, slots=True)
class ForcingQuestion:
    """A question without its mutation, and what judges the line that answers it.

    ``case`` is the case's identifier, ``platform`` where it is asked.
    """

    rule: str
    case: str
    platform: str
    question: dict[str, object]
    judge: Callable[[bytes], Verdict]


def is_decided_here(rule: Rule) -> bool:
    """Return whether the reference decides a rule, and a case is to notice."""
    return rule.is_forced and bool(DECIDED & set(rule.subjects))


def wheel_questions(suite: Suite, corpus: Corpus) -> Iterator[ForcingQuestion]:
    """Yield a question for each wheel of the corpus that the reference can audit."""
    for line in corpus.lines:
        if line.rule not in REPAIRS and line.rule in suite.rules:
            question: dict[str, object] = {
                "ask": "audit",
                "wheel": str(corpus.wheel(line)),
                "claims": line.tags,
            }
            judged = functools.partial(_judge_audit, line)
            yield ForcingQuestion(line.rule, line.id, line.arch, question, judged)


def _judge_audit(line: Line, answered: bytes) -> Verdict:
    try:
        answer = msgspec.json.decode(answered, type=AuditAnswer)
    except msgspec.DecodeError:
        return Verdict.ERROR
    return audit_result(line, answer).verdict


def _judge_case(case: Case, answered: bytes) -> Verdict:
    answer = read_reply(case, PREFIX, answered)
    return Verdict.ERROR if answer is None else judge(case, answer).verdict


def questions(suite: Suite) -> Iterator[ForcingQuestion]:
    """Yield every question of a suite about tags, platforms and candidate wheels."""
    python = "".join(map(str, sys.version_info[:2]))
    for platform in suite.platforms:
        if platform.fidelity is not Fidelity.MODELLED:
            continue
        for case in suite.cases:
            if selected(case, platform) and is_decided_here(suite.rules[case.rule]):
                filled = fill(case, platform, python)
                question = _question(filled, platform)
                judged = functools.partial(_judge_case, filled)
                yield ForcingQuestion(
                    case.rule, case.id, platform.name, question, judged
                )


def system_answers(platform: Platform, glibc: str) -> dict[str, object]:
    """Return what a system of this platform says about itself, in raw form."""
    says_glibc = platform.libc is Libc.GLIBC
    static = platform.libc is Libc.STATIC
    confstr = f"glibc {STATIC_GLIBC if static else glibc}"
    return {
        "platform": f"linux-{platform.machine}",
        "confstr": confstr if says_glibc or static else None,
        "gnu_get_libc_version": glibc if says_glibc else None,
        "opens_main_program": not static,
        "interpreter": elf_header(platform.interpreter or ORDINARY).hex(),
    }


def _question(case: Case, platform: Platform) -> dict[str, object]:
    question = msgspec.json.decode(request(case, PREFIX), type=dict[str, object])
    question["answers"] = system_answers(platform, platform.glibc)
    if isinstance(case, Choose):
        question["wheel"] = _wheel_lines(case)
        if case.tool_glibc:
            question["tool"] = system_answers(platform, case.tool_glibc)
        if case.module:
            question["module"] = case.module
            question["module_at"] = case.module_at.value
    return question


def _wheel_lines(case: Choose) -> dict[str, list[str]]:
    names = filenames(Question(case.id, offers(case)), PREFIX)
    spelled = {tag: name for name, tag in names.items()}
    return {
        spelled[offer.tag]: [full_tag(line, PREFIX) for line in offer.wheel]
        for offer in offers(case)
        if offer.wheel
    }
