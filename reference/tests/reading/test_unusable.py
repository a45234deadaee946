"""The one error of wheels that cannot be read."""

from __future__ import annotations

import copy

import pytest
from manylinux_reference.reading.unusable import UnusableError, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", "a\\nb"),
        ("x" * 300, "x" * 200 + "..."),
        ("plain/name", "plain/name"),
    ],
)
def test_names_from_outside_stay_on_one_line(name: str, shown: str) -> None:
    assert printable(name) == shown


@pytest.mark.parametrize(
    ("member", "text"), [("", "why"), ("a.so", "a.so: why"), ("a\nb", "a\\nb: why")]
)
def test_error_is_one_line_with_the_member(member: str, text: str) -> None:
    error = UnusableError("why", member)
    assert str(error) == text
    again = copy.copy(error)
    assert (str(again), again.reason, again.member) == (text, "why", member)
