"""The command ``reproduce``: a folder with which anybody repeats a verdict."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
import platformdirs

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.reproduce.folder import write_folder
from manylinux_conformance.reproduce.subject import find_subject
from manylinux_conformance.suite.load import load_suite

UNFIT = str.maketrans("/ .=", "----")


@click.command(
    epilog=examples(
        "reproduce installer.order.linux/linux-before-a-legacy-tag --tool uv==0.13.9"
    )
)
@click.argument("case")
@click.option("--tool", required=True, help="NAME==VERSION.")
@click.option(
    "--platform",
    default="",
    help="A platform, or a wheel's architecture; by default one with a difference.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="A new folder; by default one below build/reproduce.",
)
def reproduce(case: str, tool: str, platform: str, output: Path | None) -> None:
    """Write a folder with which anybody repeats a CASE with the tool alone.

    'run.sh' in it needs Python and the tool, and nothing of this project; 'README.md'
    can be the body of a report to the tool's maintainers.
    """
    cache = platformdirs.user_cache_path("manylinux-conformance")
    built = partial(built_corpus, cache)
    subject = find_subject(load_suite(), case, tool, platform, built)
    name = f"{subject.tool.name} {case} {subject.place.name}".translate(UNFIT)
    folder = output or Path("build") / "reproduce" / name
    write_folder(subject, folder)
    click.echo(f"{subject.name}\nsh {folder}/run.sh")
