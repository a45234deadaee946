"""Preparing many platforms: some at a time, one such run at once on a machine."""

from __future__ import annotations

import contextlib
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from manylinux_conformance.errors import (
    InputError,
    SuiteError,
    reason_of,
)
from manylinux_conformance.images.engines.interruption import Interrupted
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


def prepare_all(
    preparation: Preparation,
    containers: Sequence[Container],
    jobs: int,
    say: Callable[[str, str], None],
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
    say: Callable[[str, str], None],
) -> PreparationResult | BaseException:
    begun = time.monotonic()
    try:
        prepared = preparation.prepare(container, partial(say, container.name))
    except InputError as error:
        return PreparationResult(
            container, None, error.reason, time.monotonic() - begun
        )
    except SuiteError as error:
        return PreparationResult(
            container, None, error.explanation, time.monotonic() - begun
        )
    except OSError as error:
        reason = f"{error.filename or tempfile.gettempdir()}: {reason_of(error)}"
        return PreparationResult(container, None, reason, time.monotonic() - begun)
    except Interrupted:
        raise
    except Exception as error:  # noqa: BLE001 - it is raised where the others are awaited
        return error
    return PreparationResult(container, prepared, "", time.monotonic() - begun)
