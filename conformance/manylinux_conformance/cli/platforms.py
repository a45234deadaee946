"""The ``platforms`` commands: images of other systems, prepared once and kept."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click
import msgspec
import platformdirs
from rich.console import Console
from rich.filesize import decimal

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.cli.terminal.progress import ProgressBars
from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.images.doctor import State, examine
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.prepare import Preparation, PrepareOptions
from manylinux_conformance.images.prepare_all import prepare_all
from manylinux_conformance.images.prepared_list import disk_use, lines, result_words
from manylinux_conformance.images.selection import named, prepared, rows_of
from manylinux_conformance.images.sources.archive import save_archive
from manylinux_conformance.images.sources.image_lock import ImageLockFile, usual_lock
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Source
from manylinux_conformance.run.signals import exit_status, terminable

WAITING = "waiting for another 'platforms prepare'"
DEFAULT = ("debian-12-*", "debian-13-riscv64")  # what a Debian mirror has, once each
ENGINE = click.option(
    "--engine", "address", default="", help="Another engine: an address or a context."
)


class SourceOptions(TypedDict):
    """The options of ``prepare`` that are about sources, as click gives them."""

    source: str | None
    mirror: str
    registry: str
    archives: Path | None
    lock: Path | None
    accept_changed: bool


@click.group(epilog=examples("platforms doctor"))
def platforms() -> None:
    """List and prepare the images that serve as platforms."""


@platforms.command("list", epilog=examples("platforms list 'debian-*'"))
@click.argument("patterns", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@ENGINE
def list_command(patterns: tuple[str, ...], *, as_json: bool, address: str) -> None:
    """List the platforms of the catalogue, and which are prepared."""
    tell = functools.partial(click.echo, err=True)
    rows = tuple(rows_of(patterns or ("*",), Engines(address), tell))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    else:
        click.echo("\n".join(lines(rows)))


@platforms.command(
    "prepare",
    epilog=examples(
        "platforms prepare", "platforms prepare 'debian-12-*' --archives ./images"
    ),
)
@click.argument("patterns", nargs=-1)
@click.option(
    "--source",
    type=click.Choice([one.value for one in Source]),
    help="Only this source.",
)
@click.option("--mirror", default="", help="A Debian mirror, as mmdebstrap takes it.")
@click.option("--registry", default="", help="A registry with the upstream names.")
@click.option("--archives", type=click.Path(path_type=Path), help="What export wrote.")
@click.option("--lock", type=click.Path(path_type=Path), help="The lock of digests.")
@click.option("--accept-changed", is_flag=True, help="Lock what a registry has now.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@ENGINE
def prepare_command(
    *,
    patterns: tuple[str, ...],
    jobs: int,
    address: str,
    **options: Unpack[SourceOptions],
) -> None:
    """Get the images of platforms, from the first source that has each.

    Without PATTERNS: Debian 12 on its six architectures, and Debian 13 on riscv64.
    What is prepared is kept; a command that was interrupted can be given again.
    Exit status: 0 all are prepared, 1 some are not.
    """
    containers = named(patterns or DEFAULT)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    preparation = Preparation(Engines(address), _prepare_options(options))
    with terminable():
        try:
            complete = _prepare(preparation, containers, jobs, console)
        except KeyboardInterrupt as interruption:
            console.print("interrupted; what was prepared is kept")
            sys.exit(exit_status(interruption))
    sys.exit(0 if complete else 1)


@platforms.command(
    "export", epilog=examples("platforms export 'debian-12-*' --to ./images")
)
@click.argument("patterns", nargs=-1, required=True)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder for the archives.",
)
@ENGINE
def export_command(patterns: tuple[str, ...], to: Path, address: str) -> None:
    """Write prepared images as archives, for machines without a network."""
    for container, engine in prepared(patterns, Engines(address)):
        path = save_archive(engine, container, to)
        click.echo(f"{path}: {decimal(path.stat().st_size)}")


@platforms.command("remove", epilog=examples("platforms remove 'debian-12-*'"))
@click.argument("patterns", nargs=-1, required=True)
@ENGINE
def remove_command(patterns: tuple[str, ...], address: str) -> None:
    """Remove prepared images."""
    for container, engine in prepared(patterns, Engines(address)):
        before = disk_use({engine})
        engine.remove(container.image)
        click.echo(f"{container.name}: removed; before: {before}")
        click.echo(f"after: {disk_use({engine})}")


@platforms.command("doctor", epilog=examples("platforms doctor"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@ENGINE
def doctor_command(*, as_json: bool, address: str) -> None:
    """Look for what is missing for platforms, and say what would help.

    Exit status: 0 nothing is missing, 1 something is.
    """
    found = tuple(examine(address))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        for each in found:
            click.echo(f"{each.state:8} {each.subject:12} {each.words}")
            if each.remedy:
                click.echo(f"{'':22}to repair: {each.remedy}")
    sys.exit(1 if any(each.state is State.MISSING for each in found) else 0)


def _prepare_options(options: SourceOptions) -> PrepareOptions:
    return PrepareOptions(
        source=Source(options["source"]) if options["source"] else None,
        mirror=options["mirror"],
        archives=options["archives"],
        registry=options["registry"],
        lock=ImageLockFile(options["lock"] or usual_lock()),
        accept_changed=options["accept_changed"],
    )


def _prepare(
    preparation: Preparation,
    containers: Sequence[Container],
    jobs: int,
    console: Console,
) -> bool:
    """Prepare platforms, telling what goes on; return whether all are prepared."""
    held = platformdirs.user_cache_path("manylinux-conformance") / "prepare.lock"
    engines = {preparation.engines.of(each) for each in containers}
    complete = True
    with exclusive_lock(held, lambda: console.print(WAITING)):
        console.print(f"before: {disk_use(engines)}")
        with ProgressBars(console) as progress:
            results = prepare_all(preparation, containers, jobs, progress.tell)
            for number, result in enumerate(results, 1):
                name = result.container.name
                count = f"{number}/{len(containers)}"
                progress.finish(name, f"{count} {name}: {result_words(result)}")
                complete &= result.prepared is not None
        console.print(f"after:  {disk_use(engines)}")
    return complete
