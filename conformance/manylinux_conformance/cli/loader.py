"""The ``loader`` command: has glibc's own loader judge the corpus."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.cli.progress import ProgressBars
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.loader.report import write_oracle_report
from manylinux_conformance.loader.soundness import (
    Answer,
    corpus_questions,
    run_loader_oracle,
)
from manylinux_conformance.suite.load import load_suite


@click.command()
@click.option("--arch", default="", help="Only wheels of this architecture.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/conformance"),
    help="Where loader.json and loader.md go.",
    show_default=True,
)
def loader(arch: str, jobs: int, output: Path) -> None:
    """Ask glibc's loader whether what the rules accept really loads.

    Exit status 1: the rules accept a wheel that the loader refuses.

    \b
    Example:
      manylinux-conformance loader --arch x86_64
    """  # noqa: D301 - \b keeps click from folding the example
    console = Console(stderr=True)
    cache = platformdirs.user_cache_path("manylinux-conformance")
    questions = [
        question
        for question in corpus_questions(built_corpus(cache))
        if arch in {"", question.arch}
    ]
    with ProgressBars(console) as progress:
        done = 0

        def note(_: Answer) -> None:
            nonlocal done
            done += 1
            progress.take_note("asking the loader", done, len(questions))

        report = run_loader_oracle(questions, cache, jobs, note)
    output.mkdir(parents=True, exist_ok=True)
    rules = load_suite().rules
    write_oracle_report(
        report, output, {identifier: rule.text for identifier, rule in rules.items()}
    )
    for name, reason in report.not_run.items():
        console.print(f"not run: {name}: {reason}", style="yellow", highlight=False)
    for answer in report.unsound:
        console.print(f"unsound: {answer.id}", style="red", highlight=False)
    console.print(
        f"{len(report.answers)} answers, {len(report.unsound)} unsound; "
        f"report: {output}/loader.md",
        highlight=False,
    )
    sys.exit(1 if report.unsound else 0)
