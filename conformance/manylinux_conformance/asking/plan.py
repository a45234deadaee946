"""The plan: which cases are put to a role on a platform, grouped by circumstances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.cases import Case, Choose, Load
from manylinux_conformance.suite.placeholders import fill, selected
from manylinux_conformance.suite.rules import Rule


@dataclass(frozen=True, slots=True)
class Batch:
    """The filled cases that one run of a tool answers."""

    environment: Environment
    cases: tuple[Case, ...]


def plan(
    role: Role,
    cases: Iterable[Case],
    rules: Mapping[str, Rule],
    platform: Platform,
    python: str,
) -> list[Batch]:
    """Return what a role is asked on a platform, in the order of the cases.

    A role is asked only about rules that bind it; installers choose, libraries
    answer every kind of question but imports, which are the loader's.  ``python`` is
    the target interpreter's version without a dot.
    """
    groups: dict[Environment, list[Case]] = {}
    for case in cases:
        if selected(case, platform) and _binds(rules[case.rule], role, case):
            filled = fill(case, platform, python)
            groups.setdefault(_environment(filled, platform), []).append(filled)
    return [Batch(environment, tuple(group)) for environment, group in groups.items()]


def _binds(rule: Rule, role: Role, case: Case) -> bool:
    if isinstance(case, Load) or role is Role.LOADER:
        return isinstance(case, Load) and role is Role.LOADER
    askable = isinstance(case, Choose) or role is Role.TAG_LIBRARY
    return askable and role.value in rule.subjects


def _environment(case: Case, platform: Platform) -> Environment:
    if not isinstance(case, Choose):
        return Environment(platform)
    return Environment(
        platform, case.module, case.module_at, case.target, case.tool_glibc
    )
