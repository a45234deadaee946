"""Deviations: recorded, explained differences between a tool and a rule."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.errors import InputError
from manylinux_conformance.finding import Finding
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict

FEWEST_WORDS = 4  # of a reason; "known bug" is none
DIFFERING = (Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT)


class Kind(enum.StrEnum):
    """Why a tool differs."""

    BUG = "bug"
    BY_DESIGN = "by-design"
    SPEC_DISPUTE = "spec-dispute"
    NOT_SUPPORTED = "not-supported"


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One difference; patterns are as in shells, versions of a tool by name.

    ``rule`` is a pattern of rules, or several that one cause breaks.
    ``cases`` are patterns of case names, ``platforms`` of platform names; of a wheel
    that an auditor is asked about, of its architecture.
    """

    rule: str | tuple[str, ...]
    cases: tuple[str, ...] = ("*",)
    versions: tuple[str, ...] = ("*",)
    platforms: tuple[str, ...] = ("*",)
    roles: tuple[Role, ...] = ()
    kind: Kind
    why: str
    link: str = ""

    def concerns(self, rule: str) -> bool:
        """Return whether this entry is about a rule."""
        patterns = (self.rule,) if isinstance(self.rule, str) else self.rule
        return _one_of(rule, patterns)

    @property
    def about(self) -> str:
        """The patterns of its rules, for a message."""
        return self.rule if isinstance(self.rule, str) else ", ".join(self.rule)

    def covers(self, result: Result, version: str, role: Role) -> bool:
        """Return whether this entry is about a result of a tool's version."""
        return (
            self.concerns(result.rule)
            and _one_of(result.case.partition("/")[2], self.cases)
            and _one_of(version, self.versions)
            and _one_of(result.where, self.platforms)
            and (not self.roles or role in self.roles)
        )


class DeviationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``deviations/<tool>.toml``."""

    deviation: tuple[Deviation, ...] = ()


def read_deviations(folder: Path, tool: str) -> tuple[Deviation, ...]:
    """Read a tool's deviations; no file means none.

    Raises InputError if an entry says too little.
    """
    path = folder / f"{tool}.toml"
    if not path.exists():
        return ()
    entries = read_toml(path, DeviationFile).deviation
    for entry in entries:
        if len(entry.why.split()) < FEWEST_WORDS:
            raise InputError(path, f"{entry.about}: 'why' must be a sentence")
    return entries


def annotate(
    results: Iterable[Result],
    entries: tuple[Deviation, ...],
    version: str,
    role: Role,
) -> list[Result]:
    """Return the results, each difference with the kind of its deviation."""
    return [
        msgspec.structs.replace(result, deviation=_kind(result, entries, version, role))
        for result in results
    ]


def unexpected(
    results: Iterable[Result],
    entries: tuple[Deviation, ...],
    version: str,
    role: Role,
) -> Iterator[str]:
    """Yield passes that an entry says cannot be, and differences without an entry.

    Questions at which a tool broke in one and the same way are one line.
    """
    broken: dict[str, list[str]] = {}
    for result in results:
        covering = [e for e in entries if e.covers(result, version, role)]
        where = f"{result.case} on {result.where}"
        if result.verdict is Verdict.PASS and covering:
            yield f"{where}: passes, but {covering[0].about} is a deviation"
        if result.verdict not in DIFFERING or covering:
            continue
        if result.answer:
            said = f"{result.verdict}, expected {result.expected}, got {result.answer}"
            yield f"{where}: {said}"
        else:
            said = f"{result.verdict}, {result.reason}"
            broken.setdefault(said, []).append(where)
    for said, places in broken.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"{places[0]}{more}: {said}"


def unmatched(
    seen: Iterable[tuple[Result, str, Role]],
    entries: tuple[Deviation, ...],
    file: str,
) -> Iterator[Finding]:
    """Yield entries that no difference of a complete run matched."""
    differing = [item for item in seen if item[0].verdict in DIFFERING]
    for entry in entries:
        if not any(entry.covers(*item) for item in differing):
            yield Finding(file, 0, f"{entry.about}: this deviation matches nothing")


def _kind(
    result: Result, entries: tuple[Deviation, ...], version: str, role: Role
) -> str:
    if result.verdict not in DIFFERING:
        return ""
    covering = (e.kind.value for e in entries if e.covers(result, version, role))
    return next(covering, "")


def _one_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
