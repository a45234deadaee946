"""Choosing among wheels."""

from __future__ import annotations

import sys
import sysconfig
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.rules.installer import choice
from manylinux_reference.rules.installer.choice import (
    PythonRanks,
    choose,
    explicit_target,
    running_python_ranks,
)
from manylinux_reference.rules.installer.order import Ranks, platform_tags
from manylinux_reference.rules.installer.platform import Environment

HERE = Environment(("x86_64",), "x86_64", (2, 36))
PYTHONS = PythonRanks((3, 12), "cp312")
PLATFORMS = st.sampled_from(
    [
        *platform_tags(HERE),
        *("any", "win_amd64", "manylinux_2_99_x86_64", "manylinux_2_17_s390x"),
        *("manylinux_02_17_x86_64", "a..b", "linux_i686", "manylinux_2_4_x86_64"),
    ]
)
PAIRS = st.sampled_from(
    [
        *("cp312-cp312", "cp312-abi3", "cp311-abi3", "cp312-none", "cp313-cp313"),
        *("py312-none", "py3-none", "py2.py3-none", "py2-none", "py3..py2-none"),
    ]
)
WHEELS = st.builds(
    lambda pair, platform: f"p-1-{pair}-{platform}.whl", PAIRS, PLATFORMS
)


def best(*tags: str) -> str | None:
    offers = dict.fromkeys((f"p-1-{tag}.whl" for tag in tags), ())
    chosen = choose(offers, PYTHONS, Ranks(HERE))
    return chosen and chosen[len("p-1-") : -len(".whl")]


@given(st.lists(WHEELS, max_size=8, unique=True))
def test_chosen_wheel_fits_and_none_is_better(names: list[str]) -> None:
    ranks = Ranks(HERE)
    chosen = choose(dict.fromkeys(names, ()), PYTHONS, ranks)
    wanted = [choice.preference(name, PYTHONS, ranks) for name in names]
    fitting = [each for each in wanted if each is not None]
    if chosen is None:
        assert not fitting
    else:
        assert choice.preference(chosen, PYTHONS, ranks) == min(fitting)


@given(st.lists(WHEELS, min_size=1, max_size=8, unique=True), st.randoms())
def test_order_of_the_offer_does_not_matter(names: list[str], random: Random) -> None:
    shuffled = sorted(names, key=lambda _: random.random())
    chosen = [
        choose(dict.fromkeys(n, ()), PYTHONS, Ranks(HERE)) for n in (names, shuffled)
    ]
    assert chosen[0] == chosen[1]


@pytest.mark.parametrize(
    "ordered",
    [
        [
            "cp312-cp312-manylinux_2_17_x86_64",
            "cp312-abi3-manylinux_2_28_x86_64",
            "cp312-none-manylinux_2_28_x86_64",
            "cp311-abi3-manylinux_2_28_x86_64",
            "py312-none-manylinux_2_28_x86_64",
            "py3-none-manylinux_2_28_x86_64",
            "py311-none-manylinux_2_28_x86_64",
            "py30-none-manylinux_2_28_x86_64",
            "cp312-none-any",
            "py3-none-any",
        ],
        ["py3-none-manylinux_2_5_x86_64", "py3-none-any", "py2-none-any"],
    ],
)
def test_python_and_abi_come_before_the_platform(ordered: list[str]) -> None:
    for start in range(len(ordered) - 1):
        assert best(*reversed(ordered[start:])) == ordered[start]


def test_free_threaded_interpreter_has_no_stable_abi() -> None:
    pythons = PythonRanks((3, 13), "cp313t")
    assert pythons["cp313", "cp313t"] == 0
    assert pythons["cp313", "abi3"] is None
    assert pythons["cp313", "cp313"] is None


def test_upper_case_python_tag_fits() -> None:
    assert best("CP312-CP312-manylinux_2_17_x86_64") is not None


@pytest.mark.parametrize(
    "name",
    ["p-1.tar.gz", "p-1-py3-none-any.zip", "p.whl", "py3-none-any.whl", "", "----"],
)
def test_what_is_not_a_wheel_is_not_chosen(name: str) -> None:
    assert choose({name: ()}, PYTHONS, Ranks(HERE)) is None


def test_filename_decides_against_the_metadata() -> None:
    offers = {"p-1-py3-none-win_amd64.whl": ("py3-none-manylinux_2_17_x86_64",)}
    assert choose(offers, PYTHONS, Ranks(HERE)) is None


def test_ranks_of_pythons_are_remembered_within_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choice, "MOST_REMEMBERED", len(PYTHONS) + 1)
    pythons = PythonRanks((3, 12), "cp312")
    assert [pythons[f"cp{number}", "none"] for number in range(40, 50)] == [None] * 10
    assert len(pythons) <= len(PYTHONS) + 1


@pytest.mark.parametrize(
    ("target", "fits", "refused"),
    [
        ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_18_x86_64"),
        ("manylinux2014_x86_64", "manylinux1_x86_64", "linux_x86_64"),
        ("manylinux_2_28_s390x", "manylinux2014_s390x", "manylinux_2_29_s390x"),
        ("manylinux_2_28_s390x", "manylinux_2_28_s390x", "manylinux_2_17_x86_64"),
    ],
)
def test_explicit_target_is_its_level_and_every_older_one(
    target: str, fits: str, refused: str
) -> None:
    environment = explicit_target(target)
    assert environment is not None
    assert Ranks(environment)[fits] is not None
    assert Ranks(environment)[refused] is None


@pytest.mark.parametrize("target", ["linux_x86_64", "any", "manylinux2014_riscv64", ""])
def test_what_is_not_a_manylinux_tag_is_not_a_target(target: str) -> None:
    assert explicit_target(target) is None


@pytest.mark.parametrize(
    ("pair", "rank"),
    [
        (("cp312", "cp312"), 0),
        (("cp312", "abi3"), 1),
        (("cp312", "none"), 2),
        (("cp311", "abi3"), 3),
        (("cp32", "abi3"), 12),
        (("cp31", "abi3"), None),
        (("py312", "none"), 13),
        (("py3", "none"), 14),
        (("py311", "none"), 15),
        (("py30", "none"), 26),
        (("py313", "none"), None),
        (("cp311", "cp311"), None),
        (("py2.py3", "none"), 14),
        (("cp312", "abi3.none"), 1),
        (("py2", "none"), None),
    ],
)
def test_python_and_abi_have_a_rank(pair: tuple[str, str], rank: int | None) -> None:
    pythons = PythonRanks((3, 12), "cp312")
    assert pythons[pair] == rank
    assert pythons[pair] == rank  # as remembered


def test_running_interpreter_prefers_its_own_tags() -> None:
    major, minor = sys.version_info[:2]
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    ranks = running_python_ranks()
    assert ranks == PythonRanks((major, minor), f"cp{major}{minor}{threads}")
    assert ranks[f"cp{major}{minor}", f"cp{major}{minor}{threads}"] == 0


def test_free_threaded_interpreter_is_told_by_its_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    major, minor = sys.version_info[:2]
    own = (f"cp{major}{minor}", f"cp{major}{minor}t")
    assert running_python_ranks()[own] == 0


def test_target_is_an_environment_without_a_machine() -> None:
    assert explicit_target("manylinux2014_x86_64") == Environment((), "x86_64", (2, 17))


@pytest.mark.parametrize(
    "names",
    [
        ["p-1-py3-none-any.whl", "p-1-1-py3-none-any.whl"],
        ["p-2-py3-none-any.whl", "p-1-py3-none-any.whl"],
    ],
)
def test_of_equal_wheels_the_first_by_name_is_chosen(names: list[str]) -> None:
    for order in (names, names[::-1]):
        chosen = choose(dict.fromkeys(order, ()), PYTHONS, Ranks(HERE))
        assert chosen == min(names)


@pytest.mark.parametrize(
    "name",
    ["p-1-py3-none-a..b.whl", "p-1-py3..py2-none-any.whl", "p-1-py3-any.x-any.whl"],
)
def test_wheel_with_a_set_that_breaks_a_rule_does_not_fit(name: str) -> None:
    assert choice.preference(name, PYTHONS, Ranks(HERE)) is None
