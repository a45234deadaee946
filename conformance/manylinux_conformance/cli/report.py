"""The commands ``report`` and ``diff``: what results say without asking anybody."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.cli.terminal.patterns import by_basis, examples, site_option
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.reports.about import about
from manylinux_conformance.reports.annotations import workflow_commands
from manylinux_conformance.reports.reports import RESULTS, write_reports
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.blocks import Block, read_blocks, read_results
from manylinux_conformance.results.merge import merged
from manylinux_conformance.results.moved import moved
from manylinux_conformance.roles.auditor import question_by_key
from manylinux_conformance.suite.filters import rules_of_bases
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.rejudging import Rejudging, Wheels
from manylinux_conformance.tools.selection import choose_tools

SHOWN = 200  # lines of Markdown; a job summary is read by people


class MergeOptions(TypedDict):
    """The options of ``merge``, by the names of their parameters."""

    files: tuple[Path, ...]
    output: Path
    as_json: bool
    bases: tuple[str, ...]
    tools: tuple[str, ...]
    deviations: Path | None
    site: str


@click.group(epilog=examples("report merge here.jsonl arm.jsonl --output all"))
def report() -> None:
    """Make reports of results that are there already."""


@report.command("annotate", epilog=examples("report annotate results.jsonl"))
@click.argument("file", type=click.Path(path_type=Path))
def annotate_command(*, file: Path) -> None:
    """Print an annotation of a GitHub workflow for each rule that is broken."""
    for line in workflow_commands(list(read_blocks(file)), load_suite().rules):
        click.echo(line)


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
@click.option("--tool", "tools", multiple=True, help="An adapter file, for its causes.")
@click.option(
    "--deviations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Causes of differences of the one tool, as they were given to 'run'.",
)
@site_option()
def merge_command(**options: Unpack[MergeOptions]) -> None:
    """Merge the results.jsonl of several runs into one set of reports.

    Every file has to be whole and about the rules of this release; what two of them
    answer has to be the same.  Every answer is judged again, and a file that says
    something else is refused with the line.  Nothing is written otherwise.
    Exit status: 0 merged, 2 a file cannot be used.
    """
    suite, files, output = load_suite(), options["files"], options["output"]
    bases, as_json = options["bases"], options["as_json"]
    rejudging = _rejudging(suite, options["tools"], options["deviations"])
    wanted = rules_of_bases(suite.rules.values(), (), bases) or tuple(suite.rules)
    found = merged(files, suite.lock_digest)
    for path in files:
        rejudging.check(path)
    blocks = [_only(one, set(wanted)) for one in found]
    write_reports(blocks, suite.rules, output, about(options["site"]))
    if as_json:
        sys.stdout.buffer.write((output / RESULTS).read_bytes())
        return
    print_summary(blocks, suite.rules, Console())
    click.echo(
        f"{len(files)} files, {len(blocks)} blocks: {output}/report.html", err=True
    )


def _rejudging(
    suite: Suite, tools: Sequence[str], deviations: Path | None
) -> Rejudging:
    """Return what results are held against: this suite, and the causes on file."""
    named = choose_tools(tools, deviations) if tools else []
    mine = {tool.adapter.name: tool.deviations for tool in named}
    known = read_all_deviations(data_folder("deviations"))
    pinned = {path.stem for path in data_folder("tools").glob("*.toml")}
    everybody = {**dict.fromkeys(pinned, ()), **known, **mine}
    cache = platformdirs.user_cache_path("manylinux-conformance")

    @functools.cache
    def wheels() -> Wheels:
        return question_by_key(built_corpus(cache), suite)

    return Rejudging(suite, everybody.get, wheels)


def _only(block: Block, rules: Container[str]) -> Block:
    """Return a block with the answers about some rules alone."""
    results = tuple(result for result in block.results if result.rule in rules)
    return Block(block.header, results, block.not_run)


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
