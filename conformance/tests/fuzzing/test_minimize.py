"""Minimizing: what is left is needed, and nothing else is left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.fuzzing.minimize import minimized


@pytest.mark.parametrize(
    ("needed", "kept"),
    [({3}, [3]), ({0, 9}, [0, 9]), (set(range(10)), list(range(10)))],
)
def test_what_is_not_needed_is_left_out(needed: set[int], kept: list[int]) -> None:
    assert minimized(range(10), lambda part: needed <= set(part)) == kept


def test_one_change_stays() -> None:
    assert minimized(["only"], lambda _: True) == ["only"]


def test_nothing_is_asked_twice_without_end() -> None:
    asked = []

    def is_found(part: Sequence[int]) -> bool:
        asked.append(part)
        return len(part) >= 2

    assert len(minimized(range(64), is_found)) == 2
    assert len(asked) < 64
