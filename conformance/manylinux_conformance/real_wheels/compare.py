"""Audits well-known wheels with the reference, with auditwheel and with the loader.

    python -m manylinux_conformance.real_wheels

Chosen for variety, and graded by nobody: where two of the three differ, a committed
table says who is right and why.  A difference without an entry fails, and so does an
entry without a difference.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
import platformdirs

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.real_wheels.audits import Audited, audit_real_wheels
from manylinux_conformance.real_wheels.files import fetch, read_real_wheels
from manylinux_conformance.real_wheels.page import Difference, read_differences, render


def unexplained(
    audited: tuple[Audited, ...], explained: tuple[Difference, ...]
) -> list[str]:
    """Return each difference without an entry, and each entry without a difference."""
    differing = {each.file for each in audited if each.differs}
    entries = {each.wheel for each in explained}
    return [
        *(f"{file}: differs, and no entry says why" for file in differing - entries),
        *(f"{file}: has an entry and does not differ" for file in entries - differing),
    ]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    default=platformdirs.user_cache_path("manylinux-conformance"),
    help="Where wheels, tools and sysroots are kept.  [default: the user's cache]",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("build/real-wheels"),
    help="Where real-wheels.md and real-wheels.json go.",
    show_default=True,
)
@click.option("--only", default="", help="Only wheels whose name contains this.")
def main(cache: Path, report: Path, only: str) -> None:
    """Fetch the pinned wheels, audit them three ways, write a page of it.

    Exit status: 1 if opinions differ and explained.toml does not say why, 2 if a wheel
    cannot be had.

    \b
    Example:
      python -m manylinux_conformance.real_wheels --only scipy
    """  # noqa: D301 - \b keeps click from folding the example
    folder = data_folder("real-wheels")
    try:
        wheels = [each for each in read_real_wheels(folder) if only in each.file]
        say = click.echo
        paths = [fetch(wheel, cache / "real-wheels", say) for wheel in wheels]
        audited = audit_real_wheels(paths, cache, say)
        explained = tuple(
            each for each in read_differences(folder) if only in each.wheel
        )
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    report.mkdir(parents=True, exist_ok=True)
    (report / "real-wheels.md").write_text(render(audited, explained, wheels))
    document = msgspec.json.format(msgspec.json.encode(audited), indent=1)
    (report / "real-wheels.json").write_bytes(document + b"\n")
    problems = unexplained(audited, explained)
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
