"""Interruption: Ctrl-C and SIGTERM end a run together with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from manylinux_conformance.containers.live_containers import LiveContainers

PAUSE = 0.05  # seconds between two looks for processes that are left
TASKS = Path("/proc/self/task")


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM and a lost terminal raise KeyboardInterrupt, as Ctrl-C does.

    Whatever cleans up then does so.
    """

    def interrupt(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    with _handled({signal.SIGTERM: interrupt, signal.SIGHUP: interrupt}):
        yield


@contextlib.contextmanager
def interruptible(live: LiveContainers) -> Iterator[None]:
    """Have SIGINT and SIGTERM end containers and processes and raise KeyboardInterrupt.

    Threads that wait for one of these would else keep the run from ending.  A second
    Ctrl-C does not disturb the cleaning; a second SIGTERM ends everything at once.
    """
    over = threading.Event()

    def interrupt(number: int, _: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Thread(target=_end_all, args=(live, over), daemon=True).start()
        raise KeyboardInterrupt(number)

    with _handled({signal.SIGINT: interrupt, signal.SIGTERM: interrupt}):
        try:
            yield
        finally:
            over.set()


def exit_status(interruption: KeyboardInterrupt) -> int:
    """Return the exit status by which a shell knows the signal."""
    number = interruption.args[0] if interruption.args else signal.SIGINT
    return 128 + int(number)


@contextlib.contextmanager
def _handled(handlers: dict[signal.Signals, signal._HANDLER]) -> Iterator[None]:
    """Handle signals, except those that whoever started this wants to be ignored."""
    before = {each: signal.getsignal(each) for each in handlers}
    used = [each for each, old in before.items() if old is not signal.SIG_IGN]
    for each in used:
        signal.signal(each, handlers[each])
    try:
        yield
    finally:
        for each in used:
            signal.signal(each, before[each])


def _end_all(live: LiveContainers, over: threading.Event) -> None:
    """End containers, then processes, for as long as somebody starts new ones."""
    live.end()
    while not over.wait(PAUSE):
        for process in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _children() -> Iterator[int]:
    """Yield the processes that threads of this one started; see proc(5)."""
    for children in TASKS.glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, children.read_text().split())
