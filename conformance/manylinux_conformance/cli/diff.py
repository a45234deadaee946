"""The ``diff`` command: which verdicts moved between two results."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from manylinux_conformance.cli.examples import examples
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import Block, read_blocks, read_results
from manylinux_conformance.results.moved import moved

SHOWN = 200  # lines of Markdown; a job summary is read by people


@click.command(epilog=examples("diff main/results.jsonl build/conformance"))
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--markdown", is_flag=True, help="Print it for a job summary.")
def diff(old: Path, new: Path, *, markdown: bool) -> None:
    """Say which verdicts moved from OLD to NEW, files of results or folders of them.

    Exit status: 0 none moved, 1 some did, 2 a file cannot be used.
    """
    found = list(moved(_read(old), _read(new)))
    kinds = Counter(each.verdicts for each in found)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    summary = f"{len(found)} verdicts moved: {counted}" if found else "no verdict moved"
    click.echo(f"## {summary}\n" if markdown else summary)
    worst = sorted(found, key=lambda each: not each.is_worse)
    for each in worst[:SHOWN] if markdown else worst:
        click.echo(f"- {each}" if markdown else str(each))
    if markdown and len(found) > SHOWN:
        click.echo(f"\nand {len(found) - SHOWN} more")
    sys.exit(1 if found else 0)


def _read(path: Path) -> list[Block]:
    blocks = read_results(path) if path.is_dir() else list(read_blocks(path))
    if not blocks:
        raise InputError(path, "holds no results")
    return blocks
