"""Forcing's questions: cases with raw answers to go by, and the corpus's wheels."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.judging.judge import judge
from manylinux_conformance.platforms.platform import (
    STATIC,
    ElfClass,
    Fidelity,
    InterpreterHeader,
    Libc,
    Platform,
)
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.probe_project import PREFIX, full_tag
from manylinux_conformance.questions.upload import Became, Examines, Upload
from manylinux_conformance.questions.wheel import AuditReply, WheelQuestion
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles.auditor import wheel_questions as all_wheels
from manylinux_conformance.roles.tag_library import TagCase, read_reply
from manylinux_conformance.sandbox.elf_header import elf_header
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Rule, Subject

MUSL = "musl libc (any)\nVersion 1.2.5\n"  # as its loader says
DECIDED = set(Subject) - {Subject.BUILDER}


@dataclass(frozen=True, slots=True)
class ForcingQuestion:
    """A question without its mutation, and what judges the line that answers it.

    ``case`` is the case's identifier, ``platform`` where it is asked and ``arch`` the
    architecture on which it may show a breach, empty if it shows none.
    """

    rule: str
    case: str
    platform: str
    arch: str
    question: dict[str, object]
    judge: Callable[[bytes], Verdict]


def is_decided_here(rule: Rule) -> bool:
    """Return whether the reference decides a rule, and a case is to notice."""
    return rule.is_forced and bool(DECIDED & set(rule.subjects))


def wheel_questions(suite: Suite, corpus: Corpus) -> Iterator[ForcingQuestion]:
    """Yield a question for each wheel of the corpus that the reference can audit."""
    for each in all_wheels(corpus):
        if not each.is_repair and each.rule in suite.rules:
            question: dict[str, object] = {
                "ask": "audit",
                "wheel": str(each.wheel),
                "claims": each.line.tags,
            }
            judged = functools.partial(_judge_audit, each)
            arch = each.wheel_arch
            yield ForcingQuestion(each.rule, each.key, arch, arch, question, judged)


def name_questions(suite: Suite) -> Iterator[ForcingQuestion]:
    """Yield a question for each upload whose answer the file name alone decides."""
    uploads = (case for case in suite.cases if isinstance(case, Upload))
    for case in uploads:
        if case.examines is Examines.TAGS and suite.rules[case.rule].area == "index":
            for each in case.each_arch():
                name = f"probe-1-py3-none-{each.tag}.whl"
                question: dict[str, object] = {"ask": "gate", "filename": name}
                judged = functools.partial(_judge_name, each)
                arch = each.arch
                yield ForcingQuestion(each.rule, each.id, arch, arch, question, judged)


def _judge_name(question: Upload, answered: bytes) -> Verdict:
    try:
        reply = msgspec.json.decode(answered, type=dict[str, bool])
    except msgspec.DecodeError:
        return Verdict.ERROR
    became = Became.REFUSED if reply["refused"] else Became.ACCEPTED
    return judge(question, Answer(None, became)).verdict


def _judge_audit(question: WheelQuestion, answered: bytes) -> Verdict:
    try:
        reply = msgspec.json.decode(answered, type=AuditReply)
    except msgspec.DecodeError:
        return Verdict.ERROR
    return judge(question, question.read(reply)).verdict


def _judge_case(case: TagCase, answered: bytes) -> Verdict:
    answer = read_reply(case, PREFIX, answered)
    return Verdict.ERROR if answer is None else judge(case, answer).verdict


def questions(suite: Suite) -> Iterator[ForcingQuestion]:
    """Yield every question of a suite about tags, platforms and candidate wheels."""
    python = "".join(map(str, sys.version_info[:2]))
    for platform in suite.platforms:
        if platform.fidelity is not Fidelity.MODELLED:
            continue
        cases = (case for case in suite.cases if isinstance(case, TagCase))
        for case in cases:
            rule = suite.rules[case.rule]
            if is_decided_here(rule) and case.platform.selects(platform):
                filled = fill(case, platform, python)
                question = _question(filled, platform)
                judged = functools.partial(_judge_case, filled)
                name = platform.name
                arch = "" if case.control else _arch(platform, rule)
                yield ForcingQuestion(case.rule, case.id, name, arch, question, judged)


def _arch(platform: Platform, rule: Rule) -> str:
    """Return the architecture of a platform, or the one whose tags it may not have."""
    only = rule.arch if rule.arch in architectures() else ""
    return platform.arch or only


def system_answers(platform: Platform, glibc: str) -> dict[str, object]:
    """Return what a system of this platform says about itself, in raw form."""
    says_glibc = platform.libc is Libc.GLIBC
    answers = platform.libc in {Libc.GLIBC, Libc.STATIC_GLIBC}
    return {
        "platform": f"linux-{platform.machine}",
        "confstr": f"glibc {glibc}" if answers else None,
        "gnu_get_libc_version": glibc if says_glibc else None,
        "static": platform.libc in {Libc.STATIC_GLIBC, Libc.STATIC_MUSL},
        "interpreter": elf_header(platform.interpreter or ordinary(platform)).hex(),
        "pointer_bits": int(platform.pointer_bits),
        "musl": MUSL if platform.libc is Libc.MUSL else "",
    }


def ordinary(platform: Platform) -> InterpreterHeader:
    """Return the header of an interpreter that is made for a platform's machine."""
    row = architectures()[platform.arch or platform.machine]
    return InterpreterHeader(
        bits=ElfClass(row.bits),
        machine=row.e_machine_number,
        little_endian=row.byte_order == "little",
        flags=row.e_flags_value,
        loader="" if platform.libc in STATIC else row.loader,
    )


def _question(case: TagCase, platform: Platform) -> dict[str, object]:
    question = case.request(PREFIX)
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
    spelled = {answer: name for name, answer in case.project.filenames().items()}
    return {
        spelled[offer.answer]: [full_tag(line) for line in offer.wheel]
        for offer in case.project.offer
        if offer.wheel
    }
