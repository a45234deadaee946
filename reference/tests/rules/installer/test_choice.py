"""Choosing among wheels."""

from __future__ import annotations

import sys
import sysconfig
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.wheel.filename import read_filename
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


def wanted_by_tags(name: str, ranks: Ranks) -> choice.Preference | None:
    return choice.preference(read_filename(name), PYTHONS, ranks)


def chosen_of(*names: str) -> str | None:
    found = {
        choose(dict.fromkeys(order, ()), PYTHONS, Ranks(HERE))
        for order in (names, names[::-1])
    }
    assert len(found) == 1  # the order of the offer does not matter
    return found.pop()


@given(st.lists(WHEELS, max_size=8, unique=True))
def test_chosen_wheel_fits_and_none_is_better(names: list[str]) -> None:
    ranks = Ranks(HERE)
    chosen = choose(dict.fromkeys(names, ()), PYTHONS, ranks)
    wanted = [wanted_by_tags(name, ranks) for name in names]
    fitting = [each for each in wanted if each is not None]
    if chosen is None:
        assert not fitting
    else:
        assert wanted_by_tags(chosen, ranks) == min(fitting)


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


@pytest.mark.parametrize("pair", ["cp312-cp312", "cp312-abi3", "cp311-abi3"])
def test_abi_does_not_go_with_any_platform(pair: str) -> None:
    assert best(f"{pair}-any") is None
    assert best(f"{pair}.none-any") == (
        f"{pair}.none-any" if pair.startswith("cp312") else None
    )
    assert best(f"{pair}-manylinux_2_17_x86_64.any") is not None


def test_free_threaded_interpreter_has_no_stable_abi() -> None:
    pythons = PythonRanks((3, 13), "cp313t")
    assert pythons["cp313", "cp313t"] == 0
    assert pythons["cp313", "abi3"] is None
    assert pythons["cp313", "cp313"] is None


def test_upper_case_python_tag_fits() -> None:
    assert best("CP312-CP312-manylinux_2_17_x86_64") is not None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "p-1.tar.gz",
            "p-1-py3-none-any.zip",
            "p.whl",
            "py3-none-any.whl",
            "",
            "----",
        ),
        "p-1-py3-none-1-py3-none-manylinux_2_28_x86_64.whl",
        "p-1-x-py3-none-manylinux_2_28_x86_64.whl",
    ],
)
def test_what_is_not_a_wheel_is_not_chosen(name: str) -> None:
    assert choose({name: ()}, PYTHONS, Ranks(HERE)) is None
    assert chosen_of(name, "p-1-py3-none-any.whl") == "p-1-py3-none-any.whl"


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


@pytest.mark.parametrize("version", ["2_29", "2_42", "2_200", "7_0"])
def test_every_version_is_a_target(version: str) -> None:
    target = f"manylinux_{version}_x86_64"
    environment = explicit_target(target)
    assert environment is not None
    assert Ranks(environment)[target] is not None
    assert Ranks(environment)["manylinux_2_17_x86_64"] is not None
    assert Ranks(environment)["manylinux_8_0_x86_64"] is None


@pytest.mark.parametrize("arch", ["x86_64", "riscv64"])
def test_target_without_a_version_is_glibc_2_28(arch: str) -> None:
    environment = explicit_target(f"linux_{arch}")
    assert environment == Environment((arch,), arch, (2, 28))
    assert Ranks(environment)[f"manylinux_2_28_{arch}"] is not None
    assert Ranks(environment)[f"manylinux_2_29_{arch}"] is None
    assert Ranks(environment)[f"linux_{arch}"] is not None


@pytest.mark.parametrize(
    "target",
    ["linux", "linux_", "any", "manylinux2014_riscv64", "manylinux", "", "win_amd64"],
)
def test_what_names_no_linux_and_architecture_is_not_a_target(target: str) -> None:
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


def test_of_equal_wheels_the_first_by_name_is_chosen() -> None:
    assert chosen_of("P-1-py3-none-any.whl", "p-1-py3-none-any.whl") == (
        "P-1-py3-none-any.whl"
    )


@pytest.mark.parametrize(
    ("best", "other"),
    [
        ("1", ""),
        ("2", "1"),
        ("10", "2"),
        ("10", "09"),
        ("2b", "2a"),
        ("2a", "2"),
        ("3", "2z"),
        ("0", ""),
        ("1_x.y", "1"),
    ],
)
def test_greatest_build_number_is_taken(best: str, other: str) -> None:
    names = [
        f"p-1-{build}-py3-none-any.whl".replace("--", "-") for build in (best, other)
    ]
    assert chosen_of(*names) == names[0]


def test_tag_comes_before_the_build_number() -> None:
    first = "p-1-1-py3-none-manylinux_2_28_x86_64.whl"
    assert chosen_of(first, "p-1-2-py3-none-manylinux_2_17_x86_64.whl") == first
    assert chosen_of(first, "p-1-9-py3-none-any.whl") == first


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("2", "1"),
        ("10", "9"),
        ("1.0.post1", "1.0"),
        ("1!0.1", "2.0"),
        ("1.0", "1.1rc1"),
        ("1.0", "2.0.dev3"),
        ("1.1rc1", "1.1b2"),
    ],
)
def test_newest_release_is_taken_and_pre_releases_come_last(
    newer: str, older: str
) -> None:
    names = [f"p-{version}-py3-none-any.whl" for version in (newer, older)]
    assert chosen_of(*names) == names[0]


def test_release_without_a_fitting_wheel_is_stepped_over() -> None:
    fitting = "p-1-py3-none-manylinux_2_17_x86_64.whl"
    newest = "p-3-py3-none-manylinux_2_99_x86_64.whl"
    assert chosen_of(newest, "p-2-py3-none-win_amd64.whl", fitting) == fitting
    assert chosen_of(newest, "p-2-py3-none-any.whl", fitting) == "p-2-py3-none-any.whl"


@pytest.mark.parametrize(
    "name",
    ["p-1-py3-none-a..b.whl", "p-1-py3..py2-none-any.whl", "p-1-py3-any.x-any.whl"],
)
def test_wheel_with_a_set_that_breaks_a_rule_does_not_fit(name: str) -> None:
    assert wanted_by_tags(name, Ranks(HERE)) is None
