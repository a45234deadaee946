"""The ``adapter-check`` command: smoke questions before any score counts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.cli.adapter_check import check_adapter


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--offline", is_flag=True, help="Install nothing; use what is cached.")
def adapter_check(file: Path, *, offline: bool) -> None:
    """Ask the tool of an adapter FILE a dozen smoke questions, twice.

    Exit status 1: the adapter does not work as a role needs it.

    \b
    Example:
      manylinux-conformance adapter-check ./mytool.toml
    """  # noqa: D301 - \b keeps click from folding the example
    console = Console(stderr=True)
    cache = platformdirs.user_cache_path("manylinux-conformance")
    with (
        tempfile.TemporaryDirectory(prefix="adapter-check-") as folder,
        console.status("asking", spinner="line") as status,
    ):
        findings = check_adapter(
            file, cache, Path(folder) / "runs", offline=offline, progress=status.update
        )
    for finding in findings:
        click.echo(str(finding))
    if not findings:
        click.echo(f"{file}: works; now ask it everything with 'run --tool {file}'")
    sys.exit(1 if findings else 0)
