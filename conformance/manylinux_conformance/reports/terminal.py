"""Prints blocks on a terminal: the summary tables and what was not run."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from manylinux_conformance.reports.not_run import not_run_lines
from manylinux_conformance.reports.summary import legend, summarize, words
from manylinux_conformance.results.blocks import Block


def print_summary(blocks: Sequence[Block], console: Console) -> None:
    """Print one table per role and the reasons for what was not run."""
    for summary in summarize(blocks):
        if not summary.areas:
            continue  # nothing was asked in this role; the reasons follow
        console.print(f"\nRules by area, asked as {summary.role}", style="bold")
        table = Table()
        table.add_column("tool", no_wrap=True)
        for area in summary.areas:
            table.add_column(area)
        for row in summary.rows:
            table.add_row(row.tool, *(words(counts) for counts in row.areas))
        console.print(table)
    console.print(f"Rules: {legend()}.", style="dim")
    for line in not_run_lines(blocks):
        console.print(
            line, style="yellow", highlight=False, markup=False, soft_wrap=True
        )
