"""Audits many wheels: folders, several processes, errors as reports."""

from __future__ import annotations

import os
from importlib import import_module

from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.wheel.audit import audit
from manylinux_reference.rules.wheel.report import Outcome, Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    Provided: TypeAlias = "Sequence[tuple[str, str]]"


def wheels_below(paths: Iterable[str]) -> Iterator[str]:
    """Yield the files among the paths, and the wheels below the folders, sorted."""
    for path in paths:
        found = False
        for folder, folders, files in os.walk(path):
            found = True
            folders.sort()
            wheels = (name for name in sorted(files) if name.endswith(".whl"))
            yield from (f"{folder.rstrip('/')}/{name}" for name in wheels)
        if not found:
            yield path


def audits(
    paths: list[str], jobs: int = 0, provided: Provided = ()
) -> Iterator[Report]:
    """Yield a report for each wheel, in order.

    ``jobs`` is the number of processes, 0 for one per processor.  ``provided`` are the
    libraries of other wheels, as ``Policy`` has them.
    """
    jobs = min(jobs or len(os.sched_getaffinity(0)), len(paths))
    if jobs <= 1:
        yield from (report_on(path, provided) for path in paths)
        return
    futures = import_module("concurrent.futures")  # 20 ms that one wheel does not need
    with futures.ProcessPoolExecutor(jobs) as pool:
        # The longest work first, so that no process is left with it alone at the end.
        started = {
            number: pool.submit(report_on, paths[number], provided)
            for number in sorted(range(len(paths)), key=lambda n: -_size(paths[n]))
        }
        for number in range(len(paths)):
            yield started.pop(number).result()


def _size(path: str) -> int:
    """Return a file's size, 0 if it cannot be known; the audit will say why."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - importing pathlib takes longer
    except OSError:
        return 0


def report_on(path: str, provided: Provided = ()) -> Report:
    """Audit one wheel; what is wrong with the file itself is a report as well."""
    try:
        return audit(path, provided)
    except UnusableError as error:
        return _without_answer(path, error, Outcome.UNUSABLE)
    except NotJudgedError as error:
        return _without_answer(path, error, Outcome.NOT_JUDGED)


def _without_answer(
    path: str, error: UnusableError | NotJudgedError, outcome: str
) -> Report:
    report = Report(path)
    report.outcome = outcome
    report.error, report.member = error.reason, error.member
    return report
