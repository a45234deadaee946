"""File names of wheels: their parts, and which names are none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.reading.wheel.filename import (
    Build,
    Releases,
    normalized,
    read_filename,
)
from manylinux_reference.reading.wheel.version import version_key


@pytest.mark.parametrize(
    ("name", "distribution", "version", "build", "tags"),
    [
        ("p-1-py3-none-any.whl", "p", "1", (), ("py3", "none", "any")),
        ("P.q_r-1.0-2-cp3-abi3-any.whl", "P.q_r", "1", (2, ""), ("cp3", "abi3", "any")),
        (
            "p-1-010b.c_d-py3-none-a.b.whl",
            "p",
            "1",
            (10, "b.c_d"),
            ("py3", "none", "a.b"),
        ),
        (
            "a__b-1.0+local-py3-none-any.whl",
            "a__b",
            "1+local",
            (),
            ("py3", "none", "any"),
        ),
    ],
)
def test_name_has_five_parts_or_six(
    name: str, distribution: str, version: str, build: Build, tags: tuple[str, ...]
) -> None:
    found = read_filename(name)
    assert found.filename == name
    assert found.distribution == distribution
    assert found.version == version_key(version)
    assert found.build == build
    assert (found.python, found.abi, found.platform) == tags


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "does not end in .whl"),
        ("p-1-py3-none-any", "does not end in .whl"),
        ("p-1-py3-none-any.zip", "does not end in .whl"),
        (f"p-1-py3-none-{'x' * 250}.whl", "too long"),
        (".whl", "neither five nor six parts"),
        ("p-1-py3-none.whl", "neither five nor six parts"),
        ("p-1-2-3-py3-none-any.whl", "neither five nor six parts"),
        ("p-1-py3--any.whl", "an empty part"),
        ("-1-py3-none-any.whl", "an empty part"),
        ("_p-1-py3-none-any.whl", "the name of a project"),
        ("p.-1-py3-none-any.whl", "the name of a project"),
        (".-1-py3-none-any.whl", "the name of a project"),
        ("p q-1-py3-none-any.whl", "the name of a project"),
        ("p\u00e9-1-py3-none-any.whl", "the name of a project"),
        ("p-one-py3-none-any.whl", "has no version"),
        ("p-1.x-py3-none-any.whl", "has no version"),
        ("p-1-x-py3-none-any.whl", "does not begin with a digit"),
        ("p-1-_1-py3-none-any.whl", "does not begin with a digit"),
        ("p-1-\uff11-py3-none-any.whl", "does not begin with a digit"),
        ("p-1-py3-none-manylinux-2-28-x86_64.whl", "neither five nor six parts"),
    ],
)
def test_other_names_are_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(UnusableError, match=f"not that of a wheel: it .*{reason}"):
        read_filename(name)


@given(st.text(alphabet="p1-_.+x\uff11\n", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = None
    with contextlib.suppress(UnusableError):
        found = read_filename(f"{text}-py3-none-any.whl")
    assert found is None or found.distribution == text.partition("-")[0]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Foo.Bar", "foo_bar"),
        ("foo-bar", "foo_bar"),
        ("FOO__b-_.AR", "foo_b_ar"),
        ("a.b.c", "a_b_c"),
        ("a b", "a b"),
        ("foo", "foo"),
    ],
)
def test_names_of_a_project_are_one(name: str, same: str) -> None:
    # PEP 503, with "_" as filenames have it
    assert normalized(name) == same


def test_project_is_of_letters_digits_dots_and_underscores() -> None:
    assert read_filename("a._b-1-py3-none-any.whl").distribution == "a._b"


@pytest.mark.parametrize(("length", "is_read"), [(255, True), (256, False)])
def test_names_are_as_long_as_a_file_systems(length: int, is_read: bool) -> None:
    name = "p" * (length - len("-1-py3-none-any.whl")) + "-1-py3-none-any.whl"
    if is_read:
        assert read_filename(name).filename == name
        return
    with pytest.raises(UnusableError, match="too long"):
        read_filename(name)


def test_project_and_version_are_read_once() -> None:
    releases = Releases()
    first, second = (
        read_filename(f"p-1.0-{tag}-none-any.whl", releases) for tag in ("py2", "py3")
    )
    assert (first.distribution, first.version) == (second.distribution, second.version)
    assert len(releases) == 1
    assert second.version == version_key("1.0")
