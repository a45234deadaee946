"""Runs a survey: finds wheels, has each judged once, keeps and counts the answers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import filelock
import msgspec
import rich.console
import rich.progress

from manylinux_survey.errors import SurveyError
from manylinux_survey.journal import FORMAT, Head, Journal, read_journal
from manylinux_survey.report import report
from manylinux_survey.rows import Judged, Offer, Settings
from manylinux_survey.sources import offers
from manylinux_survey.summary import Summary, summarize
from manylinux_survey.tables import write_tables
from manylinux_survey.workers import (
    Submit,
    judged,
    on_cluster,
    on_this_machine,
    processors,
)

PROJECT = "manylinux-conformance"  # whose version says by which rules was judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a survey; ``per_second`` are requests of all workers, 0 any."""

    sources: Sequence[str]
    output: Path
    projects: Path | None = None
    everything: bool = False
    hashes: bool = True
    workers: int = 0
    per_second: float = 0.0
    seconds: float = 300.0
    scheduler: str = ""
    agent: str = "manylinux-survey"


@dataclass(slots=True)
class Once:
    """Lets each wheel through once, and counts those that come again."""

    known: set[bytes]
    repeated: int = 0

    def filtered(self, found: Iterable[Offer]) -> Iterator[Offer]:
        """Yield the wheels that were not judged, by a survey before or in this one."""
        seen: set[bytes] = set()
        for offer in found:
            if offer.key in seen:
                self.repeated += 1
            elif offer.key not in self.known:
                yield offer
            seen.add(offer.key)


def survey(wanted: Wanted) -> Summary:
    """Judge the wheels of all sources, and write tables, summary and report.

    Raises SurveyError if it cannot begin, or if a source cannot be read; what was
    judged until then is kept, and the same command goes on from there.
    """
    try:
        wanted.output.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(wanted.output / ".lock", timeout=0):
            repeated = _judge_all(wanted)
            return _conclude(wanted.output, repeated)
    except filelock.Timeout as error:
        raise SurveyError(f"{wanted.output}: another survey writes there") from error
    except OSError as error:
        path = error.filename or wanted.output
        raise SurveyError(f"{path}: {error.strerror or error}") from error


def _judge_all(wanted: Wanted) -> int:
    """Have everything judged that is not in the journal; return how many repeat."""
    with contextlib.ExitStack() as stack:
        if wanted.scheduler:
            count, submit = stack.enter_context(on_cluster(wanted.scheduler))
        else:
            count = wanted.workers or processors()
            submit = stack.enter_context(on_this_machine(count, wanted.seconds))
        interval = count / wanted.per_second if wanted.per_second else 0.0
        settings = Settings(hashes=wanted.hashes, interval=interval, agent=wanted.agent)
        # How quickly servers are asked has no part in an answer.
        head = Head(
            FORMAT, version(PROJECT), msgspec.structs.replace(settings, interval=0.0)
        )
        journal = stack.enter_context(Journal(wanted.output, head))
        once = Once(journal.keys)
        found = once.filtered(
            offers(
                wanted.sources,
                wanted.projects,
                everything=wanted.everything,
                agent=wanted.agent,
            )
        )
        for one in _with_progress(found, submit, count, settings):
            journal.add(one)
        return once.repeated


def _with_progress(
    found: Iterator[Offer], submit: Submit, count: int, settings: Settings
) -> Iterator[Judged]:
    """Show on a terminal how many wheels are judged, and how quickly."""
    console = rich.console.Console(stderr=True)
    columns = (
        rich.progress.SpinnerColumn(),
        rich.progress.TextColumn("{task.completed:,.0f} wheels judged"),
        rich.progress.TimeElapsedColumn(),
        rich.progress.TextColumn("{task.fields[last]}", markup=False),
    )
    with rich.progress.Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("", total=None, last="")
        for one in judged(found, submit, count, settings):
            progress.update(
                task, advance=1, last=f"{one.offer.filename}: {one.outcome}"
            )
            yield one


def _conclude(folder: Path, repeated: int) -> Summary:
    write_tables(read_journal(folder), folder)
    summary = summarize(folder, version(PROJECT), repeated)
    text = msgspec.json.format(msgspec.json.encode(summary), indent=2).decode()
    _write(folder / "summary.json", text + "\n")
    _write(folder / "report.html", report(summary))
    return summary


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
