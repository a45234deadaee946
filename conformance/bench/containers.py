"""Measures containers: preparing images, a full run and its parts, two at a time.

The images have to be prepared; one more is made anew under a name of its own and
removed again.  Ratios are of one run each; the times depend on what else is running.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Sequence

import msgspec
import platformdirs
from manylinux_conformance.containers.timing import Timings
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import connect
from manylinux_conformance.images.prepare import Preparation, PrepareOptions
from manylinux_conformance.images.prepare_all import prepare_all
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.platforms.releases import Source
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.own_share import processor_time
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.sandbox.scratch import scratch_folder
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.selection import choose_tools
from rich.console import Console
from rich.table import Table

PLATFORMS = ("debian-12-*", "debian-13-riscv64")
TOOLS = ("pip", "uv", "reference")
FRESH = "bench-"  # before the names of releases, so that nothing is there already
ONE_IMAGE, ALL_IMAGES, FULL_RUN = 20, 180, 720  # seconds
OWN_SHARE, SPEED_UP = 0.10, 1.6

Row = dict[str, object]


def main() -> None:
    """Measure what is asked for, and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: containers.py --only run --json"
    )
    parser.add_argument("--only", choices=("images", "run"))
    parser.add_argument("--tool", action="append", help="default: pip, uv, reference")
    parser.add_argument("--mirror", default="", help="a Debian mirror")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    containers = tuple(
        each for pattern in PLATFORMS for each in chosen(read_containers(), pattern)
    )
    rows: list[Row] = []
    if arguments.only != "run":
        rows += measure_images(containers, arguments.mirror)
    if arguments.only != "images":
        rows += measure_runs(containers, arguments.tool or TOOLS)
    load = round(os.getloadavg()[0], 1)
    if arguments.json:
        print(json.dumps({"containers": rows, "load": load}, indent=1))
        return
    table = Table(title=f"containers; load at the end: {load}")
    for name in ("what", "measured", "target", "detail"):
        table.add_column(name)
    for row in rows:
        table.add_row(
            *(str(row.get(str(column.header), "")) for column in table.columns)
        )
    Console().print(table)


def measure_images(containers: Sequence[Container], mirror: str) -> list[Row]:
    """Prepare one image, then all, under fresh names."""
    fresh = [_fresh(container) for container in containers]
    return [
        _row("one image, seconds", _prepare(fresh[:1], mirror), ONE_IMAGE),
        _row("all images, seconds", _prepare(fresh, mirror), ALL_IMAGES),
    ]


def measure_runs(containers: Sequence[Container], tools: Sequence[str]) -> list[Row]:
    """Ask all tools everywhere, one container at a time and two."""
    engine = connect()
    if absent := [each.name for each in containers if not engine.image(each.image)]:
        sys.exit(f"not prepared: {', '.join(absent)}; see 'platforms prepare'")
    _ask(containers, tools, 2)  # tools and wheels are fetched and compiled once
    before = processor_time(Timings())
    one, alone = _ask(containers, tools, 1)
    spent = processor_time(alone.timings).since(before)
    two, together = _ask(containers, tools, 2)
    return [
        _row("full run, seconds", two, FULL_RUN, str(together.timings)),
        _row("own share of the tools' time", spent.share, OWN_SHARE, str(spent)),
        _row("two at a time, ratio", one / two, SPEED_UP, f"{one:.0f} s, {two:.0f} s"),
    ]


def _row(what: str, measured: float, target: float, detail: str = "") -> Row:
    return {
        "what": what,
        "measured": round(measured, 2),
        "target": target,
        "detail": detail,
    }


def _fresh(container: Container) -> Container:
    name = FRESH + container.release.name
    release = msgspec.structs.replace(container.release, name=name)
    return Container(release, container.arch)


def _prepare(containers: Sequence[Container], mirror: str) -> float:
    """Return the seconds that preparing takes; the images are removed."""
    engine = connect()
    options = PrepareOptions(source=Source.MIRROR, mirror=mirror)
    preparation = Preparation(Engines(), options)
    try:
        return _timed(lambda: _prepare_all(preparation, containers))
    finally:
        for container in containers:
            if engine.image(container.image):
                engine.remove(container.image)


def _prepare_all(preparation: Preparation, containers: Sequence[Container]) -> None:
    for each in prepare_all(preparation, containers, 2, lambda *_: None):
        if each.prepared is None:
            sys.exit(f"{each.container.name}: {each.reason}")
        print(f"{each.container.name}: {each.seconds:.1f} s", file=sys.stderr)


def _ask(
    containers: Sequence[Container], tools: Sequence[str], jobs: int
) -> tuple[float, Settings]:
    """Return the seconds of a run in containers only, and where its time went."""
    suite = dataclasses.replace(
        load_suite(), platforms=(), containers=tuple(containers)
    )
    cache = platformdirs.user_cache_path("manylinux-conformance")
    with scratch_folder() as work:
        settings = Settings(cache, work, jobs, offline=False)
        roles = (Role.INSTALLER,)
        took = _timed(
            lambda: list(run(suite, choose_tools(tools), roles, settings, _silent))
        )
    return took, settings


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _silent(words: str, done: int, total: int) -> None:
    pass


if __name__ == "__main__":
    main()
