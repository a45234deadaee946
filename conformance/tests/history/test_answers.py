"""Run lengths: written, read, made columns of again, and refused when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.history.answers import (
    Answers,
    compressed,
    read_answers,
    write_answers,
)
from manylinux_conformance.history.check import chosen, moved
from manylinux_conformance.history.column import (
    Column,
    read_column,
    renewed,
    write_column,
)
from manylinux_conformance.history.expand import columns_of
from manylinux_conformance.history.milestones import level_since
from manylinux_conformance.history.since import disagreements, rule_histories
from manylinux_conformance.reports.rule_status import RuleStatus
from tests.history.columns import CASES, column
from tests.history.made import answers_of

OLD, MIDDLE, NEW = "linux", "linux manylinux1_x86_64", "linux manylinux"


@pytest.fixture
def spans() -> list[list[Column]]:
    """Return three releases on one Python and the last again, with one more."""
    return [
        [column("1", OLD), column("2", OLD), column("3", MIDDLE, day="2019-01-22")],
        [
            column("3", MIDDLE, day="2019-01-22", python="3.11"),
            column("4", NEW, day="2020-11-30", python="3.11"),
            column("5", OLD, python="3.11"),
        ],
    ]


def test_only_changes_are_written(spans: list[list[Column]]) -> None:
    [line] = [
        each for each in answers_of(spans).questions if each.case == "rule.legacy/fits"
    ]
    assert [since.version for since in line.spans[0]] == ["1", "3"]
    assert [since.version for since in line.spans[1]] == ["3", "5"]


def test_columns_come_back(spans: list[list[Column]], tmp_path: Path) -> None:
    answers = answers_of(spans)
    write_answers(answers, tmp_path)
    read = read_answers(tmp_path / answers.filename)
    assert read == answers
    back = [list(columns_of(read, number)) for number in (0, 1)]
    assert compressed(read.header, back, CASES) == answers


def test_damaged_file_is_refused(spans: list[list[Column]], tmp_path: Path) -> None:
    answers = answers_of(spans)
    write_answers(answers, tmp_path)
    path = tmp_path / answers.filename
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match="not whole"):
        read_answers(path)


def test_a_rule_is_kept_from_the_first_release_that_shows_it(
    spans: list[list[Column]],
) -> None:
    found = {each.rule: each for each in rule_histories(answers_of(spans))}
    legacy = found["rule.legacy"]
    assert [(each.release.version, each.status) for each in legacy.changes] == [
        ("1", RuleStatus.BREAKS),
        ("3", RuleStatus.KEEPS),
        ("5", RuleStatus.BREAKS),
    ]
    assert legacy.first is not None
    assert legacy.first.before is not None
    assert legacy.first.before.version == "2"
    [lost] = legacy.regressions
    assert (lost.kept.release.version, lost.lost.release.version) == ("3", "5")
    assert lost.again is None
    assert not legacy.keeps_now


def test_what_another_python_changes_is_no_change_of_a_release() -> None:
    spans = [[column("1", OLD)], [column("1", MIDDLE, python="3.11")]]
    answers = answers_of(spans)
    [history] = [each for each in rule_histories(answers) if each.rule == "rule.legacy"]
    assert [change.how for change in history.changes] == ["", "on Python 3.11"]
    assert not history.regressions
    assert {question.case for _, question in disagreements(answers)} == {
        "rule.legacy/fits",
        "rule.legacy/other",
    }


def test_a_level_that_no_release_shows_has_no_milestone(
    spans: list[list[Column]],
) -> None:
    assert level_since(answers_of(spans), "manylinux2014") is None


def test_check_asks_the_first_and_the_last_of_each_python(
    spans: list[list[Column]],
) -> None:
    assert list(chosen(answers_of(spans))) == [(0, "1"), (0, "3"), (1, "3"), (1, "5")]


def test_check_tells_what_moved(spans: list[list[Column]]) -> None:
    answers = answers_of(spans)
    assert not list(moved(answers, 0, column("3", MIDDLE)))
    [said, *_] = moved(answers, 0, column("3", OLD))
    assert "3: rule.legacy/fits on glibc-2.17" in said
    gone = Column(version="3", unasked="is gone")
    assert list(moved(answers, 0, gone)) == ["made 3: is gone"]


def test_a_column_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "span" / "1.json"
    assert read_column(path) is None
    write_column(column("1", OLD), path)
    assert read_column(path) == column("1", OLD)
    path.write_text("{")
    with pytest.raises(InputError, match=r"span/1\.json"):
        read_column(path)


def test_file_is_named_after_role_and_tool(spans: list[list[Column]]) -> None:
    made: Answers = answers_of(spans)
    assert made.filename == "installer-made.jsonl"


def test_answers_asked_again_take_the_place_of_the_old_ones() -> None:
    old, new = column("1", OLD), column("1", MIDDLE)
    [again] = [each for each in new.results if each.case == "rule.legacy/fits"]
    found = renewed(old, Column(version="1", seconds=1, results=(again,)))
    assert found.seconds == 3
    assert len(found.results) == len(old.results)
    assert again in found.results
