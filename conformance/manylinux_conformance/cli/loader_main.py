"""The command line of the loader oracle.

    python -m manylinux_conformance.oracle CORPUS --cache FOLDER --report FOLDER

Exit status 1: the rules accept what a loader refuses, or a rule that is stricter than
the loader gives no reason for it.
"""

from __future__ import annotations

import fnmatch
import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from manylinux_conformance.corpus.manifest import read_corpus
from manylinux_conformance.errors import InputError
from manylinux_conformance.loader.reasons import read_reasons, without_reason
from manylinux_conformance.loader.report import write_oracle_report
from manylinux_conformance.loader.soundness import OracleReport as Report
from manylinux_conformance.loader.soundness import (
    Question,
    corpus_questions,
    run_loader_oracle,
)

_folder = click.Path(path_type=Path, file_okay=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpus", type=_folder)
@click.option("--cache", type=_folder, required=True, help="Keeps the sysroots.")
@click.option("--report", type=_folder, required=True, help="Gets loader.md and .json.")
@click.option("--arch", default="*", help="Only architectures that match.")
@click.option("--jobs", default=os.cpu_count() or 1, help="Loaders at a time.")
def main(corpus: Path, cache: Path, report: Path, arch: str, jobs: int) -> None:
    """Ask glibc's loader about every wheel of the built CORPUS."""
    try:
        wheels = read_corpus(corpus).only(lambda line: fnmatch.fnmatch(line.arch, arch))
        reasons = read_reasons()
        found = _ask(list(corpus_questions(wheels)), cache.resolve(), jobs)
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    report.mkdir(parents=True, exist_ok=True)
    write_oracle_report(found, report, reasons)
    problems = [f"{each.id} at {each.level}: {each.grounds}" for each in found.unsound]
    problems += [f"{rule}: no reason" for rule in without_reason(found, reasons)]
    for problem in problems:
        click.echo(problem, err=True)
    for missing, why in sorted(found.not_run.items()):
        click.echo(f"{missing}: not run, {why}")
    click.echo(f"{len(found.answers)} claims, {len(problems)} problems")
    sys.exit(1 if problems else 0)


def _ask(questions: list[Question], cache: Path, jobs: int) -> Report:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("asking the loader", total=len(questions))
        return run_loader_oracle(
            questions, cache, jobs, lambda _: progress.advance(bar)
        )


if __name__ == "__main__":
    main()
