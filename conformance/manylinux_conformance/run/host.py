"""The machine itself as a place: modelled platforms, fixture wheels, compilers."""

from __future__ import annotations

import contextlib
import functools
import platform as machine
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from manylinux_conformance.asking.plan import Batch, ShownPlatform
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.asking.said_version import said_version
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.place import Answers, Ask, Origin
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.run.slots import Line
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.sandbox.shim_check import shim_failure_reason
from manylinux_conformance.tools.selection import Tool

# Asked once for each platform and interpreter, whatever the number of tools; who asks
# at the same time waits.
_shim_failure_reason = functools.cache(shim_failure_reason)
_CHECKING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Host:
    """One tool in one role on this machine.

    ``modelled`` are the platforms that a shim shows; ``line`` is where batches
    wait for their turn; several are asked at a time if the role is ``concurrent``.
    """

    tool: Tool
    role: Role
    modelled: tuple[Platform, ...]
    settings: Settings
    probes: ProbeCache
    shim: Path
    line: Line
    concurrent: bool

    @property
    def folder(self) -> Path:
        """A folder of the tool and the role."""
        return self.settings.work / self.words.replace(" ", "-")

    @property
    def words(self) -> str:
        """The tool and its role."""
        return f"{self.tool.name} as {self.role.value}"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The modelled platforms."""
        return tuple(platform.name for platform in self.modelled)

    def origin(self, tool: ProvidedTool | None) -> Origin:
        """Return this machine, with the interpreter that the tool is asked about."""
        adapter = self.tool.adapter
        return Origin(
            host=machine.machine(),
            python=tool.interpreter.version if tool else "",
            program=adapter.programs.get(self.role, "") if adapter.is_local else "",
            said_version=tool.said_version if tool else "",
        )

    @contextlib.contextmanager
    def opened(self, progress: Progress) -> Iterator[OpenHost]:
        """Install the tool into the cache, unless it is there."""
        tool = provide(
            self.tool.adapter,
            self.tool.version,
            self.settings.cache,
            offline=self.settings.offline,
            progress=functools.partial(progress, done=0, total=0),
        )
        if isinstance(tool, NotProvided):
            raise tool.error(self.tool.name)
        version = said_version(tool, self.folder)
        yield OpenHost(self, replace(tool, said_version=version))


@dataclass(frozen=True, slots=True)
class OpenHost:
    """The machine, with a tool that is ready to be asked."""

    host: Host
    tool: ProvidedTool

    def shown(self) -> Iterator[ShownPlatform | NotRun]:
        """Yield each modelled platform, unless the shim does not manage to show it.

        No tool is graded on such a one: what it answered there would be no fault of
        its own.
        """
        shim, modelled = self.host.shim, self.host.modelled
        check = functools.partial(
            _shim_failure_reason, interpreter=self.tool.interpreter, shim=shim
        )
        with _CHECKING, ThreadPoolExecutor(self.host.settings.jobs) as pool:
            reasons = list(pool.map(check, modelled))
        for platform, reason in zip(modelled, reasons, strict=True):
            if reason:
                said = f"the model does not work: {reason}"
                yield NotRun(platforms=(platform.name,), reason=said)
            else:
                yield ShownPlatform(platform, shim)

    def wants(self, _batch: Batch[Any]) -> bool:
        """Return True: everything is asked here."""
        return True

    def ask_each(
        self, batches: Iterable[Batch[Any]], ask: Ask
    ) -> Iterator[tuple[Batch[Any], Answers]]:
        """Ask some batches at a time, beside those of other tools."""

        def asked(batch: Batch[Any]) -> tuple[Batch[Any], Answers]:
            with self.host.line.slot():
                return batch, ask(batch, self.host.folder / batch.name)

        jobs = self.host.settings.jobs if self.host.concurrent else 1
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(asked, batches)
