"""Filters: what of the suite is wanted, by shell patterns."""

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.filters import Wanted, Where, rules_of_bases
from manylinux_conformance.suite.rules import Basis
from tests.builders import rule, wheel_line

RULES = (
    rule(id="tag.form"),
    rule(id="tag.listing", basis=Basis.PROPOSAL),
    rule(id="wheel.isa.property", basis=Basis.CONSEQUENCE),
)


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (Wanted(), True),
        (Wanted(rules=("tag.*",)), True),
        (Wanted(rules=("wheel.*",)), False),
        (Wanted(cases=("four-*",)), True),
        (Wanted(cases=("tag.form/four-*",)), True),
        (Wanted(cases=("tag.*",)), True),
        (Wanted(cases=("tag.form",)), False),
        (Wanted(rules=("wheel.*",), cases=("four-parts",)), False),
        (Wanted(platforms=("musl",)), True),
        (Wanted(rules=("wheel.*", "tag.*")), True),
        (Wanted(rules=("wheel.*", "index.*")), False),
        (Wanted(cases=("five-parts", "four-parts")), True),
    ],
)
def test_a_case_is_wanted_by_its_rule_and_its_name(wanted: Wanted, has: bool) -> None:
    assert wanted.has_case("tag.form", "tag.form/four-parts") is has


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (Wanted(), True),
        (Wanted(platforms=("x86_*",)), True),
        (Wanted(platforms=("s390x",)), False),
        (Wanted(platforms=("s390x", "x86_64")), True),
        (Wanted(rules=("wheel.needed.*",), cases=("plain*",)), True),
        (Wanted(cases=("plain",)), True),
        (Wanted(cases=("wheel.needed.allowed/plain",)), True),
        (Wanted(cases=("plain/x86_64",)), False),
        (Wanted(rules=("wheel.needed.*",), cases=("other",)), False),
        (Wanted(rules=("tag.*",)), False),
    ],
)
def test_a_wheel_is_wanted_by_its_architecture_too(wanted: Wanted, has: bool) -> None:
    assert wanted.has_wheel(wheel_line()) is has


@pytest.mark.parametrize(
    ("where", "host", "models"),
    [
        ((), True, True),
        ((Where.MODELLED,), True, False),
        ((Where.CONTAINERS,), False, True),
        ((Where.REAL,), False, False),
        ((Where.MODELLED, Where.REAL), True, False),
    ],
)
def test_where_tools_are_asked(
    where: tuple[Where, ...], *, host: bool, models: bool
) -> None:
    wanted = Wanted(where=frozenset(where))
    assert (wanted.on_host, wanted.models_in_containers) == (host, models)


def test_a_case_of_a_name_with_a_slash_is_wanted_by_all_of_it() -> None:
    assert Wanted(cases=("a/b",)).has_case("tag.form", "tag.form/a/b")


def test_everything_is_wanted_unless_something_is_left_out() -> None:
    assert Wanted().is_everything
    assert not Wanted(cases=("four-parts",)).is_everything


@pytest.mark.parametrize(
    ("patterns", "bases", "named"),
    [
        ((), (), ()),
        (("tag.*",), (), ("tag.*",)),
        ((), ("standard",), ("tag.form",)),
        ((), ("standard", "consequence"), ("tag.form", "wheel.isa.property")),
        (("tag.*",), ("proposal", "consequence"), ("tag.listing",)),
    ],
)
def test_rules_are_wanted_by_their_basis_too(
    patterns: tuple[str, ...], bases: tuple[str, ...], named: tuple[str, ...]
) -> None:
    assert rules_of_bases(RULES, patterns, bases) == named


def test_a_basis_without_a_rule_is_an_error_and_not_everything() -> None:
    with pytest.raises(InputError, match=r"^wheel\.\*: no rule of basis proposal"):
        rules_of_bases(RULES, ("wheel.*",), ("proposal",))
