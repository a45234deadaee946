"""The ``adapter-check`` command: smoke questions before any score counts."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
import platformdirs
from rich.console import Console

from manylinux_conformance.asking.index_address import refuse_beyond
from manylinux_conformance.asking.index_table import index_addresses
from manylinux_conformance.cli.adapter_check import check_adapter
from manylinux_conformance.cli.examples import examples
from manylinux_conformance.tools.adapters import read_adapter


@click.command(epilog=examples("adapter-check ./mytool.toml"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--offline", is_flag=True, help="Install nothing; use what is cached.")
@click.option(
    "--remote", "remotes", multiple=True, metavar="HOST",
    help="An index on another machine may be asked.",
)  # fmt: skip
def adapter_check(file: Path, *, offline: bool, remotes: tuple[str, ...]) -> None:
    """Ask the tool of an adapter FILE a dozen smoke questions, twice.

    Exit status: 0 the tool works in every role, 1 it does not.
    """
    adapter = read_adapter(file)
    refuse_beyond(index_addresses(adapter.tables.values()), remotes)
    console = Console(stderr=True)
    cache = platformdirs.user_cache_path("manylinux-conformance")
    with (
        tempfile.TemporaryDirectory(prefix="adapter-check-") as folder,
        console.status("asking", spinner="line") as status,
    ):
        findings = check_adapter(
            file,
            cache,
            Path(folder) / "runs",
            offline=offline,
            progress=status.update,
        )
    for finding in findings:
        click.echo(str(finding))
    if not findings:
        said = f"works as {' and '.join(role.value for role in adapter.roles)}"
        click.echo(f"{file}: {said}; now ask it everything with 'run --tool {file}'")
    sys.exit(1 if findings else 0)
