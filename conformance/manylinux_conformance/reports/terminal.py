"""Prints blocks on a terminal: the summary tables and what is unexplained."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from manylinux_conformance.reports.summary import legend, summarize, words
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import ELSEWHERE, UNPREPARED


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
    print_not_run(blocks, console)


def print_not_run(blocks: Sequence[Block], console: Console) -> None:
    """Print each reason for which something was not run, once."""
    reasons: dict[str, dict[str, None]] = {}
    for block in blocks:
        tool = block.header.name
        for line in block.not_run:
            # What no tool was asked on is no matter of a tool.
            whose = "" if block.header.platform == ELSEWHERE else f"{tool} on "
            reasons.setdefault(line.reason, {})[f"{whose}{line.platform}"] = None
    patterns = [
        reason.removeprefix(UNPREPARED)
        for reason in list(reasons)
        if reason.startswith(UNPREPARED) and reasons.pop(reason)
    ]
    if patterns:  # one paragraph: the catalogue is long
        said = f"{UNPREPARED}PATTERN, which is one of {', '.join(patterns)}"
        console.print(said, style="yellow", highlight=False)
    for reason, found in reasons.items():
        places = list(found)
        shown = ", ".join(places[:3]) + (" …" if len(places) > 3 else "")  # noqa: PLR2004 - enough to recognize
        console.print(f"not run: {shown}: {reason}", style="yellow", highlight=False)
