"""Checks an adapter before its tool is asked anything that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.finding import Finding
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.tools.adapters import Adapter, read_adapter


def check_adapter(
    path: Path,
    cache: Path,
    folder: Path,
    *,
    offline: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Ask the smoke questions of each role, twice; return what is wrong.

    Every version of the tool is asked in every role, on this machine as it is.
    ``folder`` is a new folder for the runs.

    Raises InputError if the adapter file itself cannot be used.
    """
    adapter = read_adapter(path)
    findings: list[Finding] = []
    for version in adapter.versions:
        tool = provide(adapter, version, cache, offline=offline, progress=progress)
        name = f"{adapter.name} {version}".strip()
        if isinstance(tool, NotProvided):
            messages = [tool.reason]
        else:
            progress(f"asking {name}")
            messages = [*_problems(adapter, tool, folder / (version or "tool"), cache)]
        findings += [Finding(str(path), 0, f"{name}: {text}") for text in messages]
    return findings


def _problems(
    adapter: Adapter, tool: ProvidedTool, folder: Path, cache: Path
) -> Iterator[str]:
    for role, table in adapter.tables.items():
        if role in adapter.roles:
            place = folder / role.value
            resources = Resources(place, cache, ProbeCache(place / "probes"))
            yield from ROLES[role].smoke(tool, table, resources)
