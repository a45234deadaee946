"""Progress: bars on a terminal, a line per tool and role elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class ProgressBars:
    """Shows what a run is doing, on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()

    def take_note(self, words: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` parts of something are done."""
        if words not in self._tasks:
            self._tasks[words] = self._bars.add_task(words, total=total or None)
            if not self._console.is_terminal:
                self._console.print(words, highlight=False)
        self._bars.update(self._tasks[words], completed=done, total=total or None)
