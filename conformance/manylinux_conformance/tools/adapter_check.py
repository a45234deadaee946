"""Checks an adapter before its tool is asked anything that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.finding import Finding
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.process import ProcessResult, Run
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.tools.adapters import Adapter, read_adapter

# Seconds for a run, by how many hung before: half a minute for all of them together.
PATIENCE = (20, 5, 2, 0.2)


@dataclass(slots=True)
class Patience:
    """Runs a tool as its ``run`` does, and loses patience with one that hangs.

    A whole check then ends within a minute: the first run that does not end is
    waited for for a while, those after it no longer.
    """

    run: Run
    progress: Callable[[str], None]
    name: str
    runs: int = 0
    hung: int = 0

    def __call__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
        questions: bytes = b"",
    ) -> ProcessResult:
        """Run a command in a folder; see ``sandbox.process.run``."""
        self.runs += 1
        limit = min(seconds, PATIENCE[min(self.hung, len(PATIENCE) - 1)])
        self.progress(f"asking {self.name}: run {self.runs}, {limit:g} s at most")
        ended = self.run(
            command,
            folder=folder,
            variables=variables,
            seconds=limit,
            questions=questions,
        )
        self.hung += ended.timed_out
        return ended


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
            patient = replace(tool, run=Patience(tool.run, progress, name))
            messages = [*_problems(adapter, patient, folder / version, cache)]
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
