"""Cases: for which platforms they are."""

import msgspec
import pytest
from manylinux_conformance.questions.case import Selector
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
        ({"below": [3, 0], "name": ["glibc-2.17", "musl"]}, ["glibc-2.17"]),
    ],
)
def test_a_selector_narrows_by_what_it_names(
    selector: dict[str, object], places: list[str]
) -> None:
    narrow = msgspec.convert(selector, Selector)
    found = [each.name for each in (GLIBC, MUSL, ARMV6L) if narrow.selects(each)]
    assert found == places


def test_a_platform_is_selected_by_what_it_is_like_too() -> None:
    child = platform(name="glibc-2.17-odd", like=("glibc-2.17",))
    assert Selector(name=("glibc-2.17",)).selects(child)


def test_a_case_is_known_by_its_rule_and_its_name() -> None:
    case = choose(rule="tag.form", name="four-parts")
    assert (case.id, case.key, case.wheel_arch) == ("tag.form/four-parts",) * 2 + ("",)
