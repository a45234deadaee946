"""The loader oracle: glibc's own loader beside every verdict about a corpus wheel.

Soundness is a gate: what the artifact rules accept, the loader accepts on that level.
The other direction is a report: much that the rules refuse is policy, which a loader
cannot see.
"""

from __future__ import annotations

import enum
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from manylinux_fixtures.corpus import Fixture

from manylinux_conformance.input_error import InputError
from manylinux_conformance.oracle.glibc_exports import Release
from manylinux_conformance.oracle.level_libraries import as_release
from manylinux_conformance.oracle.unpacked_wheel import (
    starting_points,
    unpack_elf_files,
)
from manylinux_conformance.oracle.witness import Witness, why_not_run, witness

PERENNIAL = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
LEGACY = re.compile(r"manylinux(1|2010|2014)_(\w+)")
LEGACY_LEVELS = {"1": "2.5", "2010": "2.12", "2014": "2.17"}


class Outcome(enum.StrEnum):
    """What the loader says about a wheel on one release."""

    LOADS = "loads"
    REFUSED = "refused"
    NOT_JUDGED = "not judged"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of one wheel, and whether the rules accept it."""

    id: str
    rule: str
    wheel: Path
    arch: str
    release: Release
    accepted: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The loader's word on one claim.

    ``grounds``: what it complains about, or why nothing was judged.
    ``below``: its word on the release before, absent for an architecture's first.
    """

    id: str
    rule: str
    arch: str
    level: str
    accepted: bool
    outcome: Outcome
    grounds: tuple[str, ...] = ()
    below: Outcome | None = None


class OracleReport(msgspec.Struct, frozen=True, kw_only=True):
    """All answers, and the architectures that were not asked, with the reason."""

    answers: tuple[Answer, ...]
    not_run: dict[str, str]

    @property
    def unsound(self) -> list[Answer]:
        """Accepted by the rules and not by the loader: each fails the build."""
        return [
            each
            for each in self.answers
            if each.accepted and each.outcome is not Outcome.LOADS
        ]

    @property
    def stricter(self) -> list[Answer]:
        """Refused by the rules although the loader accepts: policy, not linking."""
        return [
            each
            for each in self.answers
            if not each.accepted and each.outcome is Outcome.LOADS
        ]


def claim_of(tag: str) -> tuple[str, Release] | None:
    """Split a manylinux tag into architecture and glibc release, or return None."""
    if match := PERENNIAL.fullmatch(tag):
        return match[3], (int(match[1]), int(match[2]))
    if match := LEGACY.fullmatch(tag):
        return match[2], as_release(LEGACY_LEVELS[match[1]])
    return None


def corpus_questions(corpus: Iterable[Fixture], folder: Path) -> Iterator[Question]:
    """Yield a question for each distinct claim of each wheel; ``folder`` holds them."""
    for fixture in corpus:
        claims: dict[tuple[str, Release], bool] = {}
        for tag in fixture.recipe.tags:
            if claim := claim_of(tag):
                claims[claim] = tag not in fixture.recipe.false
        for (arch, release), accepted in claims.items():
            yield Question(
                id=fixture.id,
                rule=fixture.recipe.rule,
                wheel=folder / fixture.path,
                arch=arch,
                release=release,
                accepted=accepted,
            )


def run_loader_oracle(
    questions: Iterable[Question],
    cache: Path,
    jobs: int = 2,
    progress: Callable[[Answer], None] | None = None,
) -> OracleReport:
    """Ask the loader of every architecture that can be asked here.

    ``cache`` keeps sysroots and loaders; ``progress`` is called with each answer.
    """
    asked = list(questions)
    architectures = sorted({question.arch for question in asked})
    reasons = {arch: why_not_run(arch) for arch in architectures}
    possible = [question for question in asked if not reasons[question.arch]]
    answers = []
    with ThreadPoolExecutor(jobs) as pool:
        for answer in pool.map(lambda question: _answer(question, cache), possible):
            if progress:
                progress(answer)
            answers.append(answer)
    not_run = {arch: reason for arch, reason in reasons.items() if reason}
    return OracleReport(answers=tuple(answers), not_run=not_run)


def _answer(question: Question, cache: Path) -> Answer:
    with tempfile.TemporaryDirectory(prefix="loader-oracle-") as scratch:
        folder = Path(scratch).resolve()
        try:
            files = starting_points(unpack_elf_files(question.wheel, folder))
        except InputError as error:
            return _said(question, Outcome.NOT_JUDGED, (error.reason,))
        if not files:
            return _said(question, Outcome.NOT_JUDGED, ("no ELF file",))
        here = witness(question.arch, question.release, cache)
        if here is None:
            reason = "no sysroot of this release is known"
            return _said(question, Outcome.NOT_JUDGED, (reason,))
        grounds = _grounds(here, files, folder)
        major, minor = here.release
        before = witness(question.arch, (major, minor - 1), cache)
        below = None
        if before and before.release < here.release:
            refused = _grounds(before, files, folder)
            below = Outcome.REFUSED if refused else Outcome.LOADS
        outcome = Outcome.REFUSED if grounds else Outcome.LOADS
        return _said(question, outcome, grounds, below)


def _grounds(asked: Witness, files: list[Path], folder: Path) -> tuple[str, ...]:
    found = (message for file in files for message in asked.ask(file, folder))
    return tuple(dict.fromkeys(str(message) for message in found))


def _said(
    question: Question,
    outcome: Outcome,
    grounds: tuple[str, ...],
    below: Outcome | None = None,
) -> Answer:
    return Answer(
        id=question.id,
        rule=question.rule,
        arch=question.arch,
        level=".".join(map(str, question.release)),
        accepted=question.accepted,
        outcome=outcome,
        grounds=grounds,
        below=below,
    )
