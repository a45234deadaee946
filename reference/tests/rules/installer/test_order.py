"""Which platform tags fit, and which of two is better."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import eligibility, order
from manylinux_reference.rules.installer.order import Ranks, platform_tags
from manylinux_reference.rules.installer.platform import Environment
from manylinux_spec.folder import spec_folder

ARCHITECTURES = sorted(eligibility.ARCHITECTURES)
ENVIRONMENTS = st.builds(
    lambda arch, glibc: Environment((arch,), arch, glibc),
    st.sampled_from(ARCHITECTURES),
    st.tuples(st.integers(1, 4), st.integers(0, 60)),
)
NEW = Environment(("x86_64",), "x86_64", (2, 36))


def test_architectures_and_floors_are_those_of_the_specification() -> None:
    text = (spec_folder() / "data" / "architectures.toml").read_text()
    rows = tomllib.loads(text)["architecture"]
    assert {row["name"] for row in rows} == eligibility.ARCHITECTURES
    for row in rows:
        major, minor = row["floor"].split(".")
        assert order.floor(row["name"]) == (int(major), int(minor))


@given(ENVIRONMENTS)
def test_list_is_in_the_order_of_the_ranks(environment: Environment) -> None:
    ranks = Ranks(environment)
    listed = platform_tags(environment)
    ranked = [rank for tag in listed if (rank := ranks[tag])]
    assert len(ranked) == len(listed)
    assert all(better < worse for better, worse in pairwise(ranked))


@given(ENVIRONMENTS)
def test_every_listed_tag_is_canonical_or_legacy(environment: Environment) -> None:
    host = environment.glibc
    assert host is not None
    for tag in platform_tags(environment)[1:]:
        promise = tags.parse(tag)
        assert promise is not None
        version, _ = promise
        assert version <= host


@given(ENVIRONMENTS, st.tuples(st.integers(0, 5), st.integers(0, 120)))
def test_comparison_alone_decides(
    environment: Environment, version: tuple[int, int]
) -> None:
    tag = f"manylinux_{version[0]}_{version[1]}_{environment.arch}"
    host = environment.glibc
    assert host is not None
    assert (Ranks(environment)[tag] is not None) == (version <= host)


@given(st.lists(st.sampled_from(platform_tags(NEW)), min_size=2, max_size=6))
def test_set_ranks_by_its_best_member(members: list[str]) -> None:
    ranks = Ranks(NEW)
    best = min(rank for member in members if (rank := ranks[member]))
    assert ranks[".".join(members)] == best


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("linux_x86_64", "manylinux_2_36_x86_64"),
        ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64"),
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        ("manylinux2014_x86_64", "manylinux_2_16_x86_64"),
        ("manylinux_2_5_x86_64", "manylinux_2_4_x86_64"),
        ("MANYLINUX_2_28_X86_64", "manylinux_2_17_x86_64"),
        ("manylinux_1_99_x86_64", "any"),
    ],
)
def test_one_tag_is_better_than_another(better: str, worse: str) -> None:
    ranks = Ranks(NEW)
    first, second = ranks[better], ranks[worse]
    assert first is not None
    assert second is not None
    assert first < second


@pytest.mark.parametrize(
    "tag",
    [
        "manylinux_2_37_x86_64",
        "manylinux_3_0_x86_64",
        "manylinux_2_17_i686",
        "linux_i686",
        "win_amd64",
        "foo.bar",
    ],
)
def test_tag_that_does_not_fit_has_no_rank(tag: str) -> None:
    assert Ranks(NEW)[tag] is None


def test_list_of_glibc_3_reaches_down_to_the_floor_of_2() -> None:
    listed = platform_tags(Environment(("x86_64",), "x86_64", (3, 1)))
    assert listed[1:4] == [
        "manylinux_3_1_x86_64",
        "manylinux_3_0_x86_64",
        f"manylinux_2_{order.LAST_MINOR}_x86_64",
    ]
    assert listed[-2:] == ["manylinux_2_5_x86_64", "manylinux1_x86_64"]


@pytest.mark.parametrize(
    "environment",
    [
        Environment(("x86_64",), "x86_64", None),
        Environment(("armv7l",), "", (2, 36)),
        Environment(("mips64",), "mips64", (2, 36)),
    ],
)
def test_only_linux_is_listed_where_manylinux_is_nothing(
    environment: Environment,
) -> None:
    assert platform_tags(environment) == [f"linux_{environment.linux[0]}"]


def test_ranks_remember_a_bounded_number_of_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order, "MOST_REMEMBERED", 2)
    ranks = Ranks(NEW)
    for number in range(9):
        assert ranks[f"manylinux_2_{number}_x86_64"] is not None
    assert len(ranks) == 2


@pytest.mark.parametrize(
    ("arch", "glibc", "listed"),
    [
        ("x86_64", (2, 4), []),
        ("x86_64", (2, 5), ["manylinux_2_5_x86_64", "manylinux1_x86_64"]),
        (
            "i686",
            (2, 6),
            ["manylinux_2_6_i686", "manylinux_2_5_i686", "manylinux1_i686"],
        ),
        ("s390x", (2, 16), []),
        (
            "aarch64",
            (2, 18),
            [
                "manylinux_2_18_aarch64",
                "manylinux_2_17_aarch64",
                "manylinux2014_aarch64",
            ],
        ),
        ("riscv64", (2, 17), ["manylinux_2_17_riscv64"]),
        ("x86_64", (1, 99), []),
    ],
)
def test_list_ends_at_the_floor(
    arch: str, glibc: tuple[int, int], listed: list[str]
) -> None:
    found = platform_tags(Environment((arch,), arch, glibc))
    assert found == [f"linux_{arch}", *listed]


def test_legacy_tags_are_listed_after_their_equivalents() -> None:
    listed = platform_tags(Environment(("x86_64",), "x86_64", (2, 17)))
    legacy = [at for at, tag in enumerate(listed) if not tag.startswith("manylinux_")]
    assert [(listed[at - 1], listed[at]) for at in legacy[1:]] == [
        ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        ("manylinux_2_12_x86_64", "manylinux2010_x86_64"),
        ("manylinux_2_5_x86_64", "manylinux1_x86_64"),
    ]
    assert len(listed) == 1 + 13 + 3


def test_newer_major_lists_every_minor_of_the_older() -> None:
    listed = platform_tags(Environment(("aarch64",), "aarch64", (4, 0)))
    majors = [tag.split("_")[1] for tag in listed if tag.startswith("manylinux_")]
    assert majors.count("4") == 1
    assert majors.count("3") == order.LAST_MINOR + 1
    assert majors.count("2") == order.LAST_MINOR - 17 + 1
    assert "manylinux2014_aarch64" in listed


def test_names_of_the_machine_come_in_their_order() -> None:
    environment = Environment(("armv8l", "armv7l"), "armv7l", (2, 17))
    ranks = Ranks(environment)
    tags_in_order = ["linux_armv8l", "linux_armv7l", "manylinux_2_17_armv7l", "any"]
    found = [rank for tag in tags_in_order if (rank := ranks[tag])]
    assert found == sorted(set(found))
    assert len(found) == 4
    assert platform_tags(environment)[:2] == tags_in_order[:2]


@pytest.mark.parametrize(
    ("tag_set", "like"),
    [
        ("manylinux_2_5_x86_64.manylinux_2_17_x86_64", "manylinux_2_17_x86_64"),
        ("win32.manylinux1_x86_64", "manylinux1_x86_64"),
    ],
)
def test_set_is_as_good_as_its_best_member(tag_set: str, like: str) -> None:
    ranks = Ranks(NEW)
    assert ranks[tag_set] == ranks[like]
    assert tag_set in ranks


def test_set_that_breaks_a_rule_has_no_rank() -> None:
    with pytest.raises(tags.InvalidTagSetError):
        Ranks(NEW)["a..b"]


def test_newer_major_comes_before_every_older_one() -> None:
    ranks = Ranks(Environment(("x86_64",), "x86_64", (3, 1)))
    found = [ranks["manylinux_3_0_x86_64"], ranks["manylinux_2_99_x86_64"]]
    assert found == sorted(rank for rank in found if rank)


def test_newer_musl_is_better_and_linux_and_any_lie_around_it() -> None:
    ranks = Ranks(Environment(("x86_64",), "x86_64", None, (1, 12)))
    best_first = (
        "linux_x86_64",
        "musllinux_1_12_x86_64",
        "musllinux_1_2_x86_64",
        "musllinux_1_0_x86_64",
        "any",
    )
    found = [ranks[tag] for tag in best_first]
    assert all(found)
    assert found == sorted(filter(None, found))
    assert len(set(found)) == len(found)
    assert ranks["musllinux_1_2_musllinux"] is None
