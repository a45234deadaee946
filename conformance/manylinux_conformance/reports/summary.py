"""The summary: rows of tools, columns of rule areas, one table per role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from manylinux_conformance.reports.rule_status import RuleStatus, by_rule, rule_status
from manylinux_conformance.results.blocks import Block, joined


@dataclass(frozen=True, slots=True)
class Row:
    """One tool's version: how many rules of each area have which status."""

    tool: str
    areas: tuple[Counter[RuleStatus], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One role's tools over the areas that any of them was asked about."""

    role: str
    areas: tuple[str, ...]
    rows: tuple[Row, ...]


def summarize(blocks: Sequence[Block]) -> tuple[Table, ...]:
    """Return one table per role, roles and tools in the order of the blocks."""
    tools = joined(blocks)
    roles = dict.fromkeys(block.header.role for block in tools)
    return tuple(
        _table(role, [block for block in tools if block.header.role == role])
        for role in roles
    )


def words(counts: Counter[RuleStatus]) -> str:
    """Return counts as ``12 ✓ 3 ≠``; an empty cell is a dash."""
    parts = [f"{counts[name]} {name.symbol}" for name in RuleStatus if counts[name]]
    return " ".join(parts) or "-"


def legend() -> str:
    """Return what the symbols mean, for every place that prints them."""
    return ", ".join(f"{name.symbol} {name.value}" for name in RuleStatus)


def _table(role: str, blocks: Sequence[Block]) -> Table:
    areas = tuple(
        dict.fromkeys(
            result.rule.partition(".")[0]
            for block in blocks
            for result in block.results
        )
    )
    return Table(role, areas, tuple(_row(block, areas) for block in blocks))


def _row(block: Block, areas: tuple[str, ...]) -> Row:
    counts = {area: Counter[RuleStatus]() for area in areas}
    for rule, results in by_rule(block.results).items():
        counts[rule.partition(".")[0]][rule_status(results)] += 1
    cells = tuple(counts[area] for area in areas)
    return Row(block.header.name, cells)
