"""Writes mutants as wheels, and asks auditor, ``zipfile`` and installers about them."""

from __future__ import annotations

import hashlib
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzzing.archives.installers import Case, Install, differing
from tests.fuzzing.archives.model import Change, write
from tests.fuzzing.archives.mutate import Base
from tests.fuzzing.causes import Cause, cause_of
from tests.fuzzing.reference import Reference, Verdict

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError),
    *(EOFError, ValueError, IndexError, struct.error),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wheel with changes in it."""

    base: Base
    changes: Sequence[Change]

    def content(self) -> bytes:
        """Return the wheel's bytes."""
        return write(self.base.files, self.changes, wide=self.base.wide)


@dataclass(slots=True)
class Judgement:
    """The auditor's verdict, and what each other reader does otherwise."""

    verdict: Verdict
    refusals: dict[str, str] = field(default_factory=dict)

    def kinds(self, causes: Sequence[Cause]) -> list[str]:
        """How readers differ, without a cause, from an auditor who reads the wheel."""
        if self.verdict.has_crashed:
            return [f"auditor: {self.verdict.grounds[0]}"]
        said = [f"{name}: {why}" for name, why in self.refusals.items()]
        return [general(why) for why in said if not cause_of(why, causes)]


@dataclass(frozen=True, slots=True)
class Judge:
    """The auditor, and the installers by their names."""

    reference: Reference
    installers: Mapping[str, Install]
    folder: Path

    def judge(self, mutants: Sequence[Mutant]) -> list[Judgement]:
        """Return what all say; installers are asked about what can be used alone."""
        wheels = [self._write(mutant) for mutant in mutants]
        verdicts = self.reference.verdicts(wheels, "files")
        said = [Judgement(verdict) for verdict in verdicts]
        cases: dict[Case, Judgement] = {}
        for mutant, wheel, each in zip(mutants, wheels, said, strict=True):
            if each.verdict.is_readable:
                case = Case(mutant.base.project, wheel, each.verdict.files)
                cases[case] = each
                if why := by_zipfile(case):
                    each.refusals["zipfile"] = why
        for name, install in self.installers.items():
            for case, why in differing(install, list(cases)).items():
                cases[case].refusals[name] = why
        return said

    def _write(self, mutant: Mutant) -> Path:
        """Write a wheel into a folder of its own, since tools remember places."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        wheel = folder / f"{mutant.base.project}-1-py3-none-any.whl"
        wheel.write_bytes(mutant.content())
        return wheel


def by_zipfile(case: Case) -> str:
    """Return how CPython's ``zipfile`` reads a wheel otherwise; empty: it does not."""
    try:
        with zipfile.ZipFile(case.wheel) as archive:
            found = {
                member.filename: hashlib.sha256(archive.read(member)).hexdigest()
                for member in archive.infolist()
                if not member.is_dir()
            }
    except BROKEN as error:
        return f"{type(error).__name__}: {error}"
    names = sorted(found.keys() ^ case.files.keys())
    if names:
        return f"sees or misses {names}"
    other = [name for name, digest in case.files.items() if found[name] != digest]
    return f"reads other bytes of {other}" if other else ""


def general(reason: str) -> str:
    """Return a reason without names and numbers, to tell kinds apart."""
    reason = re.sub(r"\S*/(?=\S)|\bp\d{5}\b|http\S+", "", reason)
    tool, _, said = reason.partition(":")
    last = re.split("[Cc]aused by:|cause:", said)[-1]
    return f"{tool}: " + re.sub(r"0x[0-9a-f]+|\d+", "N", last)[:200]
