"""Prints blocks on a terminal: the summary tables and what was not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from manylinux_conformance.reports.not_run import not_run_lines
from manylinux_conformance.reports.summary import (
    drafts_line,
    legend,
    summarize,
    words,
)
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.suite.rules import Rule


def print_summary(
    blocks: Sequence[Block], rules: Mapping[str, Rule], console: Console
) -> None:
    """Print one table per role and the reasons for what was not run."""
    for summary in summarize(blocks, rules):
        console.print(f"\nRules, asked as {summary.role}", style="bold")
        table = Table()
        table.add_column("tool", no_wrap=True)
        for column in summary.columns:
            table.add_column(column.title)
        for rows, kind in ((summary.rows, ""), (summary.older, "dim")):
            for row in rows:
                table.add_row(row.tool, *map(words, row.cells), style=kind)
            table.add_section()
        console.print(table)
    console.print(f"Rules: {legend()}.", style="dim")
    if drafts := drafts_line(blocks):
        console.print(drafts, style="dim", highlight=False)
    for line in not_run_lines(blocks):
        console.print(
            line, style="yellow", highlight=False, markup=False, soft_wrap=True
        )
