"""The ``platforms`` commands: images of other systems, prepared once and kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
import platformdirs
from rich.console import Console

from manylinux_conformance.containers.archive import save_archive
from manylinux_conformance.containers.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.containers.doctor import State, examine
from manylinux_conformance.containers.engine import Engine, connect
from manylinux_conformance.containers.image_lock import ImageLockFile, usual_lock
from manylinux_conformance.containers.interruption import signals_interrupt
from manylinux_conformance.containers.prepare import Preparation, Wishes
from manylinux_conformance.containers.prepare_all import Outcome, alone, prepare_all
from manylinux_conformance.containers.prepared_list import (
    lines,
    prepared_list,
    size,
)
from manylinux_conformance.containers.steps import Steps
from manylinux_conformance.input_error import InputError
from manylinux_conformance.releases import Source

DEFAULT = ("debian-12-*", "debian-13-riscv64")  # what a Debian mirror has, once each
INTERRUPTED = 130
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
    try:
        engine = connect(address)
    except InputError as error:
        click.echo(f"which are prepared is not known: {error}", err=True)
        engine = None
    rows = prepared_list(_named(patterns), engine)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=1))
    else:
        click.echo("\n".join(lines(rows)))


@platforms.command("prepare")
@click.argument("patterns", nargs=-1)
@click.option("--source", type=click.Choice(list(Source)), help="Only this source.")
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
    Exit status: 0 all are prepared, 1 some are not, 130 interrupted.

    \b
    Examples:
      manylinux-conformance platforms prepare
      manylinux-conformance platforms prepare 'debian-12-*' --archives ./images
    """  # noqa: D301 - as above
    containers = _named(patterns or DEFAULT)
    only = Source(source) if source else None
    locked = ImageLockFile(lock or usual_lock())
    wishes = Wishes(only, mirror, archives, registry, locked, accept_changed)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    preparation = Preparation(connect(address), wishes)
    with signals_interrupt():
        try:
            complete = _prepare(preparation, containers, jobs, console)
        except KeyboardInterrupt:
            console.print("interrupted; what was prepared is kept")
            sys.exit(INTERRUPTED)
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
    engine = connect(address)
    for container in _prepared(patterns, engine):
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
    engine = connect(address)
    before = _disk(engine)
    for container in _prepared(patterns, engine):
        engine.remove(container.image)
        click.echo(f"{container.name}: removed")
    click.echo(f"before: {before}\nafter:  {_disk(engine)}", err=True)


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


def _named(patterns: Sequence[str]) -> tuple[Container, ...]:
    """Return what patterns name, in the catalogue's order; each must name something."""
    catalogue = read_containers()
    names = set()
    for pattern in patterns or ("*",):
        matches = chosen(catalogue, pattern)
        if not matches:
            raise InputError(pattern, "no such platform; see 'platforms list'")
        names |= {each.name for each in matches}
    return tuple(each for each in catalogue if each.name in names)


def _prepared(patterns: Sequence[str], engine: Engine) -> Iterator[Container]:
    found = [each for each in _named(patterns) if engine.image(each.image)]
    if not found:
        raise InputError(", ".join(patterns), "none of these platforms is prepared")
    yield from found


def _prepare(
    preparation: Preparation,
    containers: Sequence[Container],
    jobs: int,
    console: Console,
) -> bool:
    """Prepare platforms, telling what goes on; return whether all are prepared."""
    held = platformdirs.user_cache_path("manylinux-conformance") / "prepare.lock"
    engine = preparation.engine
    complete = True
    with alone(held, lambda: console.print("waiting for another 'platforms prepare'")):
        console.print(f"before: {_disk(engine)}")
        with Steps(console, len(containers)) as steps:
            for outcome in prepare_all(preparation, containers, jobs, steps.tell):
                steps.done(outcome.container, _words(outcome))
                complete &= outcome.prepared is not None
        console.print(f"after:  {_disk(engine)}")
    return complete


def _words(outcome: Outcome) -> str:
    prepared = outcome.prepared
    if prepared is None:
        return f"not prepared: {outcome.reason}"
    if prepared.source is None:
        return "is prepared"
    how = f"prepared from {prepared.source} in {outcome.seconds:.1f} s"
    words = f"{how}, {size(prepared.image.size)}"
    if not prepared.has_python:
        paths = ", ".join(outcome.container.release.interpreters)
        words += f"; it has no Python at {paths}, so no tool can be asked in it"
    return words


def _disk(engine: Engine) -> str:
    images, free = engine.images(), engine.free()
    room = "" if free is None else f"; {size(free)} free"
    return f"{len(images)} images, {size(sum(images.values()))}{room}"
