"""Measures what the suite itself costs on top of the tools it runs.

Asks each installer the full question set, one run at a time, and compares the
seconds spent inside the tool's processes with all other seconds of the same run.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

import platformdirs
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.sandbox import process as running
from manylinux_conformance.sandbox.process import ProcessResult
from manylinux_conformance.sandbox.provide import ProvidedTool, provide
from manylinux_conformance.sandbox.scratch import scratch_folder
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed
from manylinux_conformance.tools.selection import choose_tools
from rich.console import Console
from rich.table import Table

TARGET = 0.20  # of the tool's own time


def measure(name: str, platform: str = "*") -> dict[str, object]:
    """Return the seconds of one tool's run, split into the tool's and the suite's.

    ``platform`` is a pattern of the modelled platforms; containers are not asked.
    """
    suite = replace(narrowed(load_suite(), Wanted((platform,))), containers=())
    cache = platformdirs.user_cache_path("manylinux-conformance")
    inside: list[float] = []

    def timed(*arguments: object, **options: object) -> ProcessResult:
        begin = time.perf_counter()
        try:
            return running.run(*arguments, **options)  # type: ignore[arg-type] # passed on
        finally:
            inside.append(time.perf_counter() - begin)

    def provided(*arguments: object, **options: object) -> object:
        tool = provide(*arguments, **options)  # type: ignore[arg-type] # passed on
        return replace(tool, run=timed) if isinstance(tool, ProvidedTool) else tool

    tools = choose_tools([name])[:1]

    def asked(folder: Path) -> Block:
        settings = Settings(cache, folder, jobs=1, offline=False)
        (block,) = run(suite, tools, (Role.INSTALLER,), settings, _silent)
        return block

    with mock.patch("manylinux_conformance.run.host.provide", provided):
        with scratch_folder() as folder:
            asked(folder)  # installs what is needed, and warms the caches
        inside.clear()
        begin = time.perf_counter()
        with scratch_folder() as folder:
            block = asked(folder)
        total = time.perf_counter() - begin
    tool = sum(inside)
    return {
        "tool": name,
        "questions": len(block.results),
        "runs": len(inside),
        "tool_seconds": round(tool, 2),
        "suite_seconds": round(total - tool, 2),
        "ratio": round((total - tool) / tool, 3) if tool else None,
    }


def _silent(words: str, done: int, total: int) -> None:
    pass


def main() -> None:
    """Print one row per installer, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: suite_cost.py --tool uv==0.13.9 --json"
    )
    parser.add_argument("--tool", action="append")
    parser.add_argument("--platform", default="*", help="only some platforms")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = arguments.tool or ("uv", "pip==26.3")
    rows = [measure(name, arguments.platform) for name in names]
    if arguments.json:
        print(json.dumps({"suite_cost": rows, "target": TARGET}, indent=1))
        return
    table = Table(title=f"the suite's own cost, target {TARGET:.0%} of the tool's time")
    for name in rows[0]:
        table.add_column(name)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
