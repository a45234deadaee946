"""The grammar of platform tags."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.rules import tags
from manylinux_spec.folder import spec_folder

NUMBERS = st.integers(min_value=0, max_value=10**9)
ARCHITECTURES = st.sampled_from(
    ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64", "mips64"]
)
MEMBERS = st.sampled_from(["py2", "py3", "none", "a_1", "b", "win32", "linux_x86_64"])


def test_perennial_tag_is_its_numbers_and_architecture() -> None:
    assert tags.parse("manylinux_2_17_x86_64") == ((2, 17), "x86_64")


@given(NUMBERS, NUMBERS, ARCHITECTURES)
def test_written_tag_is_read_back(major: int, minor: int, arch: str) -> None:
    promise = ((major, minor), arch)
    assert tags.parse(tags.canonical(promise)) == promise


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    promise = tags.parse(text)
    if promise is not None:
        assert tags.parse(tags.canonical(promise)) == promise


@given(NUMBERS, NUMBERS, ARCHITECTURES)
def test_case_does_not_matter(major: int, minor: int, arch: str) -> None:
    tag = tags.canonical(((major, minor), arch))
    assert tags.parse(tag.upper()) == tags.parse(tag)


@pytest.mark.parametrize(
    "tag",
    [
        "manylinux_2_x86_64",
        "manylinux_2_17",
        "manylinux_2_17_",
        "manylinux-2-17-x86_64",
        "manylinux_2.17_x86_64",
        "manylinux__2_17_x86_64",
        "manylinux_+2_17_x86_64",
        "manylinux_\uff12_17_x86_64",
        "manylinux_2_17_amd64",
        "manylinux_2_17_x86-64",
        "manylinux_2_17_x86_64_v3",
        "manylinux_2_17_x_v1_v3",
        "manylinux_glibc_2_17_x86_64",
        "manylinux2_x86_64",
        "manylinux2017_x86_64",
        "manylinux2_17_x86_64",
        "manylinux_2014",
        "manylinux2014",
        "manylinux2014_",
        "manylinux",
        "musllinux_1_2_x86_64",
        "linux_x86_64",
        "any",
        "",
    ],
)
def test_what_is_not_a_manylinux_tag(tag: str) -> None:
    assert tags.parse(tag) is None


def test_number_of_endless_length_is_refused_at_once() -> None:
    assert tags.parse(f"manylinux_2_{'9' * 1_000_000}_x86_64") is None


def test_legacy_tags_are_those_of_the_specification() -> None:
    rows = tomllib.loads((spec_folder() / "data" / "aliases.toml").read_text())["alias"]
    written = {row["legacy"]: row["perennial"] for row in rows}
    read = {
        legacy: tags.canonical(promise)
        for family in ("manylinux1", "manylinux2010", "manylinux2014")
        for arch in (*tags.PEP_599, "riscv64", "loongarch64", "armv8l")
        if (promise := tags.parse(legacy := f"{family}_{arch}"))
    }
    assert read == written


@pytest.mark.parametrize("arch", sorted(tags.PEP_599))
def test_legacy_spelling_stands_for_its_version(arch: str) -> None:
    for version, tag in tags.legacy_spellings(arch).items():
        assert tags.parse(tag) == (version, arch)


@given(*[st.lists(MEMBERS, min_size=1, max_size=4, unique=True)] * 3)
def test_set_stands_for_every_combination(
    pythons: list[str], abis: list[str], platforms: list[str]
) -> None:
    joined = "-".join(".".join(part) for part in (pythons, abis, platforms))
    expected = {f"{p}-{a}-{t}" for p in pythons for a in abis for t in platforms}
    assert set(tags.expand(joined)) == expected


def test_repeated_member_counts_once() -> None:
    assert tags.expand("py3-none-a.b.a") == ["py3-none-a", "py3-none-b"]


@pytest.mark.parametrize(
    ("tag_set", "reason"),
    [
        ("py3-none-a..b", "empty member"),
        ("py2..py3-none-a", "empty member"),
        ("py3-none-", "empty member"),
        (".".join(f"m{number}" for number in range(5000)), "more than"),
        ("-".join([".".join(f"m{number}" for number in range(40))] * 3), "more than"),
    ],
)
def test_unacceptable_set_is_refused_with_a_reason(tag_set: str, reason: str) -> None:
    with pytest.raises(tags.InvalidTagSetError, match=reason):
        tags.expand(tag_set)


def test_importing_the_tags_loads_next_to_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import manylinux_reference.rules.tags; "
        "print(*sorted(set(sys.modules) - before))"
    )
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in process.stdout.split()}
    assert loaded <= {"manylinux_reference", "__future__"}


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("manylinux_0_0_x86_64", (0, 0)),
        ("manylinux_2_0_x86_64", (2, 0)),
        (f"manylinux_2_{'9' * 35}_x86_64", (2, 10**35 - 1)),
    ],
)
def test_number_at_the_edge_is_read(tag: str, version: tuple[int, int]) -> None:
    assert tags.parse(tag) == (version, "x86_64")


@pytest.mark.parametrize("digits", [36, 37, 1000])
def test_longer_numbers_are_refused(digits: int) -> None:
    assert tags.parse(f"manylinux_2_{'9' * digits}_x86_64") is None


@pytest.mark.parametrize("arch", ["x86_64_v3", "riscv64_v0", "a_v1"])
def test_level_of_an_architecture_is_not_a_name(arch: str) -> None:
    assert tags.name_without_level(arch) is None


@pytest.mark.parametrize("arch", ["x86_64", "_v3", "a_v", "a_vx", "a_v3x", "av3"])
def test_name_that_only_looks_like_a_level_is_kept(arch: str) -> None:
    assert tags.name_without_level(arch) == arch


@given(st.text(alphabet="ab._-", max_size=20))
def test_members_of_any_set_are_not_empty_and_not_repeated(part: str) -> None:
    try:
        members = tags.set_members(part)
    except tags.InvalidTagSetError:
        assert "" in part.split(".")
    else:
        assert all(members)
        assert sorted(members) == sorted(set(part.split(".")))


@pytest.mark.parametrize("count", [64, 65])
def test_expansion_has_a_limit(count: int) -> None:
    part = ".".join(f"m{number}" for number in range(count))
    if count * count <= tags.LARGEST_EXPANSION:
        assert len(tags.expand(f"{part}-{part}-x")) == count * count
    else:
        with pytest.raises(tags.InvalidTagSetError, match="more than"):
            tags.expand(f"{part}-{part}-x")


@pytest.mark.parametrize(
    ("tag", "promise"),
    [
        ("manylinux_2_17_X86_64", ((2, 17), "x86_64")),
        ("manylinux_0_0_a", ((0, 0), "a")),
        ("manylinux_10_100_s390x", ((10, 100), "s390x")),
        ("manylinux_2_17_some_new_cpu", ((2, 17), "some_new_cpu")),
        ("manylinux_2_17_x86_64_v", ((2, 17), "x86_64_v")),
        ("manylinux_2_17_x86_64_vx", ((2, 17), "x86_64_vx")),
        ("manylinux_2_17__v3", ((2, 17), "_v3")),
        ("ManyLinux2014_X86_64", ((2, 17), "x86_64")),
        ("manylinux_00_17_a", ((0, 17), "a")),
        ("manylinux_02_017_a", ((2, 17), "a")),
        ("manylinux_2_17_a b", None),
        ("manylinux_2_17_a.b", None),
    ],
)
def test_tag_promises_numbers_and_an_architecture(
    tag: str, promise: tags.Promise | None
) -> None:
    assert tags.parse(tag) == promise


def test_numbers_have_a_largest_length() -> None:
    longest = "9" * (tags.LONGEST_NUMBERS - 1)
    assert tags.parse(f"manylinux_2_{longest}_a") == ((2, int(longest)), "a")
    assert tags.parse(f"manylinux_2_{longest}9_a") is None
    assert tags.parse(f"manylinux_22_{longest}_a") is None


def test_legacy_spellings_come_oldest_first() -> None:
    assert list(tags.legacy_spellings("i686").items()) == [
        ((2, 5), "manylinux1_i686"),
        ((2, 12), "manylinux2010_i686"),
        ((2, 17), "manylinux2014_i686"),
    ]
    assert tags.legacy_spellings("riscv64") == {}


def test_canonical_spelling_is_in_lower_case() -> None:
    assert tags.canonical(((2, 17), "X86_64")) == "manylinux_2_17_x86_64"


@pytest.mark.parametrize(
    ("tag_set", "expanded"),
    [
        ("py3-none-any", ["py3-none-any"]),
        ("PY3-None-Any", ["py3-none-any"]),
        ("py3-none-any.b", ["py3-none-any", "py3-none-b"]),
        (
            "py2.py3-none-a.b",
            ["py2-none-a", "py2-none-b", "py3-none-a", "py3-none-b"],
        ),
    ],
)
def test_set_is_every_combination_in_order(tag_set: str, expanded: list[str]) -> None:
    assert tags.expand(tag_set) == expanded


def test_set_stands_for_a_bounded_number_of_tags() -> None:
    members = ".".join(f"m{number}" for number in range(64))
    assert len(tags.expand(f"{members}-{members}")) == tags.LARGEST_EXPANSION
    with pytest.raises(tags.InvalidTagSetError, match="more than 4096"):
        tags.expand(f"{members}-{members}.more")


def test_reason_shows_the_beginning_of_a_long_set() -> None:
    with pytest.raises(tags.InvalidTagSetError) as refused:
        tags.set_members("a" * 100 + "..b")
    assert str(refused.value).startswith(f"'{'a' * 80}' has ")
