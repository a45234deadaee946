"""Lints the kinds of causes: one measure for the same difference of any two tools."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from manylinux_conformance.finding import Finding
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import (
    BREACH,
    consequences,
    counts_as,
)
from manylinux_conformance.results.verdicts import DIFFERING
from manylinux_conformance.tools.causes import Cause, Kind

WRONG = (Kind.ACKNOWLEDGED, Kind.UNREPORTED)  # apart by whether anybody was asked
Causes = Mapping[str, tuple[Cause, ...]]


def lint_kinds(
    causes: Causes, blocks: Iterable[Block], parents: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield identifiers and cases in which two tools are judged by two measures.

    ``causes`` maps a tool to its causes, ``blocks`` are the answers on file,
    ``parents`` the rules that corollaries follow from.  Where
    tools break a rule in the same cases for causes of different kinds, ``why_kind``
    of one of them has to say why.
    """
    yield from _of_identifiers(causes)
    yield from _of_cases(causes, blocks, parents)


def _of_identifiers(causes: Causes) -> Iterator[Finding]:
    first: dict[str, tuple[str, Kind]] = {}
    for tool, found in causes.items():
        for cause in found:
            other, kind = first.setdefault(cause.id, (tool, cause.kind))
            if kind is not cause.kind:
                said = f"{cause.id}: {cause.kind} here, {kind} in {other}.toml"
                yield Finding(f"{tool}.toml", 0, said)


def _of_cases(
    causes: Causes, blocks: Iterable[Block], parents: Mapping[str, str]
) -> Iterator[Finding]:
    said: set[frozenset[tuple[str, str]]] = set()
    for case, breaches in _breaches(causes, blocks, parents).items():
        for one, other in itertools.combinations(breaches.items(), 2):
            (tool, _), cause = one
            (rival, _), second = other
            pair = frozenset((one[0], other[0]))
            if tool == rival or pair in said or not _at_odds(cause, second):
                continue
            said.add(pair)
            kinds = f"{cause.id} is {cause.kind}, {second.id} of {rival} {second.kind}"
            reason = f"{kinds}, and both show in {case}: 'why_kind' of one must say why"
            yield Finding(f"{tool}.toml", 0, reason)


def _breaches(
    causes: Causes, blocks: Iterable[Block], parents: Mapping[str, str]
) -> dict[str, dict[tuple[str, str], Cause]]:
    """Return the causes that show in each case and place, by tool and identifier."""
    found: dict[str, dict[tuple[str, str], Cause]] = {}
    for block in joined(list(blocks)):
        tool, version, role = block.header.tool, block.header.version, block.header.role
        follows = consequences(block.results, parents)
        for result in block.results:
            if result.verdict not in DIFFERING or counts_as(result, follows) != BREACH:
                continue
            for cause in causes.get(tool, ()):
                if cause.covers(result, version, role):
                    where = f"{result.case} on {result.where}"
                    found.setdefault(where, {})[tool, cause.id] = cause
    return found


def _at_odds(one: Cause, other: Cause) -> bool:
    same = one.kind is other.kind or (one.kind in WRONG and other.kind in WRONG)
    return not (same or one.why_kind or other.why_kind)
