"""The overview of a rule: its text, its evidence, and where each is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from manylinux_conformance.reports.rule_status import (
    RuleStatus,
    Tally,
    standing,
)
from manylinux_conformance.reports.versions import newest_and_older
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import consequences
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.locations import Written
from manylinux_conformance.suite.rules import Rule


class Location(msgspec.Struct, frozen=True):
    """A name, and ``path:line`` where it is written.

    ``asked_on`` are the platforms of a case, or the architectures of a recipe, in
    words.
    """

    name: str
    where: str
    asked_on: str = ""


class Measured(msgspec.Struct, frozen=True):
    """What one tool version's answers on file come to.

    The tallies say in how many places the rule is kept, of how many that were asked.
    ``explained``: every wrong answer has a recorded deviation.
    """

    tool: str
    role: Role
    status: RuleStatus
    words: str
    real: Tally
    models: Tally
    exotic: Tally
    wheels: Tally
    explained: bool
    newest: bool
    deviations: tuple[str, ...] = ()


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one rule.

    ``commands`` ask the questions about it again.
    """

    rule: Rule
    text: str
    cases: tuple[Location, ...]
    recipes: tuple[Location, ...]
    deciders: tuple[Location, ...]
    tools: tuple[Measured, ...]
    commands: tuple[str, ...]


def locations_of(
    rule: str, written: Iterable[Written], root: Path, asked_on: Mapping[str, str]
) -> Iterator[Location]:
    """Yield the cases or recipes of a rule; what has no name goes by its kind.

    ``asked_on`` says by name where a case is asked.
    """
    for each in written:
        if each.rule == rule:
            on = asked_on.get(each.name, "")
            yield Location(each.name or each.kind, each.below(root), on)


def measured(
    rule: str, blocks: Iterable[Block], parents: Mapping[str, str]
) -> Iterator[Measured]:
    """Yield what each tool on file answered to a rule, older versions at the end."""
    newest, older = newest_and_older(joined(blocks))
    for block in (*newest, *older):
        results = [result for result in block.results if result.rule == rule]
        if results:
            found = standing(results, consequences(block.results, parents))
            tallies = {each: found.tallies.get(each, Tally(0, 0)) for each in System}
            causes = {
                f"{one.deviation}: {one.cause}" for one in results if one.deviation
            }
            yield Measured(
                block.header.name,
                block.header.role,
                found.status,
                found.words,
                real=tallies[System.REAL],
                models=tallies[System.MODEL],
                exotic=tallies[System.EXOTIC],
                wheels=tallies[System.WHEEL],
                explained=found.is_explained,
                newest=block in newest,
                deviations=tuple(sorted(causes)),
            )


def commands(
    rule: Rule, *, has_cases: bool, has_recipes: bool, placeholders: bool = True
) -> Iterator[str]:
    """Yield the commands that ask about a rule again, as far as there are questions.

    Of those that ask one tool one question, only the form is known: ``placeholders``.
    """
    run = f"manylinux-conformance run --rule {rule.id}"
    if has_cases:
        if placeholders:
            yield f"{run} --case CASE --platform PLATFORM --tool TOOL"
        yield run
    if has_recipes:
        if placeholders:
            yield f"{run} --role auditor --case RECIPE --platform ARCH --tool TOOL"
        yield f"{run} --role auditor"
    if rule.is_forced and (has_cases or has_recipes):
        yield f"manylinux-conformance force --rule {rule.id}"


def lines(overview: Overview) -> Iterator[str]:
    """Yield the overview as text for a terminal."""
    rule = overview.rule
    subjects = ", ".join(rule.subjects)
    facts = f"{rule.level.value}, {rule.basis.value}, binds {subjects}"
    yield f"{rule.id}  ({facts}; tested: {rule.tested})"
    yield f"  {rule.text}"
    if rule.parent:
        yield f"  follows from: {rule.parent}"
    yield f"  source: {rule.source}"
    if rule.differs:
        yield f"  a standard's answer: {rule.differs}"
    for title, locations in (
        ("text", (Location("", overview.text),)),
        ("cases", overview.cases),
        ("recipes", overview.recipes),
        ("decided in the reference by", overview.deciders),
    ):
        yield f"{title}: {'none' if not locations else ''}".rstrip()
        for location in locations:
            on = f"  [{location.asked_on}]" if location.asked_on else ""
            yield f"  {location.where}  {location.name}{on}".rstrip()
    yield "answers on file:" if overview.tools else "answers on file: none"
    for one in overview.tools:
        known = f" ({', '.join(one.deviations)})" if one.deviations else ""
        old = "" if one.newest else " (an older version)"
        said = f"{one.tool} as {one.role}{old}: {one.words}{known}"
        yield f"  {one.status.symbol} {said}"
    yield "ask again:" if overview.commands else "ask again: no question asks about it"
    yield from (f"  {command}" for command in overview.commands)
