"""Measures what the tag rules cost, beside packaging, as ratios in one process.

    python reference/bench/tags.py [--json]

Both sides do the same work on the same machine in turns, and agree about the result:
import a module, list the platform tags that fit here, and match the wheels of an index
page against the tags that fit.  Neither side keeps a result from one round to the next.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial

import packaging.tags
import packaging.utils
from manylinux_reference.reading.system import ask_system
from manylinux_reference.reading.wheel.filename import Releases, read_filename
from manylinux_reference.rules.installer import choice, order, platform

IMPORT_ROUNDS = 7
ROUNDS = 15
SECONDS = 0.02  # that one measurement lasts at least


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison: microseconds of each side, medians, and the promised ratio."""

    what: str
    reference: float
    packaging: float
    promised: float

    @property
    def ratio(self) -> float:
        """How many times faster the reference is."""
        return self.packaging / self.reference


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description="Compare with packaging.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    measured = [importing(), listing(), *matching()]
    if as_json:
        print(json.dumps([asdict(each) | {"ratio": each.ratio} for each in measured]))
        return
    print(f"{'':34}{'reference':>12}{'packaging':>12}{'ratio':>8}{'promised':>10}")
    for each in measured:
        print(
            f"{each.what:34}{each.reference:>9.2f} us{each.packaging:>9.2f} us"
            f"{each.ratio:>7.1f}x{each.promised:>9.0f}x"
        )


def importing() -> Measured:
    """Compare cold imports, by the interpreter's own clock."""
    modules = ("manylinux_reference.rules.tags", "packaging.tags")
    for module in modules:
        import_time(module)  # leaves compiled files behind, as an installation does
    rounds = [tuple(map(import_time, modules)) for _ in range(IMPORT_ROUNDS)]
    ours, theirs = map(statistics.median, zip(*rounds, strict=True))
    return Measured("import of the tags module", ours, theirs, 1)


def import_time(module: str) -> float:
    """Return the microseconds that importing a module takes in a new interpreter."""
    script = (
        "import time; begin = time.perf_counter(); "
        f"import {module}; print(time.perf_counter() - begin)"
    )
    compiling = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, check=True, env=compiling)
    return 1e6 * float(done.stdout)


def listing() -> Measured:
    """Compare ordered lists of platform tags, each made anew from detected facts."""
    environment = platform.detect(ask_system())
    tags = order.platform_tags(environment)
    if sorted(tags) != sorted(packaging.tags.platform_tags()):
        raise SystemExit("the reference and packaging list different tags here")
    return compare(
        f"list of {len(tags)} platform tags, in order",
        lambda: order.platform_tags(environment),
        lambda: list(packaging.tags.platform_tags()),
    )


def matching() -> Iterator[Measured]:
    """Compare the choice among the wheels of an index page, by kind of wheel."""
    environment = platform.detect(ask_system())
    places = {tag: place for place, tag in enumerate(packaging.tags.sys_tags())}

    def ours(names: list[str]) -> list[bool]:
        # New ones in every round: what the last round compared is forgotten.
        ranks, pythons = order.Ranks(environment), choice.running_python_ranks()
        releases = Releases()
        return [
            choice.preference(read_filename(name, releases), pythons, ranks) is not None
            for name in names
        ]

    def theirs(names: list[str]) -> list[bool]:
        return [
            min(
                (places[tag] for tag in parsed if tag in places),
                default=None,
            )
            is not None
            for name in names
            for parsed in (packaging.utils.parse_wheel_filename(name)[3],)
        ]

    page = index_page()
    fitting = ours(page)
    if fitting != theirs(page):
        raise SystemExit("the reference and packaging take different wheels here")
    here = [name for name, fits in zip(page, fitting, strict=True) if fits]
    elsewhere = [name for name in page if name not in here]
    kinds = {"a page": page, "wheels that fit": here, "wheels that do not": elsewhere}
    for kind, names in kinds.items():
        yield compare(
            f"match {len(names)} names, {kind}",
            partial(ours, names),
            partial(theirs, names),
        )


def index_page() -> list[str]:
    """Return file names as an index lists them: releases, Pythons and platforms."""
    machine = platform.detect(ask_system()).arch
    minors = range(sys.version_info[1] - 4, sys.version_info[1] + 3)
    pairs = [f"cp3{minor}-cp3{minor}" for minor in minors]
    systems = [
        f"manylinux2014_{machine}.manylinux_2_17_{machine}",
        f"manylinux_2_17_{machine}.manylinux2014_{machine}",
        f"manylinux_2_5_{machine}",
        "manylinux_2_17_mips64.manylinux2014_mips64",
        f"musllinux_1_2_{machine}",
        "macosx_10_13_universal2",
        "macosx_11_0_arm64",
        "win32",
        "win_amd64",
    ]
    return [
        f"project-1.{release}.0-{pair}-{system}.whl"
        for release in range(50)
        for pair in (*pairs, f"cp3{sys.version_info[1]}-abi3", "py3-none")
        for system in systems
    ]


def compare(
    what: str, ours: Callable[[], object], theirs: Callable[[], object]
) -> Measured:
    """Run both sides in turns and return their medians."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for side, found in zip((ours, theirs), times, strict=True):
            found.append(microseconds(side))
    ours_median, theirs_median = map(statistics.median, times)
    return Measured(what, ours_median, theirs_median, 5)


def microseconds(side: Callable[[], object]) -> float:
    """Return the microseconds of one call, from as many as fill a measurement."""
    calls, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < SECONDS:
        side()
        calls += 1
    return 1e6 * spent / calls


if __name__ == "__main__":
    main()
