"""Interruption: ends what several threads have under way, and leaves nothing of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from manylinux_fixtures.files.temporary_folder import temporary_folder

TERMINATION_TIMEOUT = 10  # seconds that a program has to remove what it has made


class Interrupted(Exception):  # noqa: N818 - it is no error
    """The user has interrupted the work."""


class Interruption:
    """Whether the user has interrupted the work, and what to tidy up then.

    Threads that wait for an engine are not waited for: an engine drops what is half
    loaded as soon as nobody listens any more.
    """

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._happened = False
        self._running: set[subprocess.Popen[str]] = set()
        self._folders: set[Path] = set()

    def check(self) -> None:
        """Raise Interrupted if the user has interrupted the work."""
        if self._happened:
            raise Interrupted

    def heeding(self, say: Callable[[str], None]) -> Callable[[str], None]:
        """Return a function that tells of a step, unless the work is interrupted."""

        def told(step: str) -> None:
            self.check()
            say(step)

        return told

    @contextlib.contextmanager
    def watching(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """End a process, which leads its group, if the work is interrupted."""
        with self._changing:
            self._running.add(process)
        try:
            if self._happened:
                _end(process)
            yield
        finally:
            with self._changing:
                self._running.discard(process)
        self.check()

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """Yield a new folder, which is gone at the end or at an interruption."""
        with temporary_folder() as folder:
            self._folders.add(folder)
            try:
                yield folder
            finally:
                self._folders.discard(folder)

    def happen(self) -> None:
        """End what is running and remove its folders; nothing new begins."""
        with self._changing:
            self._happened = True
            running = tuple(self._running)
        for process in running:
            _end(process)
        for folder in tuple(self._folders):
            shutil.rmtree(folder, ignore_errors=True)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process's group to end, and make it end if it does not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TERMINATION_TIMEOUT)
            return
