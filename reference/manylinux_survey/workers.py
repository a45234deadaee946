"""Has wheels judged by processes of this machine, or by the workers of a cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from importlib import import_module

from pebble import ProcessPool

from manylinux_survey.errors import SurveyError
from manylinux_survey.judge import judge, not_judged
from manylinux_survey.rows import Judged, Offer, Settings

Judge = Callable[[Offer, Settings], Judged]
Submit = Callable[[Offer, Settings], "Future[Judged]"]

AHEAD = 4  # wheels that wait for each worker, so that none waits for a wheel
CONNECTING = "20s"


@contextmanager
def on_this_machine(
    count: int, seconds: float, judging: Judge = judge
) -> Iterator[Submit]:
    """Start so many processes, each of which gives a wheel so many seconds."""
    with ProcessPool(max_workers=count, initializer=_ignore_interrupt) as pool:

        def submit(offer: Offer, settings: Settings) -> Future[Judged]:
            future: Future[Judged] = pool.schedule(
                judging, args=[offer, settings], timeout=seconds
            )
            return future

        try:
            yield submit
        except BaseException:
            pool.stop()
            raise


@contextmanager
def on_cluster(scheduler: str) -> Iterator[tuple[int, Submit]]:
    """Connect to a Dask scheduler; yield how many threads its workers have as well.

    Raises SurveyError if there is none.
    """
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        hint = "pip install 'manylinux-conformance[cluster]'"
        raise SurveyError(f"--scheduler needs Dask; run: {hint}") from error
    try:
        client = distributed.Client(scheduler, timeout=CONNECTING)
    except (OSError, ValueError, TimeoutError) as error:
        raise SurveyError(f"no Dask scheduler answers at {scheduler}") from error
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise SurveyError(f"the Dask scheduler at {scheduler} has no workers")
        executor = client.get_executor(pure=False)

        def submit(offer: Offer, settings: Settings) -> Future[Judged]:
            future: Future[Judged] = executor.submit(judge, offer, settings)
            return future

        yield count, submit


def judged(
    offers: Iterator[Offer], submit: Submit, count: int, settings: Settings
) -> Iterator[Judged]:
    """Yield what became of each wheel, as soon as it is known.

    A wheel with which its worker dies is not judged, and the others go on.
    """
    running: dict[Future[Judged], Offer] = {}
    more = True
    while more or running:
        while more and len(running) < count * AHEAD:
            offer = next(offers, None)
            if offer is None:
                more = False
            else:
                running[submit(offer, settings)] = offer
        if running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield _result(future, running.pop(future))


def _result(future: Future[Judged], offer: Offer) -> Judged:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, TimeoutError):
        return not_judged(offer, "took too long")
    if isinstance(error, Exception):
        said = type(error).__name__
        return not_judged(offer, f"the process that judged it ended: {said}")
    raise error


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux alone
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ignore_interrupt() -> None:
    """Leave Ctrl-C to the parent, which says it once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
