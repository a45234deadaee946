"""Asks a tool in one container everything that is asked on its platform."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import manylinux_reference
import msgspec
from manylinux_reference.spec_folder import spec_folder

from manylinux_conformance.adapters import Adapter, Role
from manylinux_conformance.answers import Answer
from manylinux_conformance.ask import Asker, ProbeShelf, result_of
from manylinux_conformance.containers.catalogue import Container
from manylinux_conformance.containers.engine import Engine
from manylinux_conformance.containers.provide_inside import Place, provide_inside
from manylinux_conformance.containers.running_container import (
    LostError,
    RunningContainer,
    started,
)
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.input_error import InputError
from manylinux_conformance.interpreters import (
    ASK,
    Interpreter,
    allows,
    read_interpreter,
)
from manylinux_conformance.plan import Batch, plan
from manylinux_conformance.platforms import Fidelity, Platform
from manylinux_conformance.provide import NotProvided, ProvidedTool
from manylinux_conformance.results import NotRun, Result
from manylinux_conformance.settings import Progress, Settings
from manylinux_conformance.sight import ASK as LOOK
from manylinux_conformance.sight import Sight, disagreements
from manylinux_conformance.suite import Suite
from manylinux_conformance.tool_choice import Tool
from manylinux_conformance.verdicts import Verdict

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Inside:
    """One tool in one role in one container."""

    suite: Suite
    tool: Tool
    role: Role
    settings: Settings
    shelf: ProbeShelf
    engine: Engine
    container: Container
    folder: Path

    def ask(self, progress: Progress) -> tuple[list[Result], NotRun | None]:
        """Return the answers, or why there are none."""
        needs = self.tool.adapter.provide.python.get(self.tool.version, "")
        version = self.container.release.python
        release = tuple(int(part) for part in version.split("."))
        if not allows(needs, release):
            reason = f"needs Python {needs}; this platform has {version}"
            return [], NotRun(platform=self.container.name, reason=reason)
        try:
            return self._ask(progress), None
        except (InputError, LostError) as error:
            reason = error.reason if isinstance(error, InputError) else str(error)
            return [], NotRun(platform=self.container.name, reason=reason)

    def _ask(self, progress: Progress) -> list[Result]:
        self.folder.mkdir(parents=True)
        self.shelf.folder.mkdir(parents=True, exist_ok=True)
        platform = self.container.platform(self.engine.machine)
        running = RunningContainer(
            engine=self.engine,
            container=self.container,
            readable=tuple(self._readable()),
            writable=self.folder,
            emulated=platform.fidelity is Fidelity.EMULATED,
            spent=self.settings.spent,
        )
        with started(running):
            tool = self._provided(running, platform, progress)
            asker = Asker(tool, self.role, self.shelf, self.folder, None)
            results: list[Result] = []
            for batch in self._batches(tool, platform):
                results += self._answer(asker, batch, running)
        return results

    def _provided(
        self, running: RunningContainer, platform: Platform, progress: Progress
    ) -> ProvidedTool:
        interpreter = _look(running, platform, self.folder)
        with self.settings.spent.on("providing tools"):
            tool = provide_inside(
                self.tool.adapter,
                self.tool.version,
                Place(platform, interpreter, running.run),
                self.settings.cache,
                offline=self.settings.offline,
                progress=functools.partial(progress, done=0, total=0),
            )
        if isinstance(tool, NotProvided):
            raise InputError(self.container.name, tool.reason)
        return tool

    def _batches(self, tool: ProvidedTool, platform: Platform) -> list[Batch]:
        python = tool.interpreter.version.replace(".", "")
        return plan(self.role, self.suite.cases, self.suite.rules, platform, python)

    def _answer(
        self, asker: Asker, batch: Batch, running: RunningContainer
    ) -> list[Result]:
        """Ask one batch, and once more if the container or its emulator broke."""
        again = dataclasses.replace(asker, folder=self.folder / "again")
        reason = ""
        for each in (asker, again):
            try:
                return each.answer(batch)
            except LostError as error:
                running.stop()
                reason = str(error)
        lost = Answer(Verdict.INFRASTRUCTURE, reason=reason)
        return [result_of(case, lost, batch) for case in batch.cases]

    def _readable(self) -> Iterator[Path]:
        """Yield the folders that the tool and its questions need."""
        tools = self.settings.cache / "tools"
        tools.mkdir(parents=True, exist_ok=True)
        yield from (tools, self.shelf.folder, data_folder("tools"))
        yield from _named(self.tool.adapter)
        yield from (spec_folder(), Path(manylinux_reference.__file__).parent)


def _named(adapter: Adapter) -> Iterator[Path]:
    """Yield the folders of the files that an adapter's commands name."""
    tables = (adapter.installer, adapter.tag_library)
    for table in filter(None, tables):
        for argument in map(Path, table.command):
            if argument.is_absolute() and argument.is_file():
                yield argument.parent


def _look(running: RunningContainer, platform: Platform, folder: Path) -> Interpreter:
    """Return the container's interpreter, once it sees what the catalogue says.

    Raises InputError if it does not.
    """
    work = folder / "look"
    work.mkdir()
    said = [
        running.run(
            [running.python, "-I", "-c", question],
            folder=work,
            variables={"PATH": "/usr/bin:/bin"},
            seconds=SECONDS,
        )
        for question in (ASK, LOOK)
    ]
    interpreter = read_interpreter(said[0].output)
    if interpreter is None:
        raise InputError(platform.name, f"its Python is not usable: {said[0].words}")
    try:
        sight = msgspec.json.decode(said[1].output, type=Sight)
    except msgspec.DecodeError as error:
        raise InputError(platform.name, f"its Python says: {said[1].words}") from error
    if wrong := "; ".join(disagreements(platform, sight)):
        raise InputError(platform.name, f"is not what the catalogue says: {wrong}")
    return interpreter

