"""The ``loader`` command: has glibc's own loader judge the corpus."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.cli.terminal.progress import ProgressBars
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.corpus.manifest import read_corpus
from manylinux_conformance.loader.reasons import read_reasons, without_reason
from manylinux_conformance.loader.report import write_soundness_report
from manylinux_conformance.loader.soundness import (
    ClaimQuestion,
    SoundnessReport,
    check_soundness,
    corpus_questions,
)


@click.command(epilog=examples("loader --arch x86_64"))
@click.option("--arch", default="", help="Only wheels of this architecture.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1)
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, path_type=Path),
    help="A built corpus.  [default: the fixture wheels]",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/conformance"),
    help="Where loader.json and loader.md go.",
    show_default=True,
)
def loader(arch: str, jobs: int, corpus: Path | None, output: Path) -> None:
    """Ask glibc's loader whether what the rules accept really loads.

    Exit status 1: the rules accept a wheel that the loader refuses, or a rule refuses
    what the loader accepts and reasons.toml does not say why.
    """
    cache = platformdirs.user_cache_path("manylinux-conformance")
    wheels = read_corpus(corpus) if corpus else built_corpus(cache)
    asked = [each for each in corpus_questions(wheels) if arch in {"", each.arch}]
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    report = _ask(asked, cache, jobs, console)
    reasons = read_reasons()
    output.mkdir(parents=True, exist_ok=True)
    write_soundness_report(report, output, reasons)
    for name, reason in report.not_run.items():
        console.print(f"not run: {name}: {reason}", style="yellow")
    problems = list(_problems(report, reasons))
    for problem in problems:
        console.print(problem, style="red")
    counts = f"{len(report.answers)} answers, {len(problems)} problems"
    console.print(f"{counts}; report: {output}/loader.md")
    sys.exit(1 if problems else 0)


def _ask(
    questions: list[ClaimQuestion], cache: Path, jobs: int, console: Console
) -> SoundnessReport:
    done = itertools.count(1)
    total = len(questions)
    with ProgressBars(console) as progress:
        return check_soundness(
            questions,
            cache,
            jobs,
            lambda _: progress.take_note("asking the loader", next(done), total),
        )


def _problems(report: SoundnessReport, reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each claim that is unsound and each rule without a reason."""
    for answer in report.unsound:
        complaints = "; ".join(answer.grounds)
        yield f"unsound: {answer.id} at {answer.level}: {complaints}"
    for rule in without_reason(report, reasons):
        yield f"no reason in reasons.toml: {rule} refuses what the loader accepts"
