"""Lints the suite as a whole: every gate, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from manylinux_fixtures.corpus.fixtures import fixtures

from manylinux_conformance.corpus.hostile import HOSTILE
from manylinux_conformance.finding import Finding
from manylinux_conformance.suite.data_files import read_data_files
from manylinux_conformance.suite.definitions import read_definitions
from manylinux_conformance.suite.lint_cases import (
    lint_architectures,
    lint_cases,
    lint_coverage,
)
from manylinux_conformance.suite.lint_chapters import lint_prose, lint_rules
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.lock import (
    Named,
    broken_promises,
    outdated,
    read_lock,
    read_retired,
)


def lint_suite(suite: Suite, spec: Path) -> Iterator[Finding]:
    """Yield everything that the gates have to say about a suite.

    Raises InputError if the recipes cannot be read.
    """
    for path in sorted(spec.glob("*.md")):
        yield from lint_prose(path, f"spec/{path.name}")
    yield from lint_rules(suite.rules.values(), "spec")
    locked, retired = read_lock(spec), read_retired(spec)
    named: dict[str, Named] = {
        **suite.rules,
        **read_definitions(spec),
        **read_data_files(spec),
    }
    yield from broken_promises(named, locked, retired)
    yield from outdated(named, locked)
    places = (*suite.platforms, *(each.platform() for each in suite.containers))
    yield from lint_cases(suite.cases, suite.rules, places)
    yield from lint_architectures(suite.rules.values(), suite.cases, places)
    on_wheels = frozenset(fixture.recipe.rule for fixture in fixtures())
    for rule in sorted(on_wheels - suite.rules.keys()):
        yield Finding("fixtures/recipes", 0, f"there is no rule {rule!r}")
    yield from lint_coverage(suite.rules.values(), suite.cases, on_wheels | {HOSTILE})
