import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.suite.cases import Choose, Expand, Offer, Parse, Selector
from manylinux_conformance.suite.placeholders import asked, fill, offers, selected

GLIBC = Platform(
    name="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    arch="x86_64",
    machine="x86_64",
    glibc="2.17",
    major=2,
    minor=17,
)
MUSL = msgspec.structs.replace(GLIBC, name="musl", glibc="", major=None, minor=None)
ARMV6L = msgspec.structs.replace(GLIBC, name="armv6l", arch="", machine="armv6l")


def case(**selector: object) -> Choose:
    return Choose(
        rule="tag.form",
        name="x",
        offer=("manylinux_{major}_{minor+1}_{arch}",),
        pick="any",
        platform=msgspec.convert(selector, Selector),
    )


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
        ({"below": [3, 0], "name": ["glibc-2.17", "musl"]}, ["glibc-2.17"]),
    ],
)
def test_a_selector_narrows_by_what_it_names(
    selector: dict[str, object], places: list[str]
) -> None:
    found = [p.name for p in (GLIBC, MUSL, ARMV6L) if selected(case(**selector), p)]
    assert found == places


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
    question = Choose(rule="r", name="n", offer=(Offer(pattern, (pattern,)), pattern))
    done = fill(question, GLIBC, "311")
    assert offers(done) == (Offer(filled, (filled,)), Offer(filled))


def test_a_modules_braces_are_its_own() -> None:
    question = Choose(
        rule="r", name="n", offer=("a",), pick="any", module="x = {'{arch}': 1}"
    )
    done = fill(question, GLIBC)
    assert done.module == "x = {'{arch}': 1}"


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"\{major\} has no value"):
        fill(case(), MUSL)


def test_other_kinds_of_question_are_filled_too() -> None:
    parse = Parse(rule="r", name="n", tag="manylinux_2_17_{arch}", valid=True)
    expand = Expand(rule="r", name="n", set="a.b", tags=("{arch}",))
    assert fill(parse, GLIBC).tag == "manylinux_2_17_x86_64"
    assert fill(expand, GLIBC).tags == ("x86_64",)


def test_asked_keeps_the_order_of_cases() -> None:
    first, second = case(), msgspec.structs.replace(case(), name="y")
    assert asked((second, first, case(name=["musl"])), GLIBC) == [second, first]
