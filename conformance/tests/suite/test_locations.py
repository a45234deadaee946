"""Locations: the line on which each case and recipe begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.suite.case_files import read_case_file
from manylinux_conformance.suite.locations import written_below
from manylinux_fixtures.files.data_folder import data_path
from manylinux_fixtures.recipes.recipe import read_recipe_files

TEXT = """# a comment
rule = "wheel.runpath.origin"

[[holds]]
name = "inside"
elf = [{ runpath = "$ORIGIN" }]

[[violates]]
rule = "wheel.runpath.absolute"
name = "outside"

[[boundary]]
namespace = "GLIBC"
"""


def test_tables_are_found_with_their_line_name_and_rule(tmp_path: Path) -> None:
    (tmp_path / "recipes.toml").write_text(TEXT)
    found = [
        (each.below(tmp_path), each.kind, each.rule, each.name)
        for each in written_below(tmp_path)
    ]
    assert found == [
        ("recipes.toml:4", "holds", "wheel.runpath.origin", "inside"),
        ("recipes.toml:8", "violates", "wheel.runpath.absolute", "outside"),
        ("recipes.toml:12", "boundary", "wheel.runpath.origin", ""),
    ]


@pytest.mark.parametrize("text", ["", 'rule = "a.b"\n', "[table]\n"])
def test_file_without_tables_has_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty.toml").write_text(text)
    assert list(written_below(tmp_path)) == []


def test_path_outside_of_the_folder_is_shown_whole(tmp_path: Path) -> None:
    (tmp_path / "recipes.toml").write_text(TEXT)
    first = next(written_below(tmp_path))
    assert first.below(Path("/elsewhere")) == f"{tmp_path}/recipes.toml:4"


def test_every_committed_case_is_found() -> None:
    folder = data_folder("cases")
    found = {(each.rule, each.name) for each in written_below(folder)}
    cases = {
        (case.rule, case.name)
        for path in folder.rglob("*.toml")
        for case in read_case_file(path)
    }
    assert found == cases


def test_every_committed_recipe_is_found() -> None:
    folder = data_path("recipes")
    found = [(each.rule, each.name) for each in written_below(folder) if each.name]
    recipes = [
        (recipe.rule or file.rule, recipe.name)
        for _, file in read_recipe_files(folder)
        for recipe in (*file.holds, *file.violates, *file.discouraged)
    ]
    assert sorted(found) == sorted(recipes)
