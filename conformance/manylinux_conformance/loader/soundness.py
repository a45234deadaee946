"""Soundness: glibc's own loader beside every verdict about a corpus wheel.

Soundness is a gate: what the artifact rules accept, the loader accepts on that level.
The other direction is a report: much that the rules refuse is policy, which a loader
cannot see.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from manylinux_fixtures.files.temporary_folder import temporary_folder
from manylinux_fixtures.recipes.recipe import Ask
from manylinux_spec.aliases import aliases

from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.glibc_exports import Release
from manylinux_conformance.loader.loader_check import (
    LoaderCheck,
    loader_check_for,
    loader_unavailable_reason,
)
from manylinux_conformance.loader.unpacked_wheel import (
    installed_path,
    starting_points,
    unpack_elf_files,
)

PERENNIAL = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
LEGACY = re.compile(r"(manylinux(?:1|2010|2014))_(\w+)")
NOTHING_TO_LOAD = "nothing for a loader in it"


class LoadOutcome(enum.StrEnum):
    """What the loader says about a wheel on one release."""

    LOADS = "loads"
    REFUSED = "refused"
    NOT_JUDGED = "not judged"


class ClaimQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of one wheel, and whether the rules accept it.

    ``spared`` are members of which the recipe says why they do not load by
    themselves; what the loader says against them refutes nothing.
    """

    id: str
    rule: str
    wheel: Path
    arch: str
    release: Release
    accepted: bool
    spared: dict[str, str] = {}


class LoaderAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The loader's word on one claim.

    ``grounds``: what it complains about, or why nothing was judged.
    ``below``: its word on the release before, absent for an architecture's first.
    ``spared``: why files were taken out of the comparison by hand, as recipes say.
    """

    id: str
    rule: str
    arch: str
    level: str
    accepted: bool
    outcome: LoadOutcome
    grounds: tuple[str, ...] = ()
    below: LoadOutcome | None = None
    spared: tuple[str, ...] = ()


class SoundnessReport(msgspec.Struct, frozen=True, kw_only=True):
    """All answers, and the architectures that were not asked, with the reason."""

    answers: tuple[LoaderAnswer, ...]
    not_run: dict[str, str]

    @property
    def unsound(self) -> list[LoaderAnswer]:
        """Accepted by the rules and not by the loader: each fails the build."""
        return [
            each
            for each in self.answers
            if each.accepted and each.outcome is LoadOutcome.REFUSED
        ]

    @property
    def stricter(self) -> list[LoaderAnswer]:
        """Refused by the rules although the loader accepts: policy, not linking."""
        return [
            each
            for each in self.answers
            if not each.accepted and each.outcome is LoadOutcome.LOADS
        ]


def claim_of(tag: str) -> tuple[str, Release] | None:
    """Split a manylinux tag into architecture and glibc release, or return None."""
    if match := PERENNIAL.fullmatch(tag):
        return match[3], (int(match[1]), int(match[2]))
    if match := LEGACY.fullmatch(tag):
        return match[2], _families()[match[1]]
    return None


@functools.cache
def _families() -> dict[str, Release]:
    """Return the glibc of each legacy family, such as ``manylinux2014``."""
    return {alias.family: (alias.major, alias.minor) for alias in aliases()}


def corpus_questions(corpus: Corpus) -> Iterator[ClaimQuestion]:
    """Yield a question for each distinct claim of each wheel.

    Where the rules accept a wheel and the recipe says that a file does not load, the
    file breaks a recommendation, or wants a process with other things loaded before.
    Of a wheel that cannot be read, nothing reaches a loader.
    """
    for line in corpus.lines:
        if line.ask is Ask.UNREADABLE:
            continue
        claims = {
            claim: tag not in line.false
            for tag in line.tags
            if (claim := claim_of(tag))
        }
        for (arch, release), accepted in claims.items():
            yield ClaimQuestion(
                id=line.id,
                rule=line.rule,
                wheel=corpus.wheel(line),
                arch=arch,
                release=release,
                accepted=accepted,
                spared=dict(line.unloadable) if accepted else {},
            )


def check_soundness(
    questions: Iterable[ClaimQuestion],
    cache: Path,
    jobs: int = 1,
    progress: Callable[[LoaderAnswer], None] = lambda _: None,
) -> SoundnessReport:
    """Ask the loader of every architecture that can be asked here.

    ``cache`` keeps sysroots and loaders; ``progress`` is called with each answer.
    """
    asked = list(questions)
    architectures = sorted({question.arch for question in asked})
    reasons = {arch: loader_unavailable_reason(arch) for arch in architectures}
    possible = [question for question in asked if not reasons[question.arch]]
    answers = []
    with ThreadPoolExecutor(jobs) as pool:
        for answer in pool.map(lambda question: _answer(question, cache), possible):
            progress(answer)
            answers.append(answer)
    not_run = {arch: reason for arch, reason in reasons.items() if reason}
    return SoundnessReport(answers=tuple(answers), not_run=not_run)


def _answer(question: ClaimQuestion, cache: Path) -> LoaderAnswer:
    with temporary_folder() as scratch:
        folder = scratch.resolve()
        try:
            files = starting_points(unpack_elf_files(question.wheel, folder))
        except InputError as error:
            return _said(question, LoadOutcome.NOT_JUDGED, (error.reason,))
        here = loader_check_for(question.arch, question.release, cache)
        if not files or here is None:
            reason = "no sysroot of this release is known" if files else NOTHING_TO_LOAD
            return _said(question, LoadOutcome.NOT_JUDGED, (reason,))
        spared = {folder / installed_path(name, folder) for name in question.spared}
        counting = [file for file in files if file not in spared]
        excused = [file for file in files if file in spared]
        if grounds := _grounds(here, counting, folder):
            return _said(
                question,
                LoadOutcome.REFUSED,
                grounds,
                _below(here, files, folder, cache),
            )
        if grounds := _grounds(here, excused, folder):
            return _said(question, LoadOutcome.NOT_JUDGED, grounds)
        return _said(
            question, LoadOutcome.LOADS, (), _below(here, files, folder, cache)
        )


def _below(
    here: LoaderCheck, files: list[Path], folder: Path, cache: Path
) -> LoadOutcome | None:
    """Ask one release earlier, if the architecture had one."""
    major, minor = here.release
    before = loader_check_for(here.arch, (major, minor - 1), cache)
    if before is None or before.release == here.release:
        return None
    return LoadOutcome.REFUSED if _grounds(before, files, folder) else LoadOutcome.LOADS


def _grounds(asked: LoaderCheck, files: list[Path], folder: Path) -> tuple[str, ...]:
    found = (message for file in files for message in asked.complaints(file, folder))
    return tuple(dict.fromkeys(str(message) for message in found))


def _said(
    question: ClaimQuestion,
    outcome: LoadOutcome,
    grounds: tuple[str, ...],
    below: LoadOutcome | None = None,
) -> LoaderAnswer:
    return LoaderAnswer(
        id=question.id,
        rule=question.rule,
        arch=question.arch,
        level=".".join(map(str, question.release)),
        accepted=question.accepted,
        outcome=outcome,
        grounds=grounds,
        below=below,
        spared=tuple(sorted(set(question.spared.values()))),
    )
