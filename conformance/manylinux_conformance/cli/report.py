"""The ``report`` commands: what can be done with results without asking anybody."""

from __future__ import annotations

import sys
from collections.abc import Container
from pathlib import Path

import click
from rich.console import Console

from manylinux_conformance.cli.examples import examples
from manylinux_conformance.cli.patterns import by_basis
from manylinux_conformance.reports.reports import RESULTS, write_reports
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.merge import merged
from manylinux_conformance.suite.filters import rules_of_bases
from manylinux_conformance.suite.load import load_suite


@click.group(epilog=examples("report merge here.jsonl arm.jsonl --output all"))
def report() -> None:
    """Make reports of results that are there already."""


@report.command(
    "merge",
    epilog=examples("report merge here/results.jsonl arm/results.jsonl --output all"),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where the reports go.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result lines.")
@by_basis()
def merge_command(
    *, files: tuple[Path, ...], output: Path, as_json: bool, bases: tuple[str, ...]
) -> None:
    """Merge the results.jsonl of several runs into one set of reports.

    Every file has to be whole and about the rules of this release; what two of them
    answer has to be the same.  Nothing is written otherwise.
    Exit status: 0 merged, 2 a file cannot be used.
    """
    suite = load_suite()
    wanted = rules_of_bases(suite.rules.values(), (), bases) or tuple(suite.rules)
    blocks = [_only(one, set(wanted)) for one in merged(files, suite.lock_digest)]
    write_reports(blocks, suite.rules, output)
    if as_json:
        sys.stdout.buffer.write((output / RESULTS).read_bytes())
        return
    print_summary(blocks, suite.rules, Console())
    click.echo(
        f"{len(files)} files, {len(blocks)} blocks: {output}/report.html", err=True
    )


def _only(block: Block, rules: Container[str]) -> Block:
    """Return a block with the answers about some rules alone."""
    results = tuple(result for result in block.results if result.rule in rules)
    return Block(block.header, results, block.not_run)
