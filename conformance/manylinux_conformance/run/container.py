"""A container as a place: one platform, and what a shim shows in it."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.asking.said_version import said_version
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.mounted_python import (
    is_mounted,
    relocatable_python,
)
from manylinux_conformance.containers.probe import (
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
from manylinux_conformance.errors import MissingPythonError, UnsupportedError
from manylinux_conformance.images.engines.emulators import emulator
from manylinux_conformance.platforms.architectures import is_native
from manylinux_conformance.platforms.interpreters import Interpreter, allows
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.loader import FOLDER
from manylinux_conformance.run.open_container import OpenContainer, asked_twice
from manylinux_conformance.run.place import Origin
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox import simple_index
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool
from manylinux_conformance.sandbox.shim_build import build_shim
from manylinux_conformance.tools.selection import Tool


@dataclass(frozen=True, slots=True)
class InContainer:
    """One tool in one role in one container.

    ``folder`` does not exist yet; it will hold the evidence.
    ``models``: a shim shows older C libraries there, too.
    """

    tool: Tool
    role: Role
    settings: Settings
    ready: ReadyContainer
    folder: Path
    probes: ProbeCache
    models: bool = True

    @property
    def platform(self) -> Platform:
        """The container as a platform."""
        return self.ready.platform

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

    def origin(self, tool: ProvidedTool | None) -> Origin:
        """Return the container; another machine's emulator is its own affair."""
        container = self.ready.container
        known = emulator(container.arch) if self.ready.shared else "unknown"
        return Origin(
            host=self.ready.engine.machine,
            platform=container.name,
            emulator=known if self.emulated else "",
            python=tool.interpreter.version if tool else container.release.python,
            said_version=tool.said_version if tool else "",
            image=self.ready.digest,
            versions=self._versions(tool.interpreter) if tool else {},
        )

    def _versions(self, interpreter: Interpreter) -> dict[str, str]:
        """Return the versions of what runs in the container, and of its kernel."""
        how = " (mounted)" if is_mounted(interpreter, self.settings.cache) else ""
        return {
            "libc": f"{self.platform.libc.value} {self.platform.glibc}",
            "python": ".".join(map(str, interpreter.release)) + how,
            "kernel": self.ready.engine.kernel,
        }

    @contextlib.contextmanager
    def opened(self, progress: Progress) -> Iterator[OpenContainer]:
        """Fetch the tool, and keep a container running for as long as it is asked.

        Where the image has no Python that the tool supports, one is mounted.
        """
        if reason := self._unsupported_reason():
            raise UnsupportedError(self.platform.name, reason)
        with self.settings.timings.on("collecting"):
            self.folder.mkdir(parents=True)
            self.probes.folder.mkdir(parents=True, exist_ok=True)
            with self._with_python(progress).started(progress) as opened:
                yield opened

    @contextlib.contextmanager
    def started(self, progress: Progress) -> Iterator[OpenContainer]:
        """Keep a container running with the tool, now that its Python is known."""
        shim, tool = self._built_shim(), self._fetched(progress)
        readable = tuple(self._readable(tool, shim))
        running = self._container(readable, self._entrypoint())
        tool = replace(tool, run=running.run, serve=running.serve)
        if self.tool.adapter.provide.image:
            tool = replace(tool, image=self.platform)
        with started(running):
            tool = replace(tool, said_version=said_version(tool, self.folder))
            yield OpenContainer(self.ready, tool, running, self.folder, shim)

    def _unsupported_reason(self) -> str:
        """Say what keeps the tool from this platform before anything is started."""
        if self.emulated and self.tool.adapter.native_only:
            return f"under emulation: {self.tool.adapter.native_only}"
        return ""

    def _with_python(self, progress: Progress) -> InContainer:
        """Return the place, with another Python if the image has none for the tool.

        Raises UnsupportedError if the tool takes neither the image's nor that one,
        MissingPythonError if the image has none and none can be mounted.
        """
        container = self.ready.container
        own, found = container.release.python, relocatable_python(container)
        usable = found if found and self._takes(found.version) else None
        if self._takes(own):
            try:
                self._interpreter()
            except MissingPythonError:
                if usable is None:
                    raise
            else:
                return self
        if usable is None:
            needs = self.tool.adapter.provide.python_for(self.tool.version)
            reason = f"needs Python {needs}; this platform has {own}"
            raise UnsupportedError(self.platform.name, reason)
        say, offline = (
            functools.partial(progress, done=0, total=0),
            self.settings.offline,
        )
        mounted = usable.fetched(self.settings.cache, say, offline=offline)
        return replace(self, ready=self.ready.with_python(mounted))

    def _takes(self, python: str) -> bool:
        needs = self.tool.adapter.provide.python_for(self.tool.version)
        return allows(needs, tuple(int(part) for part in python.split(".")))

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
            readable=(*readable, *self._mounted()),
            writable=self.folder,
            emulated=self.emulated,
            timings=self.settings.timings,
            live=self.settings.live,
            shared=self.ready.shared,
            entrypoint=entrypoint,
        )

    def _mounted(self) -> tuple[Path, ...]:
        mounted = self.ready.mounted
        return (mounted.folder,) if mounted else ()

    def _interpreter(self) -> Interpreter:
        """Return the platform's interpreter; the first tool there looks for all."""
        if self.ready.interpreter is None:
            with started(self._container()) as running:
                self.ready.interpreter = asked_twice(
                    running,
                    lambda _: probe_interpreter(running, self.platform, self.folder),
                )
        return self.ready.interpreter

    def _built_shim(self) -> Path | None:
        """Return the shim, where an older C library is modelled in the container.

        On this machine's own architecture this is done outside, for less.
        """
        shown = self.models and self.role is Role.INSTALLER
        if is_native(self.platform.arch) or not shown:
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
            raise tool.error(self.platform.name)
        return tool

    def _readable(self, tool: ProvidedTool, shim: Path | None) -> Iterator[Path]:
        """Yield the folders and files that the tool and its questions need."""
        tools, imports = (self.settings.cache / kept for kept in ("tools", FOLDER))
        for place in filter(None, (tool.packages, tool.programs)):
            yield tools / place.relative_to(tools).parts[0]
        if self.role is Role.LOADER:
            imports.mkdir(parents=True, exist_ok=True)
            yield imports
        yield from (self.probes.folder, data_folder("tools"))
        for argument in map(Path, self.tool.adapter.tables[self.role].arguments):
            if argument.is_absolute() and argument.is_file():
                yield from (argument, argument.resolve())  # a link, and its file
        yield Path(simple_index.__file__)
        yield from _reference()
        if shim is not None:
            yield shim


def _reference() -> Iterator[Path]:
    """Yield the folder of the reference, which ``run_reference.py`` looks for."""
    found = importlib.util.find_spec("manylinux_reference")
    yield from map(Path, (found and found.submodule_search_locations) or ())
