"""Steps: what is going on with several platforms at once, for people."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from manylinux_conformance.images.engine import Engine
from manylinux_conformance.images.prepare_all import PreparationResult
from manylinux_conformance.images.prepared_list import size
from manylinux_conformance.platforms.catalogue import Container


class Steps:
    """Shows the step of each platform on a terminal, and a line per step elsewhere."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._done = 0
        self._tasks: dict[str, TaskID] = {}
        self._last: dict[str, str] = {}
        self._live = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        """Begin to show."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._live.stop()

    def tell(self, container: Container, step: str) -> None:
        """Show what is being done for a platform."""
        name = container.name
        words = f"{name}: {step}"
        if name not in self._tasks:
            self._tasks[name] = self._live.add_task(words, total=None)
        self._live.update(self._tasks[name], description=words)
        # A pull tells of every layer over and over.
        verb = step.partition(" ")[0]
        if not self._console.is_terminal and self._last.get(name) != verb:
            self._console.print(words)
        self._last[name] = verb

    def done(self, outcome: PreparationResult) -> None:
        """Show what became of a platform."""
        self._done += 1
        name = outcome.container.name
        if name in self._tasks:
            self._live.remove_task(self._tasks.pop(name))
        words = outcome_words(outcome)
        self._console.print(f"{self._done}/{self._total} {name}: {words}")


def outcome_words(outcome: PreparationResult) -> str:
    """Return what became of a platform in words."""
    prepared = outcome.prepared
    if prepared is None:
        return f"not prepared: {outcome.reason}"
    if prepared.source is None:
        return "was prepared before"
    how = f"prepared from {prepared.source} in {outcome.seconds:.1f} s"
    words = f"{how}, {size(prepared.image.size)}"
    if not prepared.has_python:
        paths = ", ".join(outcome.container.release.interpreters)
        words += f"; it has no Python at {paths}, so no tool can be asked in it"
    return words


def disk_use(engines: Iterable[Engine]) -> str:
    """Return what prepared images take on engines, and what room is left."""
    parts = []
    for engine in engines:
        images, free = engine.images(), engine.free()
        used = f"{len(images)} images, {size(sum(images.values()))}"
        parts.append(used if free is None else f"{used}, {size(free)} free")
    return "; ".join(parts)
