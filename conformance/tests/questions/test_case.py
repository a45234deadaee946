"""Cases: for which platforms they are."""

import msgspec
import pytest
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.questions.case import Selector
from manylinux_conformance.questions.parse import Parse
from tests.builders import choose, platform

GLIBC = platform()
MUSL = platform(name="musl", glibc="", major=None, minor=None)
ARMV6L = platform(name="armv6l", arch="", machine="armv6l")


@pytest.mark.parametrize(
    ("selector", "places"),
    [
        ({}, ["glibc-2.17"]),
        ({"name": ["musl"]}, ["musl"]),
        ({"name": ["musl", "armv6l"]}, ["musl", "armv6l"]),
        ({"glibc": ["2.17"]}, ["glibc-2.17", "armv6l"]),
        ({"arch": ["x86_64"]}, ["glibc-2.17"]),
        ({"arch": ["s390x"]}, []),
        ({"at_least": [2, 17], "arch": ["x86_64"]}, ["glibc-2.17"]),
        ({"at_least": [2, 18]}, []),
        ({"below": [2, 17]}, []),
        ({"other_than": ["x86_64"]}, []),
        ({"other_than": ["s390x"]}, ["glibc-2.17"]),
        ({"machine": ["armv6l"], "glibc": ["2.17"]}, ["armv6l"]),
        ({"machine": ["armv6l"], "arch": ["x86_64"]}, []),
        ({"below": [3, 0], "name": ["glibc-2.17", "musl"]}, ["glibc-2.17"]),
    ],
)
def test_a_selector_narrows_by_what_it_names(
    selector: dict[str, object], places: list[str]
) -> None:
    narrow = msgspec.convert(selector, Selector)
    found = [each.name for each in (GLIBC, MUSL, ARMV6L) if narrow.selects(each)]
    assert found == places


def test_a_version_without_a_minor_is_within_no_bounds() -> None:
    assert not Selector(at_least=(2, 0)).selects(platform(minor=None))


def test_a_platform_is_selected_by_what_it_is_like_too() -> None:
    child = platform(name="glibc-2.17-odd", like=("glibc-2.17",))
    assert Selector(name=("glibc-2.17",)).selects(child)


def test_a_case_is_known_by_its_rule_and_its_name() -> None:
    case = choose(rule="tag.form", name="four-parts")
    assert (case.id, case.key, case.wheel_arch) == ("tag.form/four-parts",) * 2 + ("",)


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ({}, "every platform with a glibc"),
        ({"arch": ["a", "b"], "name": ["musl", "old"]}, "a, b; musl, old"),
        ({"other_than": ["i686", "s390x"]}, "not i686 or s390x"),
        ({"machine": ["i686"]}, "on a machine named i686"),
        ({"glibc": ["2.17", "?"]}, "where glibc says “2.17” or “?”"),
        (
            {"at_least": [2, 17], "below": [2, 28]},
            "glibc 2.17 or newer; glibc older than 2.28",
        ),
    ],
)
def test_a_selector_says_for_which_platforms_a_case_is(
    selector: dict[str, object], words: str
) -> None:
    assert str(msgspec.convert(selector, Selector)) == words


def test_a_case_is_asked_on_the_platform_as_it_is() -> None:
    case = Parse(rule="r", name="n", tag="t", valid=True)
    assert case.environment(GLIBC) == Environment(GLIBC)


def test_what_a_case_expects_is_what_its_twin_has_to_differ_in() -> None:
    case = choose("any", pick="any", why="a reason")
    assert case.expectation == ["any", ()]
