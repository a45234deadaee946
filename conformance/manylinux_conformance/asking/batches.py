"""Asks one tool one batch of questions and has the answers judged."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.asking.installer import ask_installer
from manylinux_conformance.asking.loader import ask_loader
from manylinux_conformance.asking.plan import Batch
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    Question,
    write_probe_projects,
)
from manylinux_conformance.asking.tag_library import ask_library
from manylinux_conformance.judging.answers import Answer
from manylinux_conformance.judging.cases import judge
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.suite.cases import Case, Choose
from manylinux_conformance.suite.placeholders import offers


@dataclass(slots=True)
class ProbeShelf:
    """Probe projects by environment: written once, offered to every tool."""

    folder: Path
    written: dict[str, ProbeProjects] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def projects(
        self, environment: Environment, questions: Sequence[Question]
    ) -> ProbeProjects:
        """Return the projects of these questions, written now or earlier."""
        digest = hashlib.sha256(repr(questions).encode()).hexdigest()[:8]
        name = f"{environment.id}-{digest}"
        with self.lock:
            if name not in self.written:
                links = self.folder / name
                self.written[name] = write_probe_projects(questions, links)
            return self.written[name]


@dataclass(frozen=True, slots=True)
class Asker:
    """A tool in a role, with everything that is needed to ask it."""

    tool: ProvidedTool
    role: Role
    shelf: ProbeShelf
    folder: Path
    shim: Path | None
    cache: Path

    def answer(self, batch: Batch) -> list[Result]:
        """Ask one batch and return its results in the order of its cases."""
        folder = self.folder / batch.environment.id
        if self.role is Role.INSTALLER:
            answers = self._installer(batch, folder)
        elif self.role is Role.LOADER:
            answers = ask_loader(
                self.tool, batch.environment, batch.cases, folder, self.cache
            )
        else:
            answers = ask_library(
                self.tool, batch.environment, batch.cases, folder, shim=self.shim
            )
        return [result_of(case, answers[case.id], batch) for case in batch.cases]

    def _installer(self, batch: Batch, folder: Path) -> dict[str, Answer]:
        questions = [
            Question(case.id, offers(case))
            for case in batch.cases
            if isinstance(case, Choose)
        ]
        probes = self.shelf.projects(batch.environment, questions)
        return ask_installer(
            self.tool, batch.environment, probes, folder, shim=self.shim
        )


def result_of(case: Case, answer: Answer, batch: Batch) -> Result:
    """Return an answer as the result of a case of a batch."""
    place = batch.environment.platform
    judged = judge(case, answer)
    return Result(
        case=case.id,
        rule=case.rule,
        platform=place.name,
        fidelity=place.fidelity,
        verdict=judged.verdict,
        expected=judged.expected,
        answer=judged.answer,
        reason=answer.reason,
    )
