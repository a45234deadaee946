"""What a run shows of causes: differences without one, and causes that do not show."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from manylinux_conformance.finding import Finding
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.consequences import (
    NO_CONSEQUENCES,
    Consequences,
    consequences,
)
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Role, Verdict
from manylinux_conformance.suite.rules import Rule, parents_of
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.selection import Tool

Seen = tuple[Result, str, Role]


def unexplained_differences(
    blocks: Sequence[Block], tools: Sequence[Tool], rules: Mapping[str, Rule]
) -> Iterator[str]:
    """Yield differences without a cause or with two, and passes in spite of one.

    A difference that may follow from another rule, as ``rules`` tell, says so.
    """
    by_name = {(tool.adapter.name, tool.version): tool for tool in tools}
    for block in blocks:
        header = block.header
        tool = by_name[header.tool, header.version]
        seen = ((result, tool.version, header.role) for result in block.results)
        follows = consequences(block.results, parents_of(rules))
        for said in unexpected(seen, tool.deviations, follows):
            yield f"{tool.name}: {said}"


def unused_deviations(
    blocks: Iterable[Block], tools: Sequence[Tool], roles: Collection[Role]
) -> Iterator[str]:
    """Yield causes that show in no difference, of tools asked in all their roles.

    ``blocks`` are those of a run that was not narrowed and, for what was not run,
    those of the baseline: a cause may be one of a version that cannot be asked here.
    """
    known = list(blocks)
    for name in dict.fromkeys(tool.adapter.name for tool in tools):
        tool = next(tool for tool in tools if tool.adapter.name == name)
        seen = [
            (result, block.header.version, block.header.role)
            for block in known
            for result in block.results
            if block.header.tool == name
        ]
        asked = {(version, role) for _, version, role in seen}
        mine = [role for role in tool.adapter.roles if role in roles]
        if asked.issuperset(itertools.product(tool.adapter.versions, mine)):
            for finding in unmatched(seen, tool.deviations, f"{name}.toml"):
                yield str(finding)


def unexpected(
    seen: Iterable[Seen],
    causes: tuple[Cause, ...],
    follows: Consequences = NO_CONSEQUENCES,
) -> Iterator[str]:
    """Yield what the causes of a tool do not explain; drafts count for nothing.

    Questions at which a tool broke in one and the same way are one line.
    """
    broken: dict[str, list[str]] = {}
    for result, version, role in seen:
        if result.draft:
            continue
        covering = [each.id for each in causes if each.covers(result, version, role)]
        where = f"{result.case} on {result.where}"
        if result.verdict is Verdict.PASS and covering:
            yield f"{where}: passes, but {covering[0]!r} is said to show there"
        if result.verdict not in DIFFERING:
            continue
        if len(covering) > 1:
            yield f"{where}: has two causes, {covering[0]!r} and {covering[1]!r}"
        if covering:
            continue
        if result.answer:
            said = f"{result.verdict}, expected {result.expected}, got {result.answer}"
            hint = follows.hint(result)
            yield f"{where}: {said}{f' ({hint})' if hint else ''}"
        else:
            said = f"{result.verdict}, {result.reason}"
            broken.setdefault(said, []).append(where)
    for said, places in broken.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"{places[0]}{more}: {said}"


def unmatched(
    seen: Iterable[Seen], causes: tuple[Cause, ...], file: str
) -> Iterator[Finding]:
    """Yield each entry of ``shows`` that no difference of a complete run matched."""
    differing = [
        item for item in seen if item[0].verdict in DIFFERING and not item[0].draft
    ]
    for cause in causes:
        found = {place for item in differing for place in cause.places(*item)}
        for place in cause.shows:
            if place not in found:
                rules = ", ".join(place.rules)
                yield Finding(file, 0, f"{cause.id}: shows nowhere in {rules}")
