"""Recipes in words: the claim of a wheel, and whether it is true."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_docs.wording.recipes import describe_recipes
from manylinux_spec.input_files import InputError

RECIPES = """\
rule = "demo.second"

[[holds]]
name = "needs-libm"
about = "libm is on the list"

[[violates]]
name = "needs-libssl"
about = "libssl is not"
arch = ["i686"]

[[boundary]]
namespace = "GLIBC"
library = "libc.so.6"
"""


def test_every_recipe_and_every_boundary_is_a_case(tmp_path: Path) -> None:
    (tmp_path / "demo.toml").write_text(RECIPES)
    cases = list(describe_recipes(tmp_path))
    assert {case.rule for case in cases} == {"demo.second"}
    assert [(case.name, case.where, case.expected) for case in cases] == [
        ("needs-libm", "every architecture", "the claim is true"),
        ("needs-libssl", "i686", "the claim is false"),
        (
            "boundary-libc.so.6-GLIBC",
            "every level of every architecture",
            "true, and false of the twin",
        ),
    ]
    assert [bool(case.counts_as) for case in cases] == [True, False, False]
    assert cases[0].question == "Is the claim true of this wheel: libm is on the list?"


def test_what_a_permission_allows_is_no_control(tmp_path: Path) -> None:
    (tmp_path / "demo.toml").write_text(RECIPES)
    cases = describe_recipes(tmp_path, {"demo.second"})
    assert [bool(case.counts_as) for case in cases] == [False, True, False]


def test_no_folder_has_no_recipes(tmp_path: Path) -> None:
    assert list(describe_recipes(tmp_path / "missing")) == []


def test_malformed_recipe_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[[holds]]\n")
    with pytest.raises(InputError, match=r"bad\.toml"):
        list(describe_recipes(tmp_path))
