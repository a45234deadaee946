"""The time line as a drawing: no mark hides another, and each has its letter."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from manylinux_docs.rendering.drawing import NEAR, drawing

KEYS = ("proposed", "accepted", "index", "installer", "auditor", "image")
START = dt.date(2016, 1, 19)
CROWDED = {key: START + dt.timedelta(weeks=number) for number, key in enumerate(KEYS)}


def test_no_mark_hides_another_however_close_their_days_are() -> None:
    days = CROWDED | {"ends": dt.date(2026, 1, 1)}
    [line] = drawing({"manylinux1": days}, (*KEYS, "ends")).lines
    for one, other in combinations(line.marks, 2):
        apart = max(abs(one.x - other.x), abs(one.y - other.y))
        assert apart == pytest.approx(NEAR) or apart > NEAR, (one.key, other.key)


def test_marks_stand_in_the_order_of_their_days() -> None:
    [line] = drawing({"tag": dict(reversed(CROWDED.items()))}, KEYS).lines
    assert [mark.key for mark in line.marks] == list(KEYS)
    assert [mark.day for mark in line.marks] == sorted(CROWDED.values())


def test_each_key_has_a_letter_of_its_own() -> None:
    found = drawing({"tag": CROWDED}, KEYS)
    assert list(found.letters.values()) == ["A", "B", "C", "D", "E", "F"]
    assert {mark.letter for mark in found.lines[0].marks} == set(found.letters.values())


def test_years_begin_where_their_first_day_stands() -> None:
    new_year = dt.date(2017, 1, 1)
    found = drawing({"tag": {"accepted": new_year, "index": START}}, KEYS)
    places = dict(found.years)
    [mark] = [each for each in found.lines[0].marks if each.day == new_year]
    assert mark.x == places[2017]
    assert list(places) == [2016, 2017, 2018]
