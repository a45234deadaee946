"""The commands about adapter files: a new one, their schema, smoke questions."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
import platformdirs
from manylinux_fixtures.files.temporary_folder import temporary_folder
from rich.console import Console

from manylinux_conformance.asking.index.client import refuse_beyond
from manylinux_conformance.asking.index.table import index_addresses
from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.adapter_check import check_adapter
from manylinux_conformance.tools.adapter_keys import page, schema
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.new_adapter import NewAdapter, write_adapter

ROLES_TO_NAME = (Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR)
COMMANDS_TO_SHOW = {
    Role.INSTALLER: "./mytool install --find-links={links} --target={target}"
    " --python={python} --requirement={requirements}",
    Role.TAG_LIBRARY: "{python} ./answer_lines.py",
    Role.AUDITOR: "./mytool check {wheel}",
}


@click.group(epilog=examples("adapter new mytool.toml"))
def adapter() -> None:
    """Write and describe adapter files, which say how a tool is asked."""


@adapter.command("new", epilog=examples("adapter new mytool.toml"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new_command(*, file: Path) -> None:
    """Ask five questions and write an adapter FILE.

    Exit status: 0 written, 2 there is such a file, or an answer cannot be used.
    """
    if file.exists():
        raise InputError(file, "is there already; choose another name")
    name = click.prompt("1/5 What is the tool's name", default=file.stem)
    roles = click.Choice([role.value for role in ROLES_TO_NAME])
    role = Role(
        click.prompt("2/5 What is it", type=roles, default=Role.INSTALLER.value)
    )
    click.echo(f"  for example: {COMMANDS_TO_SHOW[role]}")
    command = click.prompt("3/5 Which command asks it")
    version = click.prompt("4/5 Which command prints its version", default="")
    click.echo("  without one it is the program of this machine that the command names")
    pypi = click.prompt("5/5 Which requirement installs it from PyPI", default="")
    write_adapter(file, NewAdapter(name, role, command, version, pypi))
    click.echo(f"{file}: written; check it with 'adapter-check {file}'")


@adapter.command("lint", epilog=examples("adapter lint mytool.toml"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def lint_command(*, files: tuple[Path, ...]) -> None:
    """Read adapter FILES and say what is wrong with them; nothing is started."""
    for file in files:
        read_adapter(file)


@adapter.command("keys", epilog=examples("adapter keys"))
def keys_command() -> None:
    """Print every key of an adapter file, with its meaning, as Markdown."""
    click.echo(page(), nl=False)


@adapter.command("schema", epilog=examples("adapter schema > adapter.schema.json"))
def schema_command() -> None:
    """Print the JSON Schema of adapter files, for editors."""
    click.echo(msgspec.json.format(msgspec.json.encode(schema()), indent=1))


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
    described = read_adapter(file)
    refuse_beyond(index_addresses(described.tables.values()), remotes)
    console = Console(stderr=True)

    def tell(words: str) -> None:
        """Show what is being done: in one place on a terminal, else in lines."""
        status.update(words)
        if not console.is_terminal:
            console.print(words, style="dim", highlight=False, soft_wrap=True)

    cache = platformdirs.user_cache_path("manylinux-conformance")
    with (
        temporary_folder() as folder,
        console.status("asking", spinner="line") as status,
    ):
        findings = check_adapter(
            file, cache, folder / "runs", offline=offline, progress=tell
        )
    for finding in findings:
        click.echo(str(finding))
    if not findings:
        said = f"works as {' and '.join(role.value for role in described.roles)}"
        click.echo(f"{file}: {said}; now ask it everything with 'run --tool {file}'")
    sys.exit(1 if findings else 0)
