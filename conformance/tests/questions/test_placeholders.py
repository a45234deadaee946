"""Placeholders: cases made concrete for one platform."""

import pytest
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.placeholders import fill
from manylinux_conformance.questions.probe_project import Offer
from tests.builders import choose, platform

GLIBC = platform()
MUSL = platform(name="musl", glibc="", major=None, minor=None)


@pytest.mark.parametrize(
    ("pattern", "filled"),
    [
        ("manylinux_{major}_{minor}_{arch}", "manylinux_2_17_x86_64"),
        ("manylinux_{major}_{minor+1}_{arch}", "manylinux_2_18_x86_64"),
        ("manylinux_{major}_{minor-1}_{arch}", "manylinux_2_16_x86_64"),
        ("cp{python}-abi3-any", "cp311-abi3-any"),
        ("{unknown}", "{unknown}"),
    ],
)
def test_placeholders_take_the_platforms_values(pattern: str, filled: str) -> None:
    question = choose(Offer(pattern, (pattern,)), pattern)
    done = fill(question, GLIBC, "311")
    assert done.project.offer == (Offer(filled, (filled,)), Offer(filled))


def test_a_modules_braces_are_its_own() -> None:
    question = choose(module="x = {'{arch}': 1}")
    done = fill(question, GLIBC)
    assert done.module == "x = {'{arch}': 1}"


@pytest.mark.parametrize(
    ("pattern", "where", "name"),
    [
        ("manylinux_{major}_{minor+1}_{arch}", MUSL, "major"),
        ("manylinux_{major}", platform(minor=None), "major"),
        ("cp{python}-abi3-any", GLIBC, "python"),
    ],
)
def test_a_placeholder_without_a_value_is_an_error(
    pattern: str, where: Platform, name: str
) -> None:
    with pytest.raises(ValueError, match=rf"\{{{name}\}} has no value"):
        fill(choose(pattern), where)


def test_other_kinds_of_question_are_filled_too() -> None:
    parse = Parse(rule="r", name="n", tag="manylinux_2_17_{arch}", valid=True)
    expand = Expand(rule="r", name="n", set="a.b", tags=("{arch}",))
    assert fill(parse, GLIBC).tag == "manylinux_2_17_x86_64"
    assert fill(expand, GLIBC).tags == ("x86_64",)
