"""The ``cache`` commands: what was stored, with sizes, and how to be rid of it."""

from __future__ import annotations

import click
import platformdirs

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.sandbox.cache import remove, stored

MEGABYTE = 1024 * 1024


@click.group(epilog=examples("cache list", "cache clean 'tools/pip-*'"))
def cache() -> None:
    """List and remove what earlier runs stored; everything can be made again."""


@cache.command("list", epilog=examples("cache list 'tools/*'"))
@click.argument("pattern", default="*")
def list_command(*, pattern: str) -> None:
    """List what is stored, the largest first, with sizes in megabytes."""
    folder = platformdirs.user_cache_path("manylinux-conformance")
    found = list(stored(folder, pattern))
    for one in found:
        click.echo(f"{one.size / MEGABYTE:9.1f} MB  {one.name}")
    total = sum(one.size for one in found) / MEGABYTE
    click.echo(f"{total:9.1f} MB  in {folder}")


@cache.command("clean", epilog=examples("cache clean", "cache clean 'corpus/*'"))
@click.argument("pattern", default="*")
def clean_command(*, pattern: str) -> None:
    """Remove what is stored, or what a PATTERN of 'cache list' matches."""
    folder = platformdirs.user_cache_path("manylinux-conformance")
    freed = 0
    for one in stored(folder, pattern):
        remove(one)
        freed += one.size
        click.echo(f"removed {one.name}")
    click.echo(f"{freed / MEGABYTE:.1f} MB freed")
