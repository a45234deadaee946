"""The ``deviations`` commands: files of the causes for which a tool differs."""

from __future__ import annotations

from pathlib import Path

import click

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.merge import merged
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.recording import recorded
from manylinux_conformance.tools.selection import choose_tools

INIT = "deviations init --tool ./mytool.toml build/conformance/results.jsonl"


@click.group(epilog=examples(INIT))
def deviations() -> None:
    """Write down why a tool differs from the rules."""


@deviations.command("init", epilog=examples(INIT))
@click.option("--tool", required=True, help="NAME, NAME==VERSION or a file.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def init_command(*, tool: str, files: tuple[Path, ...]) -> None:
    """Print a file of causes that explains each difference of a run, for review.

    Put it into a file for 'run --deviations', or into the adapter file itself, and
    write in the place of each rule what the tool does differently, and why.
    Exit status: 0 printed, 2 a file cannot be used.
    """
    names = {each.name for each in choose_tools([tool])}
    blocks = merged(files, load_suite().lock_digest)
    mine = [block for block in blocks if block.header.name in names]
    if not mine:
        raise InputError(files[0], f"has no answers of {', '.join(sorted(names))}")
    click.echo(recorded(mine), nl=False)
