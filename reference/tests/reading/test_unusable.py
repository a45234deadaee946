"""The error of the auditing half, as people and other processes see it."""

from __future__ import annotations

import copy

import pytest
from manylinux_reference.reading.unusable import UnusableError, printable


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ("a.so", "a.so: is cut off"),
        ("", "is cut off"),
        ("a\nb", "a\\nb: is cut off"),
    ],
)
def test_error_is_one_line_with_the_member(member: str, text: str) -> None:
    error = UnusableError("is cut off", member)
    between_processes = copy.copy(error)
    for each in (error, between_processes):
        assert (str(each), each.reason, each.member) == (text, "is cut off", member)


def test_error_may_be_about_the_whole_wheel() -> None:
    assert UnusableError("is cut off").member == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain/name", "plain/name"),
        ("ü", "ü"),
        ("a\nb", "a\\nb"),
        ("\x1b[31m'ü'", "\\x1b[31m'\\xfc'"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "..."),
        ("x" * 300, "x" * 200 + "..."),
    ],
)
def test_name_is_shown_on_one_line_of_a_bounded_length(name: str, shown: str) -> None:
    assert printable(name) == shown
