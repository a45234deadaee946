"""Versions: which texts are some, and in which order they stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.wheel.version import (
    is_pre_release,
    version_key,
    without_local,
)
from packaging.version import InvalidVersion, Version

# PyPA, Version specifiers: "Summary of permitted suffixes and relative ordering" and
# the sections on each part.
ORDERED = [
    *(
        "0",
        "0.9",
        "0.10",
        "1.dev1",
        "1.0.dev2",
        "1.0a1.dev1",
        "1.0a1",
        "1.0a2",
        "1.0b1",
    ),
    *("1.0rc1.dev1", "1.0rc1", "1.0rc1.post1", "1.0", "1.0+abc", "1.0+abc.1", "1.0+5"),
    *("1.0+11", "1.0.post0.dev1", "1.0.post0", "1.0.post2", "1.0.1", "2", "10"),
    *("1!0.1", "2!0"),
]
EQUAL = [
    ("1", "1.0.0"),
    ("v1.0", "1"),
    ("1.0alpha1", "1.0a1"),
    ("1.0-BETA", "1.0b0"),
    ("1.0.c3", "1.0rc3"),
    ("1.0preview1", "1.0_pre1"),
    ("1.0-1", "1.0.post1"),
    ("1.0.rev2", "1.0r2"),
    ("1.0dev", "1.0.dev0"),
    ("1.0+a-b_C", "1.0+a.b.c"),
    ("00!1", "1"),
    ("01", "1"),
]
PIECES = st.lists(
    st.sampled_from(
        [
            *("1", "0", "10", ".", "-", "_", "+", "!", "v", "a", "b", "rc", "alpha"),
            *("post", "rev", "dev", "pre", "x", "\N{ARABIC-INDIC DIGIT ONE}"),
        ]
    ),
    max_size=9,
)


@pytest.mark.parametrize(("older", "newer"), list(pairwise(ORDERED)))
def test_versions_have_an_order(older: str, newer: str) -> None:
    first, second = version_key(older), version_key(newer)
    assert first is not None
    assert second is not None
    assert first < second


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_one_version_has_several_spellings(one: str, other: str) -> None:
    assert version_key(one) == version_key(other) is not None


@pytest.mark.parametrize(
    "text", ["", "x", "1.", ".1", "1..2", "1.0.x", "1+", "1 0", "1.0+a..b", "\uff11"]
)
def test_other_texts_are_no_versions(text: str) -> None:
    assert version_key(text) is None


@given(PIECES.map("".join))
def test_version_is_read_as_packaging_reads_it(text: str) -> None:
    key = version_key(text)
    try:
        known = Version(text)
    except InvalidVersion:
        assert key is None
        return
    assert key is not None
    assert is_pre_release(key) == known.is_prerelease
    assert without_local(key) == version_key(known.public)


@given(PIECES.map("".join), PIECES.map("".join))
def test_versions_stand_as_in_packaging(one: str, other: str) -> None:
    keys = version_key(f"1.{one}"), version_key(f"1.{other}")
    if keys[0] is not None and keys[1] is not None:
        known = Version(f"1.{one}"), Version(f"1.{other}")
        assert (keys[0] < keys[1]) == (known[0] < known[1])
        assert (keys[0] == keys[1]) == (known[0] == known[1])


@pytest.mark.parametrize(
    ("text", "pre"),
    [
        *(("1.0", False), ("1.0a1", True), ("1.0.dev1", True), ("1.0rc1.dev2", True)),
        *(("1.0.post1", False), ("1.0+a", False), ("1.0.post1.dev2", True)),
    ],
)
def test_pre_releases_are_those_of_pep_440(text: str, pre: bool) -> None:
    key = version_key(text)
    assert key is not None
    assert is_pre_release(key) is pre


def test_versions_are_in_the_order_of_pep_440() -> None:
    texts = [
        *("0", "1.dev1", "1a1", "1a2", "1b1", "1rc1", "1", "1+a", "1+b", "1+1"),
        *("1+1.a", "1+2", "1+10", "1.post0", "1.post1", "1.0.1", "1.10", "2", "1!0"),
    ]
    keys = [version_key(text) for text in texts]
    assert None not in keys
    assert sorted(filter(None, keys)) == keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("1.0+A.b", "1+a.B"),
            ("1+a_b", "1+a-b"),
            ("1+a.b", "1+a_b"),
            ("1+01", "1+1"),
        ),
        *(("1.post", "1.post0"), ("1-0", "1.post0"), ("0.0", "0"), ("1-3", "1.post3")),
    ],
)
def test_versions_that_are_written_otherwise_are_one(one: str, other: str) -> None:
    assert version_key(one) == version_key(other)


def test_local_part_is_left_out() -> None:
    for text in ("1.0+a.1", "1a1.post2.dev3+x"):
        key, public = version_key(text), version_key(text.partition("+")[0])
        assert key is not None
        assert without_local(key) == public
