"""Progress: bars for what is being done, and a line for each thing that is done."""

from __future__ import annotations

import threading
import time
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
from rich.text import Text

LONGEST_NAME = 40  # characters, so that a bar fits beside it on a narrow terminal


class ProgressBars:
    """Shows what a run is doing, on a console."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._tasks: dict[str, tuple[TaskID, float]] = {}
        self._lock = threading.Lock()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
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
        """Show that ``done`` of ``total`` parts of something are done.

        Without a total nobody knows how much there is: the words become a line.
        """
        with self._lock:
            if not total:
                self._print(words)
                return
            if words not in self._tasks:
                if not self._console.is_terminal:
                    self._print(words)
                name = words[:LONGEST_NAME]
                task = self._bars.add_task(name, total=total)
                self._tasks[words] = (task, time.monotonic())
            task, began = self._tasks[words]
            self._bars.update(task, completed=done, total=total)
            if done >= total:
                self._bars.remove_task(task)
                del self._tasks[words]
                if self._console.is_terminal:
                    self._print(f"{words}: {time.monotonic() - began:.0f} s")

    def _print(self, line: str) -> None:
        self._console.print(Text(line, style="dim"))
