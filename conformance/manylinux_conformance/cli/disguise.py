"""The ``disguise`` command: ask in other appearances, and compare the verdicts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click
import platformdirs
from manylinux_fixtures.disguise import Disguise
from rich.console import Console

from manylinux_conformance.cli.terminal.asking import AskingOptions, asking_options
from manylinux_conformance.cli.terminal.progress import ProgressBars
from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.reports.disguises import REPORT, print_shares, write_report
from manylinux_conformance.results.baseline import read_baseline
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.unanswered import unanswered
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.pipeline import WHOLE, run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.run.signals import interruptible
from manylinux_conformance.sandbox.scratch import scratch_folder
from manylinux_conformance.suite.filters import Wanted, Where
from manylinux_conformance.suite.load import Suite, load_suite, narrowed
from manylinux_conformance.tools.disguises import (
    Compared,
    Explanation,
    compared,
    read_explanations,
    unexplained,
    unmatched,
)
from manylinux_conformance.tools.kept_verdicts import update_kept
from manylinux_conformance.tools.selection import Tool, choose_newest, choose_tools

SEEDS = (1, 2, 3, 4, 5)
ROLES = (Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR)
FILE = "disguises.toml"
HELP = """Ask again with other names, releases, orders and layouts; compare verdicts.

From a seed each question gets another appearance, and keeps its meaning.
Without options the newest version of every tool is asked under five seeds, and about
one wheel of each recipe; the verdicts on file are those of 'run', which is seed 0.
Exit status: 0 every verdict is the one on file, or why it moves is written down in
disguises.toml; 1 some are not, or a question got no answer; 2 the input cannot be used,
3 something that is needed cannot be had.

\b
Examples:
  manylinux-conformance disguise --tool pip==26.3 --platform glibc-2.17
  manylinux-conformance disguise --role auditor --seed 7
"""


class DisguiseOptions(AskingOptions):
    """The options of the command, by the names of their parameters."""

    seeds: tuple[int, ...]
    update: bool
    output: Path


@click.command(help=HELP)
@asking_options(ROLES)
@click.option(
    "--seed",
    "seeds",
    type=click.IntRange(1),
    multiple=True,
    default=SEEDS,
    help="Another appearance; 1 to 5 by default.",
)
@click.option(
    "--update",
    is_flag=True,
    help="Commit how many verdicts kept, unless one moves and nobody knows why.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/disguises"),
    help="Where the report and the answers go.",
    show_default=True,
)
def disguise_command(**options: Unpack[DisguiseOptions]) -> None:
    """Ask in disguises and compare; the text for people is HELP."""
    file = data_folder("disguises") / FILE
    explanations = read_explanations(file)
    where = frozenset((Where.MODELLED,) if options["modelled"] else ())
    patterns = options["platforms"], options["rules"], options["cases"]
    wanted = Wanted(*patterns, where)
    if options["update"] and any(patterns):
        raise click.UsageError("--update is about all rules, cases and platforms")
    tools = choose_tools(options["tools"]) if options["tools"] else choose_newest()
    suite, baseline = (
        narrowed(load_suite(), wanted),
        read_baseline(data_folder("results")),
    )
    found: list[Compared] = []
    complaints: list[str] = []
    options["output"].mkdir(parents=True, exist_ok=True)
    for seed in dict.fromkeys(options["seeds"]):
        disguise = Disguise(seed)
        blocks = _ask(suite, tools, disguise, options)
        write_blocks(blocks, options["output"] / f"results-{seed}.jsonl")
        complaints += unanswered(blocks)
        found += (compared(block, baseline, disguise) for block in blocks)
    write_report(found, options["output"])
    print_shares(found, Console())
    everything = wanted.is_everything and not options["role"]
    complete = everything and set(SEEDS) <= set(options["seeds"])
    complaints += _explained(found, explanations, tools if complete else ())
    if options["update"] and not complaints:
        update_kept(found, data_folder("disguises"), modelled=options["modelled"])
    _end(complaints, found, options["output"])


def _ask(
    suite: Suite, tools: Sequence[Tool], disguise: Disguise, options: DisguiseOptions
) -> list[Block]:
    """Ask everything under one seed."""
    cache = platformdirs.user_cache_path("manylinux-conformance")
    roles = (Role(options["role"]),) if options["role"] else ROLES
    live = LiveContainers()
    with interruptible(live), scratch_folder() as work:
        jobs, offline = options["jobs"], options["offline"]
        settings = replace(
            Settings(cache, work, jobs, offline, live=live), disguise=disguise
        )
        with ProgressBars(Console(stderr=True), always=WHOLE) as progress:
            return list(run(suite, tools, roles, settings, progress.take_note))


def _explained(
    found: Sequence[Compared],
    explanations: Sequence[Explanation],
    complete: Sequence[Tool],
) -> list[str]:
    """Return what is not on file, and of tools asked completely, what is no more so."""
    moved = [one for each in found for one in each.moved]
    names = {tool.adapter.name for tool in complete}
    asked = [each for each in explanations if each.tool in names]
    idle = (str(each) for each in unmatched(moved, asked, FILE))
    return [*unexplained(moved, explanations), *idle]


def _end(complaints: Sequence[str], found: Sequence[Compared], output: Path) -> None:
    console = Console(stderr=True)
    if not any(each.count for each in found):
        complaints = [*complaints, "no question that has a verdict on file was asked"]
    if new := sum(each.new for each in found):
        said = f"not compared, because no verdict is on file: {new} answers"
        console.print(said, style="yellow", highlight=False)
    for complaint in complaints:
        console.print(complaint, highlight=False, markup=False, soft_wrap=True)
    if not complaints:
        said = "every verdict kept, or is written down as one that moves"
        console.print(said, style="green", highlight=False)
    console.print(f"report: {output}/{REPORT}", style="dim", highlight=False)
    sys.exit(1 if complaints else 0)
