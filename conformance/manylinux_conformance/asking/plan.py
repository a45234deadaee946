"""The plan: which questions a role is asked, and which of them share one asking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.question import Question
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule

Q = TypeVar("Q", bound=Question)
C = TypeVar("C", bound=AnyCase)


@dataclass(frozen=True, slots=True)
class ShownPlatform:
    """A platform as a tool sees it: by a shim, or without one as it is."""

    platform: Platform
    shim: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[Q]):
    """Questions that are asked together.

    ``name`` is fit for a folder.  ``platform`` is where they are answered; None for
    wheels that are looked at and run nowhere.
    """

    name: str
    platform: Platform | None
    questions: tuple[Q, ...]


B_co = TypeVar("B_co", bound=Batch[Any], covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBatch(Batch[C]):
    """Filled cases that have the same environment, so that one run answers them."""

    environment: Environment
    shim: Path | None


def plan_cases(
    role: Role,
    cases: Iterable[C],
    rules: Mapping[str, Rule],
    shown: Iterable[ShownPlatform],
    python: str,
) -> tuple[CaseBatch[C], ...]:
    """Return what a role is asked on each platform, in the order of the cases.

    A role is asked only about rules that bind it.  ``python`` is the target
    interpreter's version, such as ``3.11``.

    Raises InputError if a placeholder of a case has no value on a platform.
    """
    known = tuple(case for case in cases if binds(rules[case.rule], role, case))
    return tuple(batch for each in shown for batch in _on_platform(known, each, python))


def _on_platform(
    cases: Iterable[C], shown: ShownPlatform, python: str
) -> Iterator[CaseBatch[C]]:
    platform, groups = shown.platform, dict[Environment, list[C]]()
    for case in cases:
        if case.platform.selects(platform):
            filled = fill(case, platform, python.replace(".", ""))
            groups.setdefault(filled.environment(platform), []).append(filled)
    for environment, group in groups.items():
        yield CaseBatch(
            name=environment.id,
            platform=platform,
            questions=tuple(group),
            environment=environment,
            shim=shown.shim,
        )


def asks_any(
    role: Role,
    cases: Iterable[AnyCase],
    rules: Mapping[str, Rule],
    platforms: Collection[Platform],
) -> bool:
    """Return whether a role would be asked anything on some platforms."""
    return any(
        case.platform.selects(platform)
        for case in cases
        if binds(rules[case.rule], role, case)
        for platform in platforms
    )


def binds(rule: Rule, role: Role, case: AnyCase) -> bool:
    """Return whether a role can be asked a case, and its rule is about that role."""
    return role in case.ROLES and role.subject in rule.subjects


@dataclass(frozen=True, slots=True)
class Plan(Generic[B_co]):
    """What is asked, and the platforms on which nothing can be."""

    batches: tuple[B_co, ...]
    not_run: tuple[NotRun, ...] = ()
