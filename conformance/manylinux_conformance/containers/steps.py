"""Steps: what is going on with several platforms at once, for people."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from manylinux_conformance.containers.catalogue import Container


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

    def done(self, container: Container, words: str) -> None:
        """Show what became of a platform."""
        self._done += 1
        if container.name in self._tasks:
            self._live.remove_task(self._tasks.pop(container.name))
        self._console.print(f"{self._done}/{self._total} {container.name}: {words}")
