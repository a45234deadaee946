"""The ``run`` command: ask tools, report, and compare with the baseline."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.asking.index.client import beyond, refuse_beyond
from manylinux_conformance.asking.index.table import index_addresses
from manylinux_conformance.cli.terminal.asking import AskingOptions, asking_options
from manylinux_conformance.cli.terminal.patterns import by_basis, site_option
from manylinux_conformance.cli.terminal.progress import ProgressBars
from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.data_folders import data_folder, is_installed
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.catalogue import elsewhere
from manylinux_conformance.reports.about import about
from manylinux_conformance.reports.reports import RESULTS, write_reports
from manylinux_conformance.reports.summary import summarize, words
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.baseline import (
    Baseline,
    changes,
    not_rerun,
    notes,
    read_baseline,
)
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.journal import (
    Journal,
    close_journal,
    open_journal,
)
from manylinux_conformance.results.unanswered import unanswered
from manylinux_conformance.results.update import Scope, update_baseline
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.run.own_share import processor_time
from manylinux_conformance.run.pipeline import WHOLE, run
from manylinux_conformance.run.places import INSIDE
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.run.signals import interruptible
from manylinux_conformance.sandbox.scratch import scratch_folder
from manylinux_conformance.suite.filters import (
    Patterns,
    Wanted,
    Where,
    rules_of_bases,
)
from manylinux_conformance.suite.load import (
    Suite,
    load_suite,
    narrowed,
    near_cases,
)
from manylinux_conformance.suite.shard import read_shard
from manylinux_conformance.tools.selection import (
    Tool,
    choose_newest,
    choose_tools,
    quick_first,
)
from manylinux_conformance.tools.unexplained import (
    unexplained_differences,
    unused_deviations,
)

SHOWN = 20  # unexplained differences printed before pointing to the report
HELP = """Ask tools the questions of the suite and report their answers.

Without options the newest pinned release of each tool is asked on every modelled
platform, the quick ones first.  --all adds older releases and every prepared container;
'platforms list' shows which there are.  --check and --update are about all of it, and
a tool that is named is asked everywhere.
Exit status: 0 all answers are right or recorded as deviations, 1 some are not, or a
question got no answer, 2 the input cannot be used, 3 something that is needed cannot
be had.

\b
Examples:
  manylinux-conformance run --tool pip==26.3 --platform glibc-2.17
  manylinux-conformance run --rule 'installer.order.*'
  manylinux-conformance run --platform 'debian-12-*' --platform 'debian-13-riscv64'
  manylinux-conformance run --engine 'debian-12-aarch64=ssh://me@arm.example'
  manylinux-conformance run --tool ./mytool.toml

\b
Your own installer is a file like this (mytool.toml, anywhere):
  name = "mytool"
  roles = ["installer"]
  [installer]
  command = ["./mytool", "install", "--python={python}", "--find-links={links}",
             "--target={target}", "--requirement={requirements}"]

Check it first with 'manylinux-conformance adapter-check ./mytool.toml'.
"""


class RunOptions(AskingOptions):
    """The options of the command, by the names of their parameters."""

    bases: tuple[str, ...]
    engines: tuple[str, ...]
    remotes: tuple[str, ...]
    deviations: Path | None
    as_json: bool
    check: bool
    update: bool
    output: Path
    containers: bool
    real: bool
    shard: str
    resume: bool
    site: str
    everything: bool


@click.command(help=HELP)
@asking_options(ROLES)
@click.option("--containers", is_flag=True, help="In containers alone.")
@click.option("--real", is_flag=True, help="In containers, nothing modelled in them.")
@by_basis()
@click.option("--shard", default="1/1", metavar="I/N", help="Only part I of N parts.")
@click.option("--all", "everything", is_flag=True, help="Old releases, containers too.")
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option("--json", "as_json", is_flag=True, help="Print the result lines.")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    help="Another Docker engine, as ADDRESS or PATTERN=ADDRESS.",
)
@click.option(
    "--remote",
    "remotes",
    multiple=True,
    metavar="HOST",
    help="An index on another machine may be asked, which keeps what is uploaded.",
)
@click.option(
    "--deviations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Causes of differences of the one tool, in the place of those on file.",
)
@click.option("--check", is_flag=True, help="Fail if committed results would change.")
@click.option("--update", is_flag=True, help="Commit the answers that came.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/conformance"),
    help="Where the reports go.",
    show_default=True,
)
@site_option()
def run_command(**options: Unpack[RunOptions]) -> None:
    """Ask tools and report; the text for people is HELP."""
    whole = load_suite()
    is_short = not (options["everything"] or options["check"] or options["update"])
    is_short = is_short and not options["tools"]
    chosen = choose_tools(options["tools"], options["deviations"])
    chosen = quick_first(choose_newest() if is_short else chosen)
    _name_remotes(chosen, options["remotes"])
    rules = rules_of_bases(whole.rules.values(), options["rules"], options["bases"])
    wanted = _wanted(options, rules, chosen, is_short=is_short)
    suite = narrowed(whole, wanted)
    containers = elsewhere(suite.containers, options["engines"])
    suite = replace(suite, containers=containers)
    _refuse_what_has_no_baseline(options)
    is_compared = options["check"] or options["update"] or wanted.is_everything
    # They take a second, and most runs need none.
    baseline = read_baseline(data_folder("results")) if is_compared else {}
    blocks, output = _ask(suite, chosen, options), options["output"]
    write_reports(blocks, suite.rules, output, about(options["site"]))
    close_journal(output)
    if options["as_json"]:
        sys.stdout.buffer.write((output / RESULTS).read_bytes())
    else:
        print_summary(blocks, suite.rules, Console())
    lost = list(unanswered(blocks))
    complaints = [*lost, *unexplained_differences(blocks, chosen, suite.rules)]
    if not any(block.results for block in blocks):
        near = near_cases(whole, wanted.cases)
        complaints.append("no question was put to any tool" + near)
    if wanted.is_everything and not lost:
        known = [*blocks, *not_rerun(blocks, baseline)]
        complaints += unused_deviations(known, chosen, tuple(ROLES))
    if options["check"]:
        complaints += _checked(_steady(blocks, suite), baseline, wanted)
    if options["update"]:
        _update(blocks, baseline, wanted)
    _print_complaints(complaints, output)
    sys.exit(1 if complaints else 0)


def _wanted(
    options: RunOptions, rules: Patterns, tools: Sequence[Tool], *, is_short: bool
) -> Wanted:
    """Return what is asked, and which part of it; parts know what the whole is.

    A short run is on this machine and its models alone, unless it names its places.
    """
    named = {
        Where.MODELLED: options["modelled"],
        Where.CONTAINERS: options["containers"],
        Where.REAL: options["real"],
    }
    where = frozenset(each for each, is_wanted in named.items() if is_wanted)
    if is_short and not (where or options["platforms"] or options["engines"]):
        where = frozenset({Where.MODELLED})
    whole = Wanted(options["platforms"], rules, options["cases"], where)
    names = [tool.name for tool in tools]
    said = repr((whole.platforms, rules, whole.cases, sorted(where), names))
    scope = hashlib.sha256(f"{said} {options['role']}".encode()).hexdigest()[:16]
    shard = read_shard(options["shard"])
    return (
        replace(whole, shard=replace(shard, scope=scope)) if shard.count > 1 else whole
    )


def _name_remotes(tools: Sequence[Tool], named: Sequence[str]) -> None:
    """Say to which other machines uploads will go; refuse those that nobody named."""
    for tool in tools:
        addresses = index_addresses(tool.adapter.tables.values())
        refuse_beyond(addresses, named)
        for host in beyond(addresses):
            console = Console(stderr=True)
            console.print(f"{tool.name}: uploads go to {host}", style="yellow")


def _refuse_what_has_no_baseline(options: RunOptions) -> None:
    """Refuse, before anything is asked, what would damage the baseline."""
    update, check = options["update"], options["check"]
    if not (update or check):
        return
    if update and is_installed():
        raise InputError("--update", "writes to a clone; this is an installed suite")
    if options["deviations"]:
        raise InputError("--deviations", "committed results have the causes on file")
    if update and check:
        raise InputError("--update", "does not go together with --check")
    if any(tool.endswith(".toml") for tool in options["tools"]):
        option = "--update" if update else "--check"
        raise InputError(option, "only pinned tools have committed results")


def _steady(blocks: Sequence[Block], suite: Suite) -> list[Block]:
    """Return the blocks without those of containers that change from day to day."""
    moving = {each.name for each in suite.containers if each.release.moving}
    asked = {block.header.platform for block in blocks if block.results} & moving
    for name in sorted(asked):
        note = f"not checked, because it changes from day to day: {name}"
        Console(stderr=True).print(note, style="yellow", highlight=False)
    return [block for block in blocks if block.header.platform not in moving]


def _checked(blocks: Sequence[Block], baseline: Baseline, wanted: Wanted) -> list[str]:
    """Compare with the baseline; say what cannot be compared."""
    for note in notes(blocks, baseline):
        Console(stderr=True).print(note, style="yellow", highlight=False)
    answered = [block for block in blocks if block.results]
    return [
        line
        for block in answered
        for line in changes(block, baseline, complete=wanted.is_everything)
    ]


def _update(blocks: Sequence[Block], baseline: Baseline, wanted: Wanted) -> None:
    """Write the answers over the committed ones, and say which of those stay."""
    scope = Scope(wanted.has_case, not wanted.platforms, wanted.is_everything)
    for note in update_baseline(blocks, baseline, data_folder("results"), scope):
        console = Console(stderr=True)
        console.print(note, style="yellow", highlight=False, soft_wrap=True)


def _ask(suite: Suite, tools: Sequence[Tool], options: RunOptions) -> list[Block]:
    """Run in a scratch folder, and keep the evidence whatever happens."""
    cache = platformdirs.user_cache_path("manylinux-conformance")
    role, output = options["role"], options["output"]
    roles = (Role(role),) if role else tuple(ROLES)
    output.mkdir(parents=True, exist_ok=True)
    live = LiveContainers()
    with interruptible(live), scratch_folder() as work:
        jobs, offline = options["jobs"], options["offline"]
        asked = (suite.lock_digest, suite.wanted, suite.cases, roles, tools)
        journal = open_journal(output, repr(asked), resume=options["resume"])
        settings = Settings(cache, work, jobs, offline, live=live, journal=journal)
        try:
            console = Console(stderr=True)
            with ProgressBars(console, always=WHOLE) as progress:
                found = run(suite, tools, roles, settings, progress.take_note)
                blocks = list(_told(found, suite, console))
            spent = str(processor_time(settings.timings))
            console.print(spent, style="dim", highlight=False)
            if sum(settings.timings.seconds.values()) >= 1:
                said = f"time in containers: {settings.timings}"
                console.print(said, style="dim", highlight=False)
        except KeyboardInterrupt:
            _tell_what_is_kept(journal)
            raise
        else:
            return blocks
        finally:
            _keep_evidence(work, output / "evidence", add=options["resume"])


def _print_complaints(complaints: Sequence[str], output: Path) -> None:
    console = Console(stderr=True)
    if not complaints:
        said = "every difference from the rules is a recorded deviation"
        console.print(said, style="green", highlight=False)
    for complaint in complaints[:SHOWN]:
        console.print(complaint, highlight=False, markup=False, soft_wrap=True)
    if len(complaints) > SHOWN:
        console.print(f"and {len(complaints) - SHOWN} more", highlight=False)
    said = f"reports: {output}/report.html, report.md, junit.xml, results.jsonl"
    console.print(said, style="dim", highlight=False, soft_wrap=True)


def _told(blocks: Iterable[Block], suite: Suite, console: Console) -> Iterator[Block]:
    """Yield blocks, and say of each what it comes to as soon as it is there."""
    for block in blocks:
        for table in summarize([block], suite.rules):
            cells = (
                f"{column.title}: {words(cell)}"
                for row in table.rows
                for column, cell in zip(table.columns, row.cells, strict=True)
                if cell
            )
            place = block.header.platform or "this machine"
            name = f"{block.header.name} as {table.role} on {place}"
            said = f"{name}: {'; '.join(cells)}"
            console.print(said, highlight=False, markup=False, soft_wrap=True)
        yield block


def _tell_what_is_kept(journal: Journal) -> None:
    if kept := len(journal):
        places = "1 place is" if kept == 1 else f"{kept} places are"
        said = f"what was asked in {places} kept; go on with the same command and"
        Console(stderr=True).print(f"{said} --resume", highlight=False, soft_wrap=True)


def _keep_evidence(work: Path, kept: Path, *, add: bool) -> None:
    """Let the evidence of this run take the place of the last one's, or add to it."""
    for name in ("probes", INSIDE, "shim"):
        shutil.rmtree(work / name, ignore_errors=True)
    if not add:
        shutil.rmtree(kept, ignore_errors=True)
    with contextlib.suppress(shutil.Error):  # a pipe or the like that a tool left there
        shutil.copytree(work, kept, symlinks=True, dirs_exist_ok=add)
