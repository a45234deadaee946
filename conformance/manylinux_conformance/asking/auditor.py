"""Asks an auditor about the corpus: which claims hold, and what a repair leaves behind.

    results = ask_auditor(tool, corpus, new_folder)

Each wheel of the corpus gets one ``Result``, on its architecture as platform.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from manylinux_fixtures.manifest import Line

from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.judging.audits import (
    REPAIRED_CONFORMS,
    REPAIRS,
    UNSTATED,
    AuditAnswer,
    audit_result,
    unasked_result,
)
from manylinux_conformance.platforms.environment import this_machine
from manylinux_conformance.results.lines import Result
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from manylinux_conformance.tools.adapters import Auditor, fill

BATCH = 50  # wheels that one process of an auditor is given
CONFORMS, VIOLATES, UNREADABLE = 0, 1, 2  # exit statuses
TRACEBACK = "Traceback (most recent call last)"
MOST_BREAKDOWNS = 20  # in one batch; after so many the rest is not tried any more


def ask_auditor(
    tool: ProvidedTool,
    corpus: Corpus,
    folder: Path,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Return an auditor's result for each wheel, in the order of the manifest.

    ``folder`` is a new one to work in; ``progress`` is told how many are done.
    """
    results = {
        line.id: unasked_result(line, reason)
        for line in corpus.lines
        if (reason := _why_not(tool, line))
    }
    lines = [line for line in corpus.lines if line.id not in results]
    batches = [lines[start : start + BATCH] for start in range(0, len(lines), BATCH)]

    def ask(numbered: tuple[int, Sequence[Line]]) -> dict[str, Result]:
        number, batch = numbered
        place = make_sandbox(
            tool, this_machine(tool.interpreter), folder / f"{number}", None
        )
        answers = Asking(tool, place).answers(corpus, batch)
        shutil.rmtree(place.folder)
        return {line.id: audit_result(line, answers[line.id]) for line in batch}

    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(ask, enumerate(batches)):
            results |= found
            progress(len(results))
    return [results[line.id] for line in corpus.lines]


def _why_not(tool: ProvidedTool, line: Line) -> str:
    """Return why a tool cannot be asked about a wheel here; empty if it can."""
    auditor = tool.adapter.auditor
    if auditor is None or tool.version not in auditor.own_machine:
        return ""
    if line.arch == platform.machine():
        return ""
    return f"takes every wheel for one of the machine it runs on, {platform.machine()}"


@dataclass(frozen=True, slots=True)
class Asking:
    """An auditor in a sandbox of its own, ready to be asked about any wheel."""

    tool: ProvidedTool
    sandbox: Sandbox

    @property
    def auditor(self) -> Auditor:
        """The table of the adapter; ValueError if the tool has none."""
        if self.tool.adapter.auditor is None:
            raise ValueError(f"{self.tool.adapter.name} is no auditor")
        return self.tool.adapter.auditor

    def answers(self, corpus: Corpus, lines: Sequence[Line]) -> dict[str, AuditAnswer]:
        """Return an answer to each line of a corpus."""
        repairs = [line for line in lines if line.rule in REPAIRS]
        audits = [line for line in lines if line.rule not in REPAIRS]
        wheels = [(corpus.wheel(line), line.tags) for line in audits]
        found = dict(zip((line.id for line in audits), self.audit(wheels), strict=True))
        return found | {
            line.id: self.repair(corpus.wheel(line), line) for line in repairs
        }

    def audit(
        self, wheels: Sequence[tuple[Path, tuple[str, ...]]]
    ) -> list[AuditAnswer]:
        """Ask about wheels with their claims, in the way the adapter says."""
        if self.auditor.lines:
            return list(self._by_lines(wheels))
        if self.auditor.command:
            return [self._by_status(wheel) for wheel, _ in wheels]
        return [AuditAnswer(declined="repairs and does not audit") for _ in wheels]

    def _run(
        self, command: Sequence[str], questions: bytes = b"", **values: str
    ) -> ProcessResult:
        places = {**self.sandbox.placeholders, **values}
        more = {
            name: fill(text, places) for name, text in self.auditor.variables.items()
        }
        return self.tool.run(
            [fill(argument, places) for argument in command],
            folder=self.sandbox.path_of("work"),
            variables={**self.sandbox.variables, **more},
            seconds=self.auditor.seconds,
            questions=questions,
        )

    def _by_status(self, wheel: Path) -> AuditAnswer:
        ended = self._run(self.auditor.command, wheel=str(wheel))
        if ended.failure or TRACEBACK in ended.stderr_tail:
            return _broken(ended)
        if ended.status in (CONFORMS, VIOLATES):
            return AuditAnswer(conforms=ended.status == CONFORMS, status=ended.status)
        refused = ended.status == UNREADABLE
        return msgspec.structs.replace(_broken(ended), refused=refused)

    def _by_lines(
        self, wheels: Sequence[tuple[Path, tuple[str, ...]]]
    ) -> Iterator[AuditAnswer]:
        """Give one process all wheels; start another one after each breakdown."""
        done = breakdowns = 0
        while done < len(wheels) and breakdowns < MOST_BREAKDOWNS:
            asked = (
                {"ask": "audit", "wheel": str(wheel), "claims": claims}
                for wheel, claims in wheels[done:]
            )
            questions = b"".join(msgspec.json.encode(each) + b"\n" for each in asked)
            ended = self._run(self.auditor.lines, questions)
            for line in ended.output.splitlines():
                answer = _read(line)
                if answer is None or done == len(wheels):
                    break
                done += 1
                yield answer
            if done < len(wheels):
                done, breakdowns = done + 1, breakdowns + 1
                yield _broken(ended)
        for _ in wheels[done:]:
            yield AuditAnswer(error=f"not asked after {MOST_BREAKDOWNS} breakdowns")

    def repair(self, wheel: Path, line: Line) -> AuditAnswer:
        """Have a wheel repaired, and look at what lies in the folder afterwards."""
        if not self.auditor.repair:
            return AuditAnswer(declined="does not repair")
        out = self.sandbox.path_of("work") / line.id.replace("/", "-")
        out.mkdir()
        ended = self._run(
            self.auditor.repair, wheel=str(wheel), out=str(out), tag=_goal(line)
        )
        left = sorted(out.glob("*.whl"))
        tags = tuple(tuple(each.stem.split("-")[-1].split(".")) for each in left)
        reason = "" if left else ended.last_error  # what is left speaks for itself
        answer = AuditAnswer(status=ended.status, left=tags, reason=reason)
        if ended.failure:
            return _broken(ended)
        if line.rule != REPAIRED_CONFORMS or not left:
            return answer
        audited = self.audit([(left[0], tags[0])])[0]
        return msgspec.structs.replace(audited, left=tags)


def _goal(line: Line) -> str:
    """Return the tag to repair for: the oldest that can hold, else the one claimed."""
    if line.oldest in UNSTATED:
        return line.tags[-1]
    return f"manylinux_{line.oldest}_{line.arch}"


def _read(line: bytes) -> AuditAnswer | None:
    try:
        return msgspec.json.decode(line, type=AuditAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _broken(ended: ProcessResult) -> AuditAnswer:
    said = (
        ended.failure
        or f"exit status {ended.status}: {ended.last_error or 'no answer'}"
    )
    return AuditAnswer(error=said, status=ended.status, timeout=ended.timed_out)
