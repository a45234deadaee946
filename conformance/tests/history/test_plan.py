"""The plan on file: spans share a release, and every question is in the suite."""

from __future__ import annotations

import ast
import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.answers import read_answers
from manylinux_conformance.history.controls import CONTROL
from manylinux_conformance.history.plan import (
    Span,
    most_telling_first,
    own_cases,
    questions,
    read_spans,
)
from manylinux_conformance.history.timeline import Event, months, read_timeline, stages
from manylinux_conformance.reports.versions import version_key
from manylinux_conformance.suite.load import load_suite

FOLDER = data_folder("history")
SPANS = read_spans(FOLDER / "tools")
LARGEST = 1_000_000  # bytes of all answers together


def test_releases_stand_in_their_order() -> None:
    for span in SPANS:
        keys = [version_key(release) for release in span.releases]
        assert keys == sorted(keys), span.name


@pytest.mark.parametrize(
    ("known", "order"),
    [
        ("", "1 5 3 2 4"),
        ("1", "5 3 2 4"),
        ("2 4", "1 5 3"),
        ("1 2 5", "3 4"),
        ("1 2 3 4 5", ""),
    ],
)
def test_the_middle_of_the_longest_gap_is_asked_first(known: str, order: str) -> None:
    found = most_telling_first(["1", "2", "3", "4", "5"], known.split())
    assert list(found) == order.split()


def test_where_the_python_changes_both_are_asked_about_one_release() -> None:
    for old, new in pairwise(SPANS):
        same_tool = old.adapter.name == new.adapter.name
        if same_tool and old.python != new.python:
            assert old.releases[-1] == new.releases[0], new.name


@pytest.mark.parametrize("span", SPANS, ids=lambda span: span.name)
def test_every_tool_is_asked_something_with_a_control(span: Span) -> None:
    assert CONTROL in {case.id for case in own_cases(FOLDER)}
    parts = list(questions(load_suite(), FOLDER, span))
    assert parts
    for part in parts:
        assert CONTROL in {case.id for case in part.cases}
        assert not part.containers


@pytest.mark.parametrize("span", SPANS, ids=lambda span: span.name)
def test_scripts_are_written_for_the_python_of_their_time(span: Span) -> None:
    minor = int(span.python.rpartition(".")[2])
    for script in _scripts(span):
        ast.parse(script.read_text(), feature_version=(3, minor))


def _scripts(span: Span) -> list[Path]:
    """Return the scripts that run in an interpreter of a span."""
    words = [*span.adapter.tables[span.role].arguments]
    found = [Path(word) for word in words if word.endswith(".py")]
    return [*found, *(path.with_name("json_lines.py") for path in found)]


def test_answers_on_file_are_whole_and_small() -> None:
    paths = list((FOLDER / "answers").glob("*.jsonl"))
    rules = load_suite().rules
    for path in paths:
        answers = read_answers(path)
        assert path.name == answers.filename
        assert {question.rule for question in answers.questions} <= set(rules)
    assert sum(path.stat().st_size for path in paths) < LARGEST


def test_months_count_from_the_middle_of_a_month_without_a_day() -> None:
    assert Event(day="2019-11").date == dt.date(2019, 11, 15)
    assert months(Event(day="2018-04-14"), Event(day="2019-01-22")) == 9
    assert months(Event(day="2019-07"), Event(day="2019-07")) == 0


def test_every_event_written_down_has_a_source() -> None:
    timeline = read_timeline(FOLDER / "timeline.toml")
    for tag in timeline.tag:
        for stage in stages(tag, {}).values():
            assert stage.event.source.startswith("https://"), (tag.name, stage.key)
