"""The error of the auditing half, as people and other processes see it."""

from __future__ import annotations

import copy

import pytest
from manylinux_reference.reading.unusable import LONGEST, UnusableError, printable


@pytest.mark.parametrize(
    ("member", "said"),
    [("a.so", "a.so: is cut off"), ("", "is cut off"), ("a\n", "a\\n: is cut off")],
)
def test_error_names_the_member(member: str, said: str) -> None:
    error = UnusableError("is cut off", member)
    assert str(error) == said
    assert (error.reason, error.member) == ("is cut off", member)


def test_error_travels_between_processes() -> None:
    error = copy.copy(UnusableError("is cut off", "a.so"))
    assert (error.reason, error.member) == ("is cut off", "a.so")
    assert str(error) == "a.so: is cut off"


def test_error_may_be_about_the_whole_wheel() -> None:
    assert UnusableError("is cut off").member == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * LONGEST + "..."),
        ("\x1b[31m'ü'", "\\x1b[31m'\\xfc'"),
        ("ü", "ü"),
    ],
)
def test_name_is_shown_in_bounds(name: str, shown: str) -> None:
    assert printable(name) == shown
