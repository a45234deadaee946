"""Asks a tool in one container everything that is asked on its platform."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import manylinux_reference
from manylinux_spec.folder import spec_folder

from manylinux_conformance.asking.batches import Asker, ProbeShelf, result_of
from manylinux_conformance.asking.builder import ask_builder
from manylinux_conformance.asking.loader import FOLDER, compile_wheels
from manylinux_conformance.asking.plan import Batch, plan
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
from manylinux_conformance.errors import (
    LostContainerError,
    MissingProgramError,
    SuiteError,
)
from manylinux_conformance.images.emulators import emulator
from manylinux_conformance.judging.answers import Answer
from manylinux_conformance.platforms.architectures import is_native
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter, allows
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.run.heading import heading
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox import simple_index
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool
from manylinux_conformance.sandbox.shim_build import build_shim
from manylinux_conformance.suite.cases import Load
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.adapters import Adapter
from manylinux_conformance.tools.deviations import annotate
from manylinux_conformance.tools.selection import Tool

_Said = TypeVar("_Said")
ASKED_INSIDE = (Role.INSTALLER, Role.LOADER)


@dataclass(frozen=True, slots=True)
class Inside:
    """One tool in one role in one container.

    ``folder`` does not exist yet; it will hold the evidence.
    """

    suite: Suite
    tool: Tool
    role: Role
    settings: Settings
    shelf: ProbeShelf
    ready: ReadyContainer
    folder: Path

    @property
    def platform(self) -> Platform:
        """The container as a platform."""
        return self.ready.container.platform(self.ready.engine.machine)

    @property
    def emulated(self) -> bool:
        """Whether an emulator runs what is in the container."""
        return self.platform.fidelity is Fidelity.EMULATED

    def block(self, progress: Progress) -> Block:
        """Return the answers, or why there are none."""
        results: list[Result] = []
        missing: tuple[NotRun, ...] = ()
        reason = self._why_not()
        if not reason:
            try:
                with self.settings.timings.on("collecting"):
                    results, missing = self._ask(progress)
            except SuiteError as error:
                reason = error.explanation
        if reason:
            missing = (NotRun(platform=self.platform.name, reason=reason),)
        tool = self.tool
        known = annotate(results, tool.deviations, tool.version, self.role)
        return Block(self._heading(), tuple(known), missing)

    def _why_not(self) -> str:
        """Say what keeps the tool from this platform before anything is started."""
        if self.emulated and self.tool.adapter.native_only:
            return f"under emulation: {self.tool.adapter.native_only}"
        needs = self.tool.adapter.provide.python.get(self.tool.version, "")
        version = self.ready.container.release.python
        if not allows(needs, tuple(int(part) for part in version.split("."))):
            return f"needs Python {needs}; this platform has {version}"
        return ""

    def _heading(self) -> Header:
        container = self.ready.container
        return heading(
            self.suite,
            self.tool,
            self.role,
            container.release.python,
            host=self.ready.engine.machine,
            platform=container.name,
            emulator=self._emulator(),
        )

    def _emulator(self) -> str:
        """Return the emulator; another machine's is its own affair."""
        if not self.emulated:
            return ""
        return emulator(self.ready.container.arch) if self.ready.shared else "unknown"

    def _ask(self, progress: Progress) -> tuple[list[Result], tuple[NotRun, ...]]:
        self.folder.mkdir(parents=True)
        self.shelf.folder.mkdir(parents=True, exist_ok=True)
        shim = self._shim()
        tool = self._provided(progress)
        running = self._container(tuple(self._readable(tool, shim)))
        tool = replace(tool, run=running.run, serve=running.serve)
        with started(running):
            if self.role is Role.BUILDER:
                return self._built(tool, running, progress)
            results, missing = self._answers(tool, self.platform, None, running), []
            for model in older_platforms(self.platform) if shim else ():
                if reason := self._unseen(running, tool, model, shim):
                    missing.append(NotRun(platform=model.name, reason=reason))
                else:
                    results += self._answers(tool, model, shim, running)
        return results, tuple(missing)

    def _built(
        self, tool: ProvidedTool, running: RunningContainer, progress: Progress
    ) -> tuple[list[Result], tuple[NotRun, ...]]:
        """Ask the image itself as a build environment, started as its makers want."""
        words = f"{self.tool.name} in {self.platform.name}"

        def ask(attempt: str) -> tuple[list[Result], tuple[NotRun, ...]]:
            return ask_builder(
                replace(tool, image=self.platform),
                self.suite,
                self.folder / f"built{attempt}",
                self.settings.cache,
                functools.partial(progress, words),
            )

        return _twice(running, ask)

    def _entrypoint(self) -> tuple[str, ...]:
        """Return what an image that is asked itself wants before every command.

        An image for 32 bits, for one, enters ``linux32``.
        """
        image = self.ready.engine.image(self.ready.container.image)
        return image.entrypoint if image and self.role is Role.BUILDER else ()

    def _container(self, readable: tuple[Path, ...] = ()) -> RunningContainer:
        return RunningContainer(
            engine=self.ready.engine,
            container=self.ready.container,
            readable=readable,
            writable=self.folder,
            emulated=self.emulated,
            timings=self.settings.timings,
            live=self.settings.live,
            shared=self.ready.shared,
            entrypoint=self._entrypoint() if readable else (),
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

    def _unseen(
        self,
        running: RunningContainer,
        tool: ProvidedTool,
        model: Platform,
        shim: Path | None,
    ) -> str:
        """Say why a model is not asked; what was answered before it stays."""

        def see(attempt: str) -> str:
            return model_failure_reason(
                running, tool, model, self.folder / attempt, shim
            )

        known = self.ready.model_failures
        try:
            if model.name not in known:
                known[model.name] = _twice(running, see)
            return known[model.name]
        except SuiteError as error:
            return error.explanation

    def _shim(self) -> Path | None:
        """Return the shim, where an older C library is modelled in the container.

        On this machine's own architecture this is done outside, for less.
        """
        if is_native(self.platform.arch) or self.role is not Role.INSTALLER:
            return None
        return build_shim(self.settings.cache, self.platform.arch)

    def _provided(self, progress: Progress) -> ProvidedTool:
        platform = self.platform
        interpreter = self._interpreter()
        with self.settings.timings.on("providing tools"):
            tool = provide_in_container(
                self.tool.adapter,
                self.tool.version,
                TargetPython(platform, interpreter),
                self.settings.cache,
                DownloadPolicy(
                    self.settings.offline,
                    functools.partial(progress, done=0, total=0),
                ),
            )
        if isinstance(tool, NotProvided):
            raise MissingProgramError(platform.name, tool.reason)
        return tool

    def _answers(
        self,
        tool: ProvidedTool,
        platform: Platform,
        shim: Path | None,
        running: RunningContainer,
    ) -> list[Result]:
        folder = self.folder / platform.name
        asker = Asker(tool, self.role, self.shelf, folder, shim, self.settings.cache)
        batches = self._batches(tool, platform)
        loads = [
            case for one in batches for case in one.cases if isinstance(case, Load)
        ]
        with self.settings.timings.on("compiling wheels"):
            compile_wheels(loads, platform.arch, self.settings.cache)
        return [
            result
            for batch in batches
            for result in self._answer(asker, batch, running)
        ]

    def _batches(self, tool: ProvidedTool, platform: Platform) -> list[Batch]:
        """Return what is asked; under emulation only what shares one run of the tool.

        What a module or a target does is the same on every architecture, and each would
        cost an emulated run of its own.  Another C library for the tool alone can only
        be modelled, so it is asked outside.
        """
        python = tool.interpreter.version.replace(".", "")
        suite = self.suite
        batches = plan(self.role, suite.cases, suite.rules, platform, python)
        plain = Environment(platform)
        if self.emulated:
            return [batch for batch in batches if batch.environment == plain]
        return [batch for batch in batches if not batch.environment.tool_glibc]

    def _answer(
        self, asker: Asker, batch: Batch, running: RunningContainer
    ) -> list[Result]:
        """Ask one batch, and once more if the container or its emulator broke."""

        def ask(attempt: str) -> list[Result]:
            return replace(asker, folder=asker.folder / attempt).answer(batch)

        try:
            return _twice(running, ask)
        except SuiteError as error:
            lost = Answer(Verdict.INFRASTRUCTURE, reason=error.explanation)
        return [result_of(case, lost, batch) for case in batch.cases]

    def _readable(self, tool: ProvidedTool, shim: Path | None) -> Iterator[Path]:
        """Yield the folders and files that the tool and its questions need."""
        tools, imports = (self.settings.cache / kept for kept in ("tools", FOLDER))
        for place in filter(None, (tool.packages, tool.programs)):
            yield tools / place.relative_to(tools).parts[0]
        if self.role is Role.LOADER:
            imports.mkdir(parents=True, exist_ok=True)
            yield imports
        yield from (self.shelf.folder, data_folder("tools"))
        yield from _named(self.tool.adapter)
        yield Path(simple_index.__file__)
        yield from (spec_folder(), Path(manylinux_reference.__file__).parent)
        if shim is not None:
            yield shim


def _twice(running: RunningContainer, ask: Callable[[str], _Said]) -> _Said:
    """Ask in a container, and once more if it or its emulator broke.

    Each attempt is given its own name, for a folder that does not exist yet.
    """
    try:
        return ask("")
    except LostContainerError:
        running.stop()
        return ask("again")


def _named(adapter: Adapter) -> Iterator[Path]:
    """Yield the folders of the files that an adapter's commands name."""
    installer, loader, builder = adapter.installer, adapter.loader, adapter.builder
    commands = (
        *(installer.command if installer else ()),
        *(loader.command if loader else ()),
        *((*builder.c, *builder.cxx, *builder.back_end) if builder else ()),
    )
    for argument in map(Path, commands):
        if argument.is_absolute() and argument.is_file():
            yield argument.parent
