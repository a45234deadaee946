"""The suite of the project being built, which need not be the one that is installed.

An adapter until ``load_suite`` of the conformance package takes the folders to read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.cases import Build, Case, read_builds, read_cases
from manylinux_conformance.suite.examples import example_cases
from manylinux_conformance.suite.rules import Rule, read_rules


@dataclass(frozen=True, slots=True)
class ProjectSuite:
    """What is promised and what is asked: examples first, then the case files."""

    rules: dict[str, Rule]
    cases: tuple[Case, ...]
    builds: tuple[Build, ...]


def load_suite_of(root: Path) -> ProjectSuite:
    """Read rules and cases below a project's root folder.

    Raises InputError if a file is malformed or an identifier is defined twice.
    """
    spec, folder = root / "spec", root / "conformance" / "cases"
    rules = read_rules(spec)
    cases = (*example_cases(rules.values(), spec), *read_cases(folder))
    builds = tuple(read_builds(folder))
    for identifier, count in Counter(case.id for case in (*cases, *builds)).items():
        if count > 1:
            raise InputError(folder, f"case {identifier!r} is defined twice")
    return ProjectSuite(rules, cases, builds)
