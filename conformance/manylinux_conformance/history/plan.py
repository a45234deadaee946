"""The plan: which releases are asked what, where, and on which interpreter."""

from __future__ import annotations

import bisect
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml

from manylinux_conformance.platforms.interpreters import Interpreter, find_interpreter
from manylinux_conformance.questions.kinds import AnyCase
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.case_files import read_cases
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import Suite, narrowed
from manylinux_conformance.tools.adapters import Adapter, read_adapter

PLAN = "history.toml"
TOOLS = "tools"
CASES = "cases"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules that some tools are asked about in some roles on some platforms.

    The fields are shell patterns, as those of ``run``; no ``cases`` are all of them.
    """

    tools: tuple[str, ...]
    roles: tuple[Role, ...]
    platforms: tuple[str, ...]
    rules: tuple[str, ...]
    cases: tuple[str, ...] = ()


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Releases of a tool that nobody asks, in words, and why."""

    tool: str
    releases: str
    reason: str


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    asked: tuple[Asked, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Releases of one tool that are asked alike, on one interpreter.

    ``name`` is the adapter file's.  Neighbouring spans of a tool share a release, so
    that what an interpreter changes is not taken for what a release changed.
    """

    name: str
    adapter: Adapter
    role: Role

    @property
    def releases(self) -> tuple[str, ...]:
        """The releases, oldest first."""
        return self.adapter.versions

    @property
    def python(self) -> str:
        """The constraint on the interpreter, as ``==3.7``."""
        return self.adapter.provide.python_for(self.releases[0])

    @property
    def interpreter(self) -> Interpreter | None:
        """The interpreter that this machine has for it, if it has one."""
        return find_interpreter(self.python)


def most_telling_first(releases: Sequence[str], known: Container[str]) -> Iterator[str]:
    """Yield the releases that are not known: the ends, then the middle of each gap.

    The longest gap comes first, so that a run that is broken off leaves none that is
    much longer than another.
    """
    asked = [number for number, each in enumerate(releases) if each in known]
    for _ in range(len(releases) - len(asked)):
        number = _next(asked, len(releases) - 1)
        bisect.insort(asked, number)
        yield releases[number]


def _next(asked: Sequence[int], last: int) -> int:
    """Return the place of the release that tells most beside those that were asked."""
    for end in (0, last):
        if end not in asked:
            return end
    start, stop = max(pairwise(asked), key=lambda gap: gap[1] - gap[0])
    return (start + stop) // 2


def read_spans(folder: Path) -> list[Span]:
    """Return the spans in the order of their files' names.

    Raises InputError for an adapter file that cannot be used.
    """
    adapters = ((path, read_adapter(path)) for path in sorted(folder.glob("*.toml")))
    return [
        Span(path.stem, adapter, role)
        for path, adapter in adapters
        for role in adapter.roles
    ]


def questions(
    suite: Suite, folder: Path, span: Span, cases: tuple[str, ...] = ()
) -> Iterator[Suite]:
    """Yield what of the suite a tool is asked, one part for each group of platforms.

    The history has cases of its own: a control, which shows that a refusal is about a
    manylinux tag and not about everything, and questions for releases that know few
    tags.  ``cases`` are patterns of those that are wanted alone.
    """
    for asked in read_toml(folder / PLAN, _Plan).asked:
        if span.adapter.name in asked.tools and span.role in asked.roles:
            wanted = Wanted(asked.platforms, asked.rules, cases or asked.cases)
            part = narrowed(suite, wanted)
            own = (
                case
                for case in own_cases(folder)
                if not cases or wanted.has_case(case.rule, case.id)
            )
            yield replace(part, cases=(*part.cases, *own), containers=())


def own_cases(folder: Path) -> tuple[AnyCase, ...]:
    """Return the cases of the history's own folder."""
    return tuple(read_cases(folder / CASES))


def read_left_out(path: Path) -> tuple[LeftOut, ...]:
    """Return what is not asked; raises InputError if the plan cannot be used."""
    return read_toml(path, _Plan).left_out
