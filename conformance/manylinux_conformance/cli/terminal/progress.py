"""Progress: what is being done on a terminal, and a line for each thing elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LONG = 3600  # seconds of which a speed is an average; the last moments say little
LONGEST_NAME = 40  # characters, so that a bar fits beside it on a narrow terminal


class ProgressBars:
    """Shows what a run is doing, on a console.

    What goes on for ``always`` is a bar and never a line.
    """

    def __init__(self, console: Console, always: str = "") -> None:
        self._console, self._always = console, always
        self._tasks: dict[str, tuple[TaskID, float]] = {}
        self._verbs: dict[str, str] = {}
        self._lock = threading.Lock()
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
            speed_estimate_period=LONG,
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
                if not self._console.is_terminal and words != self._always:
                    self._print(words)
                name = words[:LONGEST_NAME]
                task = self._bars.add_task(name, total=total, count="")
                self._tasks[words] = (task, time.monotonic())
            task, began = self._tasks[words]
            count = f"{done}/{total}"
            self._bars.update(task, completed=done, total=total, count=count)
            if done >= total:
                self._bars.remove_task(task)
                del self._tasks[words]
                if self._console.is_terminal and words != self._always:
                    self._print(f"{words}: {time.monotonic() - began:.0f} s")

    def tell(self, subject: str, step: str) -> None:
        """Show the step that something has reached; nobody knows how many there are.

        Without a terminal, a step that only differs in its details is no line: a pull
        tells of every layer over and over.
        """
        words, verb = f"{subject}: {step}", step.partition(" ")[0]
        with self._lock:
            if subject not in self._tasks:
                task = self._bars.add_task(words, total=None, count="")
                self._tasks[subject] = (task, time.monotonic())
            self._bars.update(self._tasks[subject][0], description=words)
            if not self._console.is_terminal and self._verbs.get(subject) != verb:
                self._print(words)
            self._verbs[subject] = verb

    def finish(self, subject: str, line: str) -> None:
        """Show in a line what became of something."""
        with self._lock:
            if subject in self._tasks:
                self._bars.remove_task(self._tasks.pop(subject)[0])
            self._print(line, style="")

    def _print(self, line: str, style: str = "dim") -> None:
        self._console.print(Text(line, style=style), soft_wrap=True)
