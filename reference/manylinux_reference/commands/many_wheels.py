"""Audits many wheels: folders, several processes, errors as reports."""

from __future__ import annotations

import os
from importlib import import_module

from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.findings import Outcome, Report
from manylinux_reference.rules.wheel.audit import audit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from manylinux_reference.reading.archive import RangedFile

    Provided: TypeAlias = "Sequence[tuple[str, str]]"

MOST_JOBS = 61  # what concurrent.futures can wait for on Windows


def wheels_below(paths: Iterable[str]) -> Iterator[str]:
    """Yield the files among the paths, and the wheels below the folders, sorted.

    Their parts are separated by slashes on every system.
    """
    for path in paths:
        found = False
        for folder, folders, files in os.walk(path):
            found = True
            folders.sort()
            wheels = (name for name in sorted(files) if name.endswith(".whl"))
            inside = folder.replace(os.sep, "/").rstrip("/")
            yield from (f"{inside}/{name}" for name in wheels)
        if not found:
            yield path.replace(os.sep, "/")


def audits(
    paths: list[str], provided: Provided = (), *, jobs: int = 0, hashes: bool = True
) -> Iterator[Report]:
    """Yield a report for each wheel, in order.

    ``jobs`` is the number of processes, 0 for one per processor.  ``provided`` and
    ``hashes`` are those of ``audit``.
    """
    jobs = min(jobs or _processors(), len(paths), MOST_JOBS)
    if jobs <= 1:
        yield from (report_on(path, provided, hashes=hashes) for path in paths)
        return
    futures = import_module("concurrent.futures")  # 20 ms that one wheel does not need
    pool = futures.ProcessPoolExecutor(jobs, initializer=_end_with_parent)
    try:
        # The longest work first, so that no process is left with it alone at the end.
        started = {
            number: pool.submit(report_on, paths[number], provided, hashes=hashes)
            for number in sorted(range(len(paths)), key=lambda n: -_size(paths[n]))
        }
        for number, path in enumerate(paths):
            try:
                yield started.pop(number).result()
            except futures.BrokenExecutor:  # one of its processes was killed
                yield _alone(path, provided, hashes=hashes)
    finally:
        pool.shutdown(cancel_futures=True)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux alone
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _end_with_parent() -> None:
    """Have Ctrl-C end a process of the pool without a word; the parent says it."""
    signal = import_module("signal")
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _alone(path: str, provided: Provided, *, hashes: bool) -> Report:
    """Audit a wheel in a process of its own, which it may end like another before."""
    futures = import_module("concurrent.futures")
    with futures.ProcessPoolExecutor(1, initializer=_end_with_parent) as pool:
        try:
            report: Report = pool.submit(
                report_on, path, provided, hashes=hashes
            ).result()
        except futures.BrokenExecutor:
            error = NotJudgedError("the process that audited it was killed")
            report = _without_answer(path, error, Outcome.NOT_JUDGED)
    return report


def _size(path: str) -> int:
    """Return a file's size, 0 if it cannot be known; the audit will say why."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - importing pathlib takes longer
    except OSError:
        return 0


def report_on(
    path: str,
    provided: Provided = (),
    *,
    hashes: bool = True,
    file: RangedFile | None = None,
) -> Report:
    """Audit one wheel; what is wrong with the file itself is a report as well."""
    try:
        return audit(path, provided, hashes=hashes, file=file)
    except UnusableError as error:
        return _without_answer(path, error, Outcome.UNUSABLE)
    except NotJudgedError as error:
        return _without_answer(path, error, Outcome.NOT_JUDGED)
    except MemoryError:
        scarce = NotJudgedError("needs more memory than there is")
        return _without_answer(path, scarce, Outcome.NOT_JUDGED)


def _without_answer(
    path: str, error: UnusableError | NotJudgedError, outcome: str
) -> Report:
    report = Report(path)
    report.outcome = outcome
    report.error, report.member = error.reason, error.member
    return report
