"""Shows how many verdicts kept in disguises, on a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from manylinux_fixtures.files.atomic_file import whole_file
from rich.console import Console
from rich.table import Table

from manylinux_conformance.tools.disguises import Compared, shares

REPORT = "disguises.md"


def print_shares(found: Sequence[Compared], console: Console) -> None:
    """Print the share of verdicts that kept, a line for each tool and role."""
    table = Table("tool", "role", "verdicts that kept")
    for (tool, role), (kept, count) in shares(found).items():
        table.add_row(tool, role.value, f"{kept}/{count}")
    console.print(table)


def write_report(found: Sequence[Compared], folder: Path) -> None:
    """Write the shares and everything that moved into ``disguises.md``."""
    rows = (
        f"| {tool} | {role.value} | {kept}/{count} |"
        for (tool, role), (kept, count) in shares(found).items()
    )
    seeds = ", ".join(dict.fromkeys(str(each.seed) for each in found))
    moved = (f"- {one}" for each in found for one in each.moved)
    lines = (
        *("# Verdicts in disguise", "", f"Seeds: {seeds or 'none'}.", ""),
        *("| tool | role | verdicts that kept |", "|---|---|---|", *rows, ""),
        *("## What moved", "", *(list(moved) or ["Nothing."]), ""),
    )
    with whole_file(folder / REPORT) as new:
        new.write_text("\n".join(lines))
