"""The ``platforms`` commands: images of other systems, prepared once and kept."""

from __future__ import annotations

import click
from rich.console import Console

from manylinux_conformance.containers.catalogue import chosen, read_containers
from manylinux_conformance.containers.engine import connect
from manylinux_conformance.containers.prepare import Wishes, prepare


@click.group()
def platforms() -> None:
    """List and prepare the images that serve as platforms."""


@platforms.command("list")
def list_command() -> None:
    """List every platform of the catalogue and whether it is prepared.

    \b
    Example:
      manylinux-conformance platforms list
    """  # noqa: D301 - \b keeps click from folding the example
    engine = connect()
    for container in read_containers():
        state = "prepared" if engine.image(container.image) else "-"
        click.echo(f"{container.name:26} {container.release.glibc:6} {state}")


@platforms.command("prepare")
@click.argument("patterns", nargs=-1, required=True)
@click.option("--mirror", default="", help="A Debian mirror's address.")
def prepare_command(patterns: tuple[str, ...], mirror: str) -> None:
    """Get the images of platforms.

    \b
    Example:
      manylinux-conformance platforms prepare debian-12-s390x
    """  # noqa: D301 - as above
    console = Console(stderr=True)
    engine = connect()
    for pattern in patterns:
        for container in chosen(read_containers(), pattern):
            say = console.print
            prepare(engine, container, Wishes(mirror=mirror), say)
            console.print(f"{container.name}: prepared", highlight=False)
