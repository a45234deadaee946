"""The ``history`` command: ask old releases, and write since when they keep rules."""

from __future__ import annotations

import platform as machine
import sys
from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypedDict, Unpack

import click
import platformdirs

from manylinux_conformance.cli.terminal.patterns import several
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, nearest
from manylinux_conformance.history.answers import (
    FORMAT,
    Answers,
    Header,
    asked,
    compressed,
    read_answers,
    write_answers,
)
from manylinux_conformance.history.ask import ask_release, without_python
from manylinux_conformance.history.check import chosen, moved
from manylinux_conformance.history.column import (
    Column,
    read_column,
    renewed,
    write_column,
)
from manylinux_conformance.history.controls import NO_CLAIMS, Claims
from manylinux_conformance.history.expand import columns_of
from manylinux_conformance.history.plan import (
    Span,
    most_telling_first,
    own_cases,
    questions,
    read_spans,
)
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.provide import is_no_fault_of_a_tool
from manylinux_conformance.suite.load import Suite, load_suite

HELP = """Ask old releases of tools, and write since when each keeps which rule.

Without options each release of the adapters under history/tools/ is asked that was not
asked before, the middle of the longest gap first: a column for each lies in the folder
of --output at once, so that a run that is broken off goes on where it was.  Releases
that need an interpreter which is not here are left out, and the files say so;
--interpreters lists what is missing.
The answers are written as run lengths to history/answers/.
Exit status: 0 done, 1 --check found an answer that is not the one on file, a release
could not be had for lack of a network, of room or of time, or an interpreter is
missing; 2 the input cannot be used.

\b
Examples:
  manylinux-conformance history --tool pip
  manylinux-conformance history --tool pip --release 20.3 --release 20.2.4
  manylinux-conformance history --case 'installer.order.linux/*'
  manylinux-conformance history --check
  manylinux-conformance history --check --tool pip --release 20.3 --case 'tag.*'
"""


class HistoryOptions(TypedDict):
    """The options of the command, by the names of their parameters."""

    tools: tuple[str, ...]
    releases: tuple[str, ...]
    cases: tuple[str, ...]
    check: bool
    interpreters: bool
    output: Path


@click.command(help=HELP)
@click.option("--tool", "tools", multiple=True, help="Only the tool NAME.")
@click.option("--release", "releases", multiple=True, help="Only the release VERSION.")
@several("--case", "Ask the releases on file again, but only cases that match PATTERN")
@click.option("--check", is_flag=True, help="Ask a few again, and compare.")
@click.option("--interpreters", is_flag=True, help="Say which Pythons are missing.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/history"),
    help="Where the columns are kept.",
    show_default=True,
)
def history_command(**options: Unpack[HistoryOptions]) -> None:
    """Ask old releases; the text for people is HELP."""
    folder = data_folder("history")
    spans = _wanted(read_spans(folder / "tools"), options["tools"])
    if options["interpreters"]:
        sys.exit(_print_interpreters(spans))
    suite = load_suite()
    if options["check"]:
        sys.exit(_check(suite, spans, folder, options))
    lost = 0
    for _, group in groupby(spans, key=lambda span: (span.adapter.name, span.role)):
        own = list(group)
        before = _on_file(own, folder)
        for number, span in enumerate(own):
            columns = _columns(options["output"], span, before, number)
            known = {each.version: each for each in columns if not each.unasked}
            wanted = options["releases"] or span.releases
            if options["cases"]:
                again = [known[each] for each in wanted if each in known]
                _ask_again(suite, span, again, options)
            else:
                lost += _ask(suite, span, options["output"], wanted, known)
        _write(suite, own, folder, options["output"])
    sys.exit(1 if lost else 0)


def _wanted(spans: Sequence[Span], names: Sequence[str]) -> list[Span]:
    known = {span.adapter.name for span in spans}
    for name in names:
        if name not in known:
            reason = f"has no history; there are {', '.join(sorted(known))}"
            raise InputError(name, reason + nearest(name, known))
    return [span for span in spans if not names or span.adapter.name in names]


def _print_interpreters(spans: Sequence[Span]) -> int:
    """Print each Python that is needed, and how one gets it; return the status."""
    missing = 0
    for python in sorted({span.python for span in spans}):
        releases = sum(len(each.releases) for each in spans if each.python == python)
        found = next(each for each in spans if each.python == python).interpreter
        version = python.lstrip("=")
        state = "fine" if found else "missing"
        click.echo(f"{state:8} Python {version:5} for {releases} releases")
        if not found:
            missing = 1
            click.echo(f"{'':9}to repair: pyenv install {version}")
    return missing


def _ask_again(
    suite: Suite, span: Span, columns: Sequence[Column], options: HistoryOptions
) -> None:
    """Ask releases some of the questions, and keep their answers to the others."""
    folder, cases = data_folder("history"), options["cases"]
    parts = list(questions(suite, folder, span, cases))
    for column in columns:
        again = ask_release(span, column.version, parts)
        if not again.unasked:
            path = options["output"] / span.name / f"{column.version}.json"
            write_column(renewed(column, again), path)
        said = again.unasked or f"{len(again.results)} answers"
        click.echo(f"{span.adapter.name} {column.version}: {said}")


def _ask(
    suite: Suite,
    span: Span,
    output: Path,
    wanted: Container[str],
    known: Container[str],
) -> int:
    """Ask releases of a span; each has its column in a file as soon as it is asked.

    Return how many could not be asked for lack of a network, of room or of time.
    """
    lost = 0
    parts = list(questions(suite, data_folder("history"), span))
    for version in most_telling_first(span.releases, known):
        path = output / span.name / f"{version}.json"
        if version not in wanted or read_column(path):
            continue
        column = ask_release(span, version, parts)
        if column.python:  # an interpreter that is missing today may be there tomorrow
            write_column(column, path)
        said = column.unasked or f"{len(column.results)} answers"
        lost += is_no_fault_of_a_tool(column.unasked)
        python = column.python or span.python.lstrip("=")
        click.echo(
            f"{span.adapter.name} {version} on Python {python}: {said}, "
            f"{column.seconds} s"
        )
    return lost


def _write(suite: Suite, spans: Sequence[Span], folder: Path, output: Path) -> None:
    """Write the file of one tool: what is on file, and the columns that are new."""
    before = _on_file(spans, folder)
    columns, reasons = [], []
    for number, span in enumerate(spans):
        columns.append(list(_columns(output, span, before, number)))
        reasons.append(_reasons(span, before, number))
    if not any(columns):
        return
    header = Header(
        format=FORMAT,
        tool=spans[0].adapter.name,
        role=spans[0].role,
        rules_lock=suite.lock_digest,
        host=machine.machine(),
        spans=tuple(map(asked, spans, columns, reasons)),
    )
    cases = {case.id: case for case in (*suite.cases, *own_cases(folder))}
    claims = _claims() if header.role is Role.AUDITOR else NO_CLAIMS
    write_answers(compressed(header, columns, cases, claims), folder / "answers")


def _claims() -> Claims:
    """Return the tags of each fixture wheel."""
    corpus = built_corpus(platformdirs.user_cache_path("manylinux-conformance"))
    return {line.id: line.tags for line in corpus.lines}


def _on_file(spans: Sequence[Span], folder: Path) -> Answers | None:
    """Return the answers of a tool that are on file, if its spans are still the same.

    Raises InputError if the file is damaged.
    """
    name = f"{spans[0].role.value}-{spans[0].adapter.name}.jsonl"
    path = folder / "answers" / name
    found = read_answers(path) if path.exists() else None
    return found if found and len(found.header.spans) == len(spans) else None


def _columns(
    output: Path, span: Span, before: Answers | None, number: int
) -> Iterator[Column]:
    """Yield the column of each release that was asked now or before."""
    known = (
        {each.version: each for each in columns_of(before, number)} if before else {}
    )
    for version in span.releases:
        new = read_column(output / span.name / f"{version}.json")
        if column := new or known.get(version):
            yield column


def _reasons(span: Span, before: Answers | None, number: int) -> dict[str, str]:
    """Return why releases have no answers, a Python that is missing before all."""
    missing = without_python(span)
    if span.interpreter is None:
        return dict.fromkeys(span.releases, missing)
    unasked = before.header.spans[number].unasked if before else ()
    return {each.version: each.reason for each in unasked if each.reason != missing}


def _check(
    suite: Suite, spans: Sequence[Span], folder: Path, options: HistoryOptions
) -> int:
    """Ask a few columns again; print what differs and return the exit status.

    Nothing that was asked is no success.
    """
    asked_again, status = False, 0
    for path in sorted((folder / "answers").glob("*.jsonl")):
        answers = read_answers(path)
        own = [
            span
            for span in spans
            if (span.adapter.name, span.role)
            == (answers.header.tool, answers.header.role)
        ]
        for number, version in chosen(answers, options["releases"]) if own else ():
            name, span = f"{path.stem} {version}", own[number]
            if span.interpreter is None:
                python = span.python.lstrip("=")
                click.echo(f"{name}: not asked, Python {python} is not here")
                continue
            parts = list(questions(suite, folder, span, options["cases"]))
            column, asked_again = ask_release(span, version, parts), True
            found = list(moved(answers, number, column))
            for complaint in found:
                click.echo(complaint, err=True)
            status = 1 if found else status
            click.echo(f"{name}: {len(column.results)} answers, {len(found)} moved")
    if not asked_again:
        click.echo("nothing was asked", err=True)
    return status if asked_again else 1
