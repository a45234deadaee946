"""Judges the answers in files from elsewhere again; nothing else in them is believed.

A line that says something else than this release would say of the same answer makes
its file unusable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from manylinux_conformance.asking.plan import binds
from manylinux_conformance.containers.probe import older_platforms
from manylinux_conformance.errors import InputError
from manylinux_conformance.judging.judge import result_of
from manylinux_conformance.platforms.architectures import is_native
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.question import Question
from manylinux_conformance.questions.upload import Upload
from manylinux_conformance.questions.wheel import (
    ADVISED,
    CONFORMS,
    PURE,
    VIOLATES,
    WheelQuestion,
)
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.read_lines import read_lines
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.sandbox.tool_description import NAME_FORM
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.deviations import annotate

TARGET = re.compile(r"manylinux_(\d+)_(\d+)_(.+)", re.ASCII)
DECIDED = (Verdict.PASS, Verdict.FAIL)
# What auditors with more words than the question are held to instead.
FINER = frozenset((ADVISED, PURE, CONFORMS, VIOLATES))

Wheels = Mapping[str, WheelQuestion]  # by case and architecture


@dataclass(frozen=True, slots=True)
class Rejudging:
    """What results are held against.

    ``causes`` returns those of a tool by its name, None for a tool that nobody knows;
    ``wheels`` returns the questions to auditors, which are made when they are needed.
    """

    suite: Suite
    causes: Callable[[str], tuple[Cause, ...] | None]
    wheels: Callable[[], Wheels]

    def check(self, path: Path) -> None:
        """Judge every answer of a file of results again.

        Raises InputError with the line that says something else.
        """
        header: Header | None = None
        for number, line in read_lines(path):
            reason = ""
            if isinstance(line, Header):
                header, reason = line, next(self._header_problems(line), "")
            elif isinstance(line, Result) and header is not None:
                reason = next(self._problems(line, header), "")
            if reason:
                raise InputError(path, f"line {number}: {reason}")

    def _header_problems(self, header: Header) -> Iterator[str]:
        for name, text in (("tool", header.tool), ("version", header.version)):
            if text and not re.fullmatch(NAME_FORM, text):
                yield f"{text!r} is no {name}"
        if header.platform and not list(self._containers(header)):
            yield f"no container of the catalogue is named {header.platform!r}"

    def _problems(self, result: Result, header: Header) -> Iterator[str]:
        """Yield what is not as this release would write it."""
        found = self._question(result, header)
        if isinstance(found, str):
            yield found
            return
        question, platform = found
        outcome = None if result.verdict in DECIDED else result.verdict
        answer = _answer(question, result, outcome)
        again = result_of(question, answer, platform)
        causes = self.causes(header.tool)
        if causes is None and result.deviation:
            yield f"{header.tool} has no causes on file; name its adapter with --tool"
        (again,) = annotate([again], causes or (), header.version, header.role)
        yield from _differences(result, again)

    def _question(
        self, result: Result, header: Header
    ) -> tuple[Question, Platform | None] | str:
        """Return the question as it was filled in, or why there is none such."""
        if header.role is Role.AUDITOR:
            wheel = self.wheels().get(f"{result.case}/{result.arch}")
            return (wheel, None) if wheel else f"no wheel is {result.case!r}"
        case = next((one for one in self.suite.cases if one.id == result.case), None)
        if case is None:
            return f"no case is named {result.case!r}"
        if isinstance(case, Upload) and header.role is Role.INDEX:
            mine = (one for one in case.each_arch() if one.wheel_arch == result.arch)
            upload = next(mine, None)
            return (upload, None) if upload else f"no upload is for {result.arch!r}"
        rule = self.suite.rules[case.rule]
        platform = next(
            (
                one
                for one in self._platforms(result, header)
                if one.name == result.where
            ),
            None,
        )
        if platform is None:
            return f"{result.where!r} is no platform that can be asked there"
        if not (binds(rule, header.role, case) and case.platform.selects(platform)):
            return f"{result.case} is not asked as {header.role} on {result.where}"
        return fill(case, platform, header.python.replace(".", "")), platform

    def _platforms(self, result: Result, header: Header) -> Iterator[Platform]:
        """Yield the platforms on which a block can have answers."""
        if header.platform:
            for platform in self._containers(header):
                yield platform
                yield from older_platforms(platform)
        elif header.role is Role.BUILDER:
            yield from _target(result.platform, header.host)
        else:
            yield from self.suite.platforms

    def _containers(self, header: Header) -> Iterator[Platform]:
        for container in self.suite.containers:
            if container.name == header.platform:
                yield container.platform(header.host)


def _target(tag: str, host: str) -> Iterator[Platform]:
    """Yield what a build environment promises, as a platform."""
    if found := TARGET.fullmatch(tag):
        native = is_native(found[3], host)
        yield Platform(
            name=tag,
            fidelity=Fidelity.NATIVE if native else Fidelity.EMULATED,
            arch=found[3],
            machine=found[3],
            glibc=f"{found[1]}.{found[2]}",
            major=int(found[1]),
            minor=int(found[2]),
        )


def _answer(question: Question, result: Result, outcome: Verdict | None) -> Answer:
    """Return the answer that the words of a result stand for."""
    words = result.answer
    answer = Answer(outcome, words, result.reason)
    if outcome is not None:
        return answer
    match question:
        case Parse():
            parts = [*words.split(", ")[1:], "", ""]
            canonical = parts.pop(0) if question.canonical else ""
            valid = words.startswith("valid")
            return Answer(None, valid=valid, canonical=canonical, arch=parts[0])
        case Expand():
            return Answer(None, tags=() if words == "refused" else tuple(words.split()))
        case Listing():
            return Answer(None, tags=tuple(words.replace(" < ", " ").split()))
        case WheelQuestion():
            finer = {result.expected, question.expected} <= FINER
            expected = result.expected if finer else ""
            return Answer(None, words, tags=tuple(words.split()), expected=expected)
        case _:
            return answer


def _differences(result: Result, again: Result) -> Iterator[str]:
    """Yield each field that is not as judged; reasons are the tool's own words."""
    then, now = msgspec.structs.asdict(result), msgspec.structs.asdict(again)
    for field in then:
        if field != "reason" and then[field] != now[field]:
            said = f"{result.case} on {result.where}: {field}"
            yield f"{said} is {now[field] or 'empty'!s}, not {then[field] or 'empty'!s}"
