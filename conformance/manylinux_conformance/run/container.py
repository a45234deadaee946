"""A container as a place: one platform, and what a shim shows in it."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from manylinux_conformance.asking.plan import Batch, CaseBatch, ShownPlatform
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.probe import (
    model_failure_reason,
    older_platforms,
    probe_interpreter,
)
from manylinux_conformance.containers.provide import (
    DownloadPolicy,
    TargetPython,
    provide_in_container,
)
from manylinux_conformance.containers.running_container import (
    RunningContainer,
    started,
)
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import LostContainerError, UnavailableError
from manylinux_conformance.images.emulators import emulator
from manylinux_conformance.platforms.architectures import is_native
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter, allows
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.loader import FOLDER
from manylinux_conformance.run.place import Answers, Ask, Origin
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox import simple_index
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool
from manylinux_conformance.sandbox.shim_build import build_shim
from manylinux_conformance.tools.selection import Tool

_Said = TypeVar("_Said")


@dataclass(slots=True)
class InContainer:
    """One tool in one role in one container.

    ``folder`` does not exist yet; it will hold the evidence.  ``probes`` is where the
    probe projects are written.
    """

    tool: Tool
    role: Role
    settings: Settings
    ready: ReadyContainer
    folder: Path
    probes: Path
    running: RunningContainer | None = None
    shim: Path | None = None

    @property
    def platform(self) -> Platform:
        """The container as a platform."""
        return self.ready.container.platform(self.ready.engine.machine)

    @property
    def emulated(self) -> bool:
        """Whether an emulator runs what is in the container."""
        return self.platform.fidelity is Fidelity.EMULATED

    @property
    def words(self) -> str:
        """The tool and the container."""
        return f"{self.tool.name} as {self.role.value} in {self.platform.name}"

    @property
    def platforms(self) -> tuple[str, ...]:
        """The container's own platform."""
        return (self.platform.name,)

    def origin(self, _provided: ProvidedTool | None) -> Origin:
        """Return the container; another machine's emulator is its own affair."""
        container = self.ready.container
        known = emulator(container.arch) if self.ready.shared else "unknown"
        return Origin(
            host=self.ready.engine.machine,
            platform=container.name,
            emulator=known if self.emulated else "",
            python=container.release.python,
        )

    @contextlib.contextmanager
    def provided(self, progress: Progress) -> Iterator[ProvidedTool]:
        """Fetch the tool, and keep a container running for as long as it is asked."""
        if reason := self._unsupported_reason():
            raise UnavailableError(self.platform.name, reason)
        with self.settings.timings.on("collecting"):
            self.folder.mkdir(parents=True)
            self.probes.mkdir(parents=True, exist_ok=True)
            self.shim = self._built_shim()
            tool = self._fetched(progress)
            running = self._container(tuple(self._readable(tool)), self._entrypoint())
            tool = replace(tool, run=running.run, serve=running.serve)
            if self.tool.adapter.provide.image:
                tool = replace(tool, image=self.platform)
            with started(running):
                self.running = running
                yield tool

    def shown(self, provided: ProvidedTool) -> Iterator[ShownPlatform | NotRun]:
        """Yield the container as it is, then older C libraries that a shim shows."""
        yield ShownPlatform(self.platform)
        for model in older_platforms(self.platform) if self.shim else ():
            if reason := self._unseen(provided, model):
                yield NotRun(platforms=(model.name,), reason=reason)
            else:
                yield ShownPlatform(model, self.shim)

    def wants(self, batch: Batch[Any]) -> bool:
        """Return whether a batch is asked in a container.

        Under emulation only what shares one run of the tool is: what a module or a
        target does is the same on every architecture, and each would cost an emulated
        run of its own.  Another C library for the tool alone can only be modelled, so
        it is asked outside.
        """
        if not isinstance(batch, CaseBatch):
            return True
        environment = batch.environment
        if self.emulated:
            return environment == Environment(environment.platform)
        return not environment.tool_glibc

    def ask_each(
        self, batches: Iterable[Batch[Any]], ask: Ask
    ) -> Iterator[tuple[Batch[Any], Answers]]:
        """Ask one batch after the other, each once more if the container broke."""
        for batch in batches:
            folder = self.folder / (batch.platform.name if batch.platform else "")
            attempt = functools.partial(self._attempt, ask, batch, folder)
            try:
                yield batch, self._twice(attempt)
            except UnavailableError as error:
                lost = Answer(Verdict.INFRASTRUCTURE, reason=error.reason)
                yield batch, {question.key: lost for question in batch.questions}

    def _attempt(
        self, ask: Ask, batch: Batch[Any], folder: Path, attempt: str
    ) -> Answers:
        return ask(batch, folder / attempt / batch.name)

    def _unsupported_reason(self) -> str:
        """Say what keeps the tool from this platform before anything is started."""
        if self.emulated and self.tool.adapter.native_only:
            return f"under emulation: {self.tool.adapter.native_only}"
        needs = self.tool.adapter.provide.python.get(self.tool.version, "")
        version = self.ready.container.release.python
        if not allows(needs, tuple(int(part) for part in version.split("."))):
            return f"needs Python {needs}; this platform has {version}"
        return ""

    def _entrypoint(self) -> tuple[str, ...]:
        """Return what an image that is the tool itself wants before every command.

        An image for 32 bits, for one, enters ``linux32``.
        """
        if not self.tool.adapter.provide.image:
            return ()
        image = self.ready.engine.image(self.ready.container.image)
        return image.entrypoint if image else ()

    def _container(
        self, readable: tuple[Path, ...] = (), entrypoint: tuple[str, ...] = ()
    ) -> RunningContainer:
        return RunningContainer(
            engine=self.ready.engine,
            container=self.ready.container,
            readable=readable,
            writable=self.folder,
            emulated=self.emulated,
            timings=self.settings.timings,
            live=self.settings.live,
            shared=self.ready.shared,
            entrypoint=entrypoint,
        )

    def _interpreter(self) -> Interpreter:
        """Return the platform's interpreter; the first tool there looks for all."""
        if self.ready.interpreter is None:
            with started(self._container()) as running:
                self.ready.interpreter = _twice(
                    running,
                    lambda _: probe_interpreter(running, self.platform, self.folder),
                )
        return self.ready.interpreter

    def _unseen(self, tool: ProvidedTool, model: Platform) -> str:
        """Say why a model is not asked; empty if it is."""

        def see(attempt: str) -> str:
            folder = self.folder / "models" / attempt
            return model_failure_reason(self._running, tool, model, folder, self.shim)

        known = self.ready.model_failures
        try:
            if model.name not in known:
                known[model.name] = self._twice(see)
            return known[model.name]
        except UnavailableError as error:
            return error.reason

    def _built_shim(self) -> Path | None:
        """Return the shim, where an older C library is modelled in the container.

        On this machine's own architecture this is done outside, for less.
        """
        if is_native(self.platform.arch) or self.role is not Role.INSTALLER:
            return None
        return build_shim(self.settings.cache, self.platform.arch)

    def _fetched(self, progress: Progress) -> ProvidedTool:
        interpreter = self._interpreter()
        with self.settings.timings.on("providing tools"):
            tool = provide_in_container(
                self.tool.adapter,
                self.tool.version,
                TargetPython(self.platform, interpreter),
                self.settings.cache,
                DownloadPolicy(
                    self.settings.offline,
                    functools.partial(progress, done=0, total=0),
                ),
            )
        if isinstance(tool, NotProvided):
            raise UnavailableError(self.platform.name, tool.reason)
        return tool

    def _readable(self, tool: ProvidedTool) -> Iterator[Path]:
        """Yield the folders and files that the tool and its questions need."""
        tools, imports = (self.settings.cache / kept for kept in ("tools", FOLDER))
        for place in filter(None, (tool.packages, tool.programs)):
            yield tools / place.relative_to(tools).parts[0]
        if self.role is Role.LOADER:
            imports.mkdir(parents=True, exist_ok=True)
            yield imports
        yield from (self.probes, data_folder("tools"))
        for argument in map(Path, self.tool.adapter.tables[self.role].arguments):
            if argument.is_absolute() and argument.is_file():
                yield argument.parent
        yield Path(simple_index.__file__)
        yield from _reference()
        if self.shim is not None:
            yield self.shim

    @property
    def _running(self) -> RunningContainer:
        if self.running is None:
            raise UnavailableError(self.platform.name, "is asked before it runs")
        return self.running

    def _twice(self, ask: Callable[[str], _Said]) -> _Said:
        return _twice(self._running, ask)


def _twice(running: RunningContainer, ask: Callable[[str], _Said]) -> _Said:
    """Ask in a container, and once more if it or its emulator broke.

    Each attempt is given its own name, for a folder that does not exist yet.
    """
    try:
        return ask("")
    except LostContainerError:
        running.stop()
        return ask("again")


def _reference() -> Iterator[Path]:
    """Yield the folder of the reference, which ``run_reference.py`` looks for."""
    found = importlib.util.find_spec("manylinux_reference")
    yield from map(Path, (found and found.submodule_search_locations) or ())
