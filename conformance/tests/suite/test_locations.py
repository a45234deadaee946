"""Locations: where a case or a recipe is written, as editors open it."""

from pathlib import Path

import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.case_files import read_case_file
from manylinux_conformance.suite.locations import Written, examples_in, written_below
from manylinux_fixtures.files.data_folder import data_path
from manylinux_fixtures.recipes.recipe import read_recipe_files
from tests.builders import rule

TWO = """\
# A comment.

[[choose]]
rule = "tag.form"
name = "a"
name = "again"

  [[parse]]
name = "b"
about = '''
rule = "tag.quoted"
'''
"""
HEADED = """\
rule = "wheel.needed"

[[wheel_of]]
name = "c"
[[wheel_of]]
rule = "wheel.other"
"""


def test_each_table_is_found_where_it_begins(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    two, headed = tmp_path / "below" / "two.toml", tmp_path / "headed.toml"
    two.write_text(TWO)
    headed.write_text(HEADED)
    bare = tmp_path / "bare.toml"
    bare.write_text('[[load]]\nname = "d"\n')
    (tmp_path / "empty.toml").write_text('rule = "tag.form"\n[choose]\n')
    (tmp_path / "notes.md").write_text(TWO)
    assert list(written_below(tmp_path)) == [
        Written(bare, 1, "load", "", "d"),
        Written(two, 3, "choose", "tag.form", "a"),
        Written(two, 8, "parse", "tag.quoted", "b"),
        Written(headed, 3, "wheel_of", "wheel.needed", "c"),
        Written(headed, 5, "wheel_of", "wheel.other", ""),
    ]


CHAPTER = b"""\
:::{rule} tag.other
```{case} of-another
```
:::

:::{rule} tag.form
A tag has four parts.

```{case}   four-parts
offer = ["x"]
```
  ```{case} indented
```{case} \xff
:::\x20
```{case} after
"""


def test_examples_are_found_in_their_own_block(tmp_path: Path) -> None:
    path = tmp_path / "tags.md"
    path.write_bytes(CHAPTER)
    assert list(examples_in(path, rule(id="tag.form", line=6))) == [
        Written(path, 9, "case", "tag.form", "four-parts"),
        Written(path, 13, "case", "tag.form", "\N{REPLACEMENT CHARACTER}"),
    ]


@pytest.mark.parametrize(
    ("folder", "place"),
    [("cases", "tags/form.toml:7"), ("recipes", "cases/tags/form.toml:7")],
)
def test_a_place_is_named_from_a_folder_that_holds_it(folder: str, place: str) -> None:
    written = Written(Path("cases/tags/form.toml"), 7, "choose", "tag.form", "a")
    assert written.below(Path(folder)) == place


def test_bytes_that_are_no_text_do_not_hide_a_case(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(b'# \xff\n[[choose]]\nrule = "a.b"\nname = "c"\n')
    assert list(written_below(tmp_path)) == [Written(path, 2, "choose", "a.b", "c")]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"gone\.toml: "):
        list(written_below(tmp_path))


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
