"""Preparing many platforms: some at a time, one such run at once on a machine."""

from __future__ import annotations

import contextlib
import fcntl
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from manylinux_conformance.errors import InputError, SuiteError
from manylinux_conformance.images.interruption import Interrupted
from manylinux_conformance.images.prepare import Preparation, Prepared
from manylinux_conformance.platforms.catalogue import Container

WORKER_TIMEOUT = 1  # seconds that workers have to notice an interruption


@dataclass(frozen=True, slots=True)
class PreparationResult:
    """What became of one platform: an image, or the reason why there is none."""

    container: Container
    prepared: Prepared | None
    reason: str
    seconds: float


@contextlib.contextmanager
def alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file, so that no image is made twice; call ``waiting`` if it is held.

    The kernel lets go of it if this process ends, however it ends.
    """
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w")
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error


def prepare_all(
    preparation: Preparation,
    containers: Sequence[Container],
    jobs: int,
    say: Callable[[Container, str], None],
) -> Iterator[PreparationResult]:
    """Prepare platforms, ``jobs`` at a time, and yield what became of each.

    An interruption (KeyboardInterrupt) ends what is under way and leaves whole images.
    """
    waiting: queue.SimpleQueue[Container] = queue.SimpleQueue()
    outcomes: queue.SimpleQueue[PreparationResult | BaseException] = queue.SimpleQueue()
    for container in containers:
        waiting.put(container)

    def work() -> None:
        with contextlib.suppress(queue.Empty, Interrupted):
            while True:
                preparation.interruption.check()
                outcomes.put(_outcome(preparation, waiting.get_nowait(), say))

    workers = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    try:
        for _ in containers:
            outcome = outcomes.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome
    finally:
        preparation.interruption.happen()
        for worker in workers:
            worker.join(WORKER_TIMEOUT)


def _outcome(
    preparation: Preparation,
    container: Container,
    say: Callable[[Container, str], None],
) -> PreparationResult | BaseException:
    begun = time.monotonic()
    try:
        prepared = preparation.prepare(container, lambda step: say(container, step))
    except InputError as error:
        return PreparationResult(
            container, None, error.reason, time.monotonic() - begun
        )
    except SuiteError as error:
        return PreparationResult(
            container, None, error.explanation, time.monotonic() - begun
        )
    except OSError as error:
        reason = f"{error.filename or tempfile.gettempdir()}: {error.strerror}"
        return PreparationResult(container, None, reason, time.monotonic() - begun)
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised where the others are awaited
        return error
    return PreparationResult(container, prepared, "", time.monotonic() - begun)
