"""A time line as a drawing: rows of marks between the first year and the last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEFT = 120  # room for the names of the rows
WIDTH = 860
RIGHT = 20
TOP = 24
ROW = 64
LANES = 3  # marks that are close to each other stand in different heights
NEAR = 16  # how close: less than a mark is wide
DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Mark:
    """One event: where it stands, its letter and its key."""

    key: str
    letter: str
    x: float
    y: float
    day: dt.date


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, its height and its marks."""

    name: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of ``width`` and ``height``, with the years and where they begin."""

    width: int
    height: int
    years: tuple[tuple[int, float], ...]
    lines: tuple[Line, ...]
    letters: Mapping[str, str]


def drawing(rows: Mapping[str, Mapping[str, dt.date]], keys: Sequence[str]) -> Drawing:
    """Return the drawing of the rows; each of the keys gets a letter, in their order.

    A letter in a mark tells it from others without colour.
    """
    letters = {key: chr(ord("A") + number) for number, key in enumerate(keys)}
    days = [day for row in rows.values() for day in row.values()]
    first, last = min(days).year, max(days).year + 1
    scale = (WIDTH - LEFT - RIGHT) / (last - first)

    def place(day: dt.date) -> float:
        years = day.year - first + (day.timetuple().tm_yday - 1) / DAYS_OF_A_YEAR
        return round(LEFT + years * scale, 1)

    lines = []
    for number, (name, row) in enumerate(rows.items()):
        y = TOP + ROW * number + ROW / 2
        ordered = sorted(row.items(), key=lambda item: item[1])
        marks = _marks([(key, place(day), day) for key, day in ordered], letters, y)
        lines.append(Line(name, y, marks))
    years = tuple((year, place(dt.date(year, 1, 1))) for year in range(first, last + 1))
    return Drawing(WIDTH, TOP + ROW * len(rows) + 8, years, tuple(lines), letters)


def _marks(
    events: Sequence[tuple[str, float, dt.date]], letters: Mapping[str, str], y: float
) -> tuple[Mark, ...]:
    """Return marks in the first lane in which the one before is not near.

    Where each lane has one, a mark moves to the right, as far as it must; its title and
    the table tell the day.
    """
    free = [float("-inf")] * LANES  # from where on a lane is
    marks = []
    for key, x, day in events:
        lane = next((lane for lane in range(LANES) if x >= free[lane]), None)
        if lane is None:
            lane = free.index(min(free))
        place = max(x, free[lane])
        free[lane] = place + NEAR
        height = y + (0, -16, 16)[lane]
        marks.append(Mark(key, letters[key], round(place, 1), height, day))
    return tuple(marks)
