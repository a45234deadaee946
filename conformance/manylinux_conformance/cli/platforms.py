"""The ``platforms`` commands: images of other systems, prepared once and kept."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
import platformdirs
from rich.console import Console

from manylinux_conformance.images.archive import save_archive
from manylinux_conformance.images.doctor import State, examine
from manylinux_conformance.images.engines import Engines
from manylinux_conformance.images.image_lock import ImageLockFile, usual_lock
from manylinux_conformance.images.prepare import Preparation, PrepareOptions
from manylinux_conformance.images.prepare_all import alone, prepare_all
from manylinux_conformance.images.prepared_list import lines, size
from manylinux_conformance.images.selection import named, prepared, rows_of
from manylinux_conformance.images.steps import Steps, disk_use
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Source
from manylinux_conformance.run.signals import exit_status, terminable

DEFAULT = ("debian-12-*", "debian-13-riscv64")  # what a Debian mirror has, once each
ENGINE = click.option(
    "--engine", "address", default="", help="Another engine: an address or a context."
)


@click.group()
def platforms() -> None:
    """List and prepare the images that serve as platforms.

    \b
    Example:
      manylinux-conformance platforms doctor
    """  # noqa: D301 - \b keeps click from folding the example


@platforms.command("list")
@click.argument("patterns", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@ENGINE
def list_command(patterns: tuple[str, ...], *, as_json: bool, address: str) -> None:
    """List the platforms of the catalogue, and which are prepared.

    \b
    Example:
      manylinux-conformance platforms list 'debian-*'
    """  # noqa: D301 - as above
    tell = functools.partial(click.echo, err=True)
    rows = tuple(rows_of(patterns or ("*",), Engines(address), tell))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    else:
        click.echo("\n".join(lines(rows)))


@platforms.command("prepare")
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
def prepare_command(  # noqa: PLR0913 - one argument per option
    *,
    patterns: tuple[str, ...],
    source: str | None,
    mirror: str,
    registry: str,
    archives: Path | None,
    lock: Path | None,
    accept_changed: bool,
    jobs: int,
    address: str,
) -> None:
    """Get the images of platforms, from the first source that has each.

    Without PATTERNS: Debian 12 on its six architectures, and Debian 13 on riscv64.
    What is prepared is kept; a command that was interrupted can be given again.
    Exit status: 0 all are prepared, 1 some are not.

    \b
    Examples:
      manylinux-conformance platforms prepare
      manylinux-conformance platforms prepare 'debian-12-*' --archives ./images
    """  # noqa: D301 - as above
    containers = named(patterns or DEFAULT)
    only = Source(source) if source else None
    locked = ImageLockFile(lock or usual_lock())
    wishes = PrepareOptions(only, mirror, archives, registry, locked, accept_changed)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    preparation = Preparation(Engines(address), wishes)
    with terminable():
        try:
            complete = _prepare(preparation, containers, jobs, console)
        except KeyboardInterrupt as interruption:
            console.print("interrupted; what was prepared is kept")
            sys.exit(exit_status(interruption))
    sys.exit(0 if complete else 1)


@platforms.command("export")
@click.argument("patterns", nargs=-1, required=True)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder for the archives.",
)
@ENGINE
def export_command(patterns: tuple[str, ...], to: Path, address: str) -> None:
    """Write prepared images as archives, for machines without a network.

    \b
    Example:
      manylinux-conformance platforms export 'debian-12-*' --to ./images
    """  # noqa: D301 - as above
    for container, engine in prepared(patterns, Engines(address)):
        path = save_archive(engine, container, to)
        click.echo(f"{path}: {size(path.stat().st_size)}")


@platforms.command("remove")
@click.argument("patterns", nargs=-1, required=True)
@ENGINE
def remove_command(patterns: tuple[str, ...], address: str) -> None:
    """Remove prepared images.

    \b
    Example:
      manylinux-conformance platforms remove 'debian-12-*'
    """  # noqa: D301 - as above
    for container, engine in prepared(patterns, Engines(address)):
        before = disk_use({engine})
        engine.remove(container.image)
        click.echo(f"{container.name}: removed; before: {before}")
        click.echo(f"after: {disk_use({engine})}")


@platforms.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@ENGINE
def doctor_command(*, as_json: bool, address: str) -> None:
    """Look for what is missing for platforms, and say what would help.

    Exit status: 0 nothing is missing, 1 something is.

    \b
    Example:
      manylinux-conformance platforms doctor
    """  # noqa: D301 - as above
    found = tuple(examine(address))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        for each in found:
            click.echo(f"{each.state:8} {each.subject:12} {each.words}")
            if each.remedy:
                click.echo(f"{'':22}to repair: {each.remedy}")
    sys.exit(1 if any(each.state is State.MISSING for each in found) else 0)


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
    with alone(held, lambda: console.print("waiting for another 'platforms prepare'")):
        console.print(f"before: {disk_use(engines)}")
        with Steps(console, len(containers)) as steps:
            for outcome in prepare_all(preparation, containers, jobs, steps.tell):
                steps.done(outcome)
                complete &= outcome.prepared is not None
        console.print(f"after:  {disk_use(engines)}")
    return complete
