"""The summary: one table per role, what tools have to do apart from what they may.

What a standard demands, or follows from one, is counted on real systems first, then on
models; what this specification merely proposes has a column of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from manylinux_conformance.reports.rule_status import (
    LEGEND,
    RuleStatus,
    by_rule,
    standing,
)
from manylinux_conformance.reports.versions import newest_and_older
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import consequences
from manylinux_conformance.results.systems import System, system_of
from manylinux_conformance.suite.rules import Basis, Rule, as_put_to, parents_of

MODELS = frozenset((System.MODEL, System.EXOTIC))
EVERYWHERE = frozenset(System)


@dataclass(frozen=True, slots=True)
class Column:
    """Which rules a column counts, by their answers on which systems."""

    title: str
    counts: Callable[[Rule], bool]
    systems: frozenset[System]


def is_proposal(rule: Rule) -> bool:
    """Return whether only this specification wants it."""
    return rule.basis is Basis.PROPOSAL


def is_demanded(rule: Rule) -> bool:
    """Return whether a standard, or what follows from one, says MUST or MUST NOT."""
    return rule.level.is_must and not is_proposal(rule)


def is_advised(rule: Rule) -> bool:
    """Return whether a standard, or what follows from one, says less than MUST."""
    return not (is_demanded(rule) or is_proposal(rule))


ON_PLATFORMS = (
    Column("MUST, on real systems", is_demanded, frozenset((System.REAL,))),
    Column("MUST, on models", is_demanded, MODELS),
    Column("SHOULD and MAY", is_advised, EVERYWHERE),
    Column("proposals", is_proposal, EVERYWHERE),
)
ON_WHEELS = (
    Column("MUST", is_demanded, EVERYWHERE),
    Column("SHOULD and MAY", is_advised, EVERYWHERE),
    Column("proposals", is_proposal, EVERYWHERE),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One tool's version: how many rules of each column have which sign."""

    tool: str
    cells: tuple[Counter[str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One role's tools; ``older`` are versions that are not the newest of a tool."""

    role: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    older: tuple[Row, ...]


def summarize(blocks: Sequence[Block], rules: Mapping[str, Rule]) -> tuple[Table, ...]:
    """Return one table per role that was asked, in the order of the blocks."""
    tools = [block for block in joined(blocks) if block.results]
    roles = dict.fromkeys(block.header.role for block in tools)
    return tuple(
        _table(role, [block for block in tools if block.header.role == role], rules)
        for role in roles
    )


def words(counts: Counter[str]) -> str:
    """Return counts as ``12 ✓ 3 ✗``; an empty cell is a dash."""
    order = [status.symbol for status in RuleStatus]
    signs = sorted(counts, key=lambda sign: (order.index(sign[0]), sign))
    return " ".join(f"{counts[sign]} {sign}" for sign in signs) or "-"


def legend() -> str:
    """Return what the signs mean, for every place that prints them."""
    return ", ".join(f"{sign} {meaning}" for sign, meaning in LEGEND.items())


def drafts_line(blocks: Sequence[Block]) -> str:
    """Return how many answers are to draft cases; empty if none is."""
    drafts = sum(result.draft for block in blocks for result in block.results)
    said = f"Answers to draft cases, which count for nothing: {drafts}."
    return said if drafts else ""


def _table(role: str, blocks: list[Block], rules: Mapping[str, Rule]) -> Table:
    systems = {system_of(result) for block in blocks for result in block.results}
    columns = ON_WHEELS if systems == {System.WHEEL} else ON_PLATFORMS
    newest, older = newest_and_older(blocks)
    return Table(
        role,
        columns,
        tuple(_row(block, columns, rules) for block in newest),
        tuple(_row(block, columns, rules) for block in older),
    )


def _row(block: Block, columns: tuple[Column, ...], rules: Mapping[str, Rule]) -> Row:
    found = by_rule(block.results)
    follows = consequences(block.results, parents_of(rules))
    bound = as_put_to(block.header.role.subject, rules)
    cells = []
    for column in columns:
        counts = Counter[str]()
        for rule in found.keys() & rules.keys():
            if not column.counts(bound[rule]):
                continue
            mine = [one for one in found[rule] if system_of(one) in column.systems]
            counts.update([standing(mine, follows).sign] if mine else ())
        cells.append(counts)
    return Row(block.header.name, tuple(cells))
