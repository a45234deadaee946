"""Filters: what of the suite is wanted, by shell patterns."""

import pytest
from manylinux_conformance.suite.filters import Wanted
from tests.builders import wheel_line


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (Wanted(), True),
        (Wanted(rule="tag.*"), True),
        (Wanted(rule="wheel.*"), False),
        (Wanted(case="four-*"), True),
        (Wanted(case="tag.form/four-*"), True),
        (Wanted(case="tag.*"), True),
        (Wanted(case="tag.form"), False),
        (Wanted(rule="wheel.*", case="four-parts"), False),
        (Wanted(platform="musl"), True),
    ],
)
def test_a_case_is_wanted_by_its_rule_and_its_name(wanted: Wanted, has: bool) -> None:
    assert wanted.has_case("tag.form", "tag.form/four-parts") is has


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (Wanted(), True),
        (Wanted(platform="x86_*"), True),
        (Wanted(platform="s390x"), False),
        (Wanted(rule="wheel.needed.*", case="plain*"), True),
        (Wanted(rule="wheel.needed.*", case="other"), False),
        (Wanted(rule="tag.*"), False),
    ],
)
def test_a_wheel_is_wanted_by_its_architecture_too(wanted: Wanted, has: bool) -> None:
    assert wanted.has_wheel(wheel_line()) is has


def test_everything_is_wanted_unless_something_is_left_out() -> None:
    assert Wanted().is_everything
    assert not Wanted(case="four-parts").is_everything
