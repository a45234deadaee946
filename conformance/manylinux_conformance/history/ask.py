"""Asks one release everything that the plan has for its role, on this machine."""

from __future__ import annotations

import platform as machine
import resource
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import platformdirs

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.history.column import Column
from manylinux_conformance.history.plan import Span
from manylinux_conformance.history.released import DatedRelease, newest_uv
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.run.asking import Asking
from manylinux_conformance.run.places import Places
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.run.slots import Slots
from manylinux_conformance.sandbox.provide import NotProvided, is_no_fault_of_a_tool
from manylinux_conformance.sandbox.scratch import scratch_folder
from manylinux_conformance.sandbox.shim_build import build_shim, preloadable
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.adapters import Adapter
from manylinux_conformance.tools.selection import Tool

UNDATED = "cannot be installed with what the index had on its day"
BROKEN = frozenset({Verdict.ERROR, Verdict.TIMEOUT, Verdict.INFRASTRUCTURE})


def ask_release(span: Span, version: str, parts: Sequence[Suite]) -> Column:
    """Return the answers of a release, or why it cannot be asked.

    A column without an interpreter says nothing of the release: another day it may be
    asked.
    Raises InputError if the suite's own data cannot be used.
    """
    interpreter = span.interpreter
    if interpreter is None:
        return Column(version=version, unasked=without_python(span))
    before = _seconds()
    uv = newest_uv(_cache()) if span.adapter.provide.pypi else None
    if isinstance(uv, NotProvided):
        return Column(version=version, unasked=uv.reason)
    programs = uv.programs if uv else None
    release = DatedRelease(programs, span.adapter, version, interpreter.version)
    with scratch_folder() as work:
        day = release.day
        adapter = _of_its_day(release, day, work)
        if adapter is None:
            return Column(version=version, unasked=UNDATED)
        blocks = _blocks(replace(span, adapter=adapter), version, parts, work)
    if reason := _trouble(blocks):
        return Column(version=version, unasked=reason)
    results = tuple(result for block in blocks for result in block.results)
    if reason := _why_unasked(blocks, results):
        results = ()
    return Column(
        version=version,
        python=interpreter.version,
        released=day,
        seconds=round(_seconds() - before, 1),
        unasked=reason,
        results=results,
    )


def _of_its_day(release: DatedRelease, day: str, folder: Path) -> Adapter | None:
    """Return how a release is installed with nothing that came after it.

    Otherwise its answers could be those of a library of today.  None if the index does
    not say what there was.  What runs inside of an environment brings all that answers.
    """
    adapter, provide = release.tool, release.tool.provide
    if provide.inside or not provide.pypi:
        return adapter
    pins = release.pins(day) if day else ""
    if not pins:
        return None
    file = folder / "of-its-day.txt"
    file.write_text(pins, "utf-8")
    dated = msgspec.structs.replace(provide, constraints=str(file))
    return msgspec.structs.replace(adapter, provide=dated)


def without_python(span: Span) -> str:
    """Return why a span cannot be asked on a machine without its Python."""
    return f"needs Python {span.python.lstrip('=')}, which is not here"


def _blocks(
    span: Span, version: str, parts: Sequence[Suite], work: Path
) -> list[Block]:
    tool, cache = Tool(span.adapter, version, ()), _cache()
    blocks = []
    probes = ProbeCache(work / "probes")
    shim = preloadable(build_shim(cache, machine.machine()), work / "shim")
    for number, suite in enumerate(parts):
        settings = Settings(cache, work / str(number), 1, offline=False)
        settings.work.mkdir()
        host = Places(suite, settings, shim, probes, Slots(1)).host(tool, span.role)
        if host is not None:
            asking = Asking(suite, tool, span.role, cache, host)
            blocks.append(asking.block(_silent))
    return blocks


def _cache() -> Path:
    return platformdirs.user_cache_path("manylinux-conformance")


def _silent(words: str, done: int, total: int) -> None:
    """Take no note: a release takes less than a minute."""
    del words, done, total


def _trouble(blocks: Sequence[Block]) -> str:
    """Return what kept a release from being asked that is no fault of its own."""
    reasons = (line.reason for block in blocks for line in block.not_run)
    return next(filter(is_no_fault_of_a_tool, reasons), "")


def _why_unasked(blocks: Sequence[Block], results: Sequence[Result]) -> str:
    """Return why a release has no answers: it cannot be had, or it breaks each time."""
    if not results:
        reasons = [line.reason for block in blocks for line in block.not_run]
        return reasons[0] if reasons else "has no questions"
    asked = [each for each in results if each.verdict is not Verdict.DECLINED]
    if all(result.verdict in BROKEN for result in asked):
        counted = Counter(result.reason for result in asked)
        return counted.most_common(1)[0][0] if counted else "declines everything"
    return ""


def _seconds() -> float:
    """Return the processor time of this process and of those that it waited for."""
    found = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = map(resource.getrusage, found)
    return sum(each.ru_utime + each.ru_stime for each in used)
