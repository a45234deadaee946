"""The suite as a whole: rules, cases and platforms, read and held together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from manylinux_reference.spec_folder import spec_folder

from manylinux_conformance.cases import Case, read_cases
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.examples import example_cases
from manylinux_conformance.finding import Finding
from manylinux_conformance.input_error import InputError
from manylinux_conformance.lint_cases import lint_cases, lint_coverage
from manylinux_conformance.lint_chapters import lint_prose, lint_rules
from manylinux_conformance.lock import (
    NAME,
    broken_promises,
    outdated,
    read_lock,
    read_retired,
)
from manylinux_conformance.platforms import Platform, read_platforms
from manylinux_conformance.rules import Rule, read_rules

EDITION = "2026.1"


@dataclass(frozen=True, slots=True)
class Suite:
    """What is promised, what is asked, and where."""

    rules: Mapping[str, Rule]
    cases: tuple[Case, ...]
    platforms: tuple[Platform, ...]
    lock_digest: str


def load_suite(spec: Path | None = None) -> Suite:
    """Read the whole suite; InputError says which file cannot be used."""
    folder = spec or spec_folder()
    rules = read_rules(folder)
    cases = (
        *read_cases(data_folder("cases")),
        *example_cases(rules.values(), folder),
    )
    for identifier, count in Counter(case.id for case in cases).items():
        if count > 1:
            raise InputError(folder, f"case {identifier!r} stands twice")
    lock = folder / NAME
    content = lock.read_bytes() if lock.exists() else b""
    return Suite(
        rules=rules,
        cases=cases,
        platforms=tuple(read_platforms(data_folder("platforms"))),
        lock_digest=hashlib.sha256(content).hexdigest(),
    )


def narrowed(suite: Suite, platform: str, rule: str, case: str) -> Suite:
    """Return the suite with only what three shell patterns leave of it.

    ``case`` matches a case's name or its whole identifier.
    Raises InputError if nothing is left.
    """
    cases = tuple(
        each
        for each in suite.cases
        if fnmatchcase(each.rule, rule)
        and (fnmatchcase(each.name, case) or fnmatchcase(each.id, case))
    )
    places = tuple(each for each in suite.platforms if fnmatchcase(each.name, platform))
    for pattern, left in ((platform, places), (f"{rule} / {case}", cases)):
        if not left:
            raise InputError(pattern, "matches nothing; see 'rules' and 'platforms'")
    return replace(suite, cases=cases, platforms=places)


def lint_suite(
    suite: Suite, spec: Path, elsewhere: frozenset[str]
) -> Iterator[Finding]:
    """Yield everything that the gates have to say about a suite.

    ``elsewhere`` names rules whose cases are fixture recipes.
    """
    for path in sorted(spec.glob("*.md")):
        yield from lint_prose(path, f"spec/{path.name}")
    yield from lint_rules(suite.rules.values(), "spec")
    locked, retired = read_lock(spec), read_retired(spec)
    yield from broken_promises(suite.rules, locked, retired)
    yield from outdated(suite.rules, locked)
    yield from lint_cases(suite.cases, suite.rules, suite.platforms)
    yield from lint_coverage(suite.rules.values(), suite.cases, elsewhere)
