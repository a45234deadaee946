"""The ``real-wheels`` command: audits published wheels three ways."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
import platformdirs

from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.real_wheels.audits import audit_real_wheels
from manylinux_conformance.real_wheels.compare import unexplained
from manylinux_conformance.real_wheels.files import fetch, read_real_wheels
from manylinux_conformance.real_wheels.page import (
    read_differences,
    read_unpublished,
    render,
)


@click.command(epilog=examples("real-wheels --only scipy"))
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/real-wheels"),
    help="Where real-wheels.md and real-wheels.json go.",
    show_default=True,
)
@click.option("--only", default="", help="Only wheels whose name contains this.")
def real_wheels(report: Path, only: str) -> None:
    """Audit well-known wheels with the reference, auditwheel and glibc's loader.

    Wheels that are not in the cache yet are downloaded, up to 1 GB of them.
    Exit status: 0 the opinions agree or explained.toml says why they differ, 1 they
    differ otherwise, 3 a wheel or an auditor cannot be had.
    """
    folder = data_folder("real-wheels")
    cache = platformdirs.user_cache_path("manylinux-conformance")
    wheels = [each for each in read_real_wheels(folder) if only in each.file]
    paths = [fetch(wheel, cache / "real-wheels", click.echo) for wheel in wheels]
    audited = audit_real_wheels(paths, cache, click.echo)
    explained = tuple(each for each in read_differences(folder) if only in each.wheel)
    report.mkdir(parents=True, exist_ok=True)
    page = render(audited, explained, wheels, read_unpublished(folder))
    (report / "real-wheels.md").write_text(page)
    document = msgspec.json.format(msgspec.json.encode(audited), indent=1)
    (report / "real-wheels.json").write_bytes(document + b"\n")
    problems = unexplained(audited, explained)
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)
