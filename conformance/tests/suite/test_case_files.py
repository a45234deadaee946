"""Case files: cases by their kind, and one line about what is wrong with which file."""

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.questions.build import Build
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.suite.case_files import (
    read_case_file,
    read_cases,
    read_examples,
)
from tests.builders import rule

CASE = '[[choose]]\nrule = "tag.form"\nname = "a"\noffer = ["x"]\npick = "x"\n'
OTHER = '[[parse]]\nrule = "tag.form"\nname = "b"\ntag = "x"\nvalid = true\n'
BUILD = '[[build]]\nrule = "a.b"\nname = "c"\nask = "level"\nexpect = ["x"]\n'


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(read_case_file(path))
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said


def test_every_file_below_a_folder_is_read_kind_by_kind(tmp_path: Path) -> None:
    (tmp_path / "tags").mkdir()
    (tmp_path / "tags" / "form.toml").write_text(OTHER + CASE)
    (tmp_path / "builders.toml").write_text(BUILD)
    cases = list(read_cases(tmp_path))
    assert [type(case) for case in cases] == [Build, Choose, Parse]
    assert [case.id for case in cases] == ["a.b/c", "tag.form/a", "tag.form/b"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"x"]', '"x"', ""),
        ('["x"]', "3", "Expected `array`, got `int` - at `$.choose[0].offer`"),
        ('pick = "x"', "pick = 1", "Expected `str`"),
        ("choose", "chose", "unknown kind of question 'chose', not of choose, parse"),
        ('name = "a"\n', "", "missing required field `name`"),
        ('pick = "x"', 'colour = "red"', "unknown field `colour`"),
        ("[[choose]]", "[choose]", "Expected `array`, got `object` - at `$.choose`"),
    ],
)
def test_a_malformed_case_file_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(CASE.replace(old, new))
    assert reason in refusal(path)


def test_an_unknown_question_to_a_build_environment_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(BUILD.replace('"level"', '"nicely"'))
    assert "Invalid enum value 'nicely'" in refusal(path)


def test_an_example_is_a_case_of_its_rule(tmp_path: Path) -> None:
    with_example = rule(examples={"some": 'offer = ["x"]\npick = "any"'})
    (case,) = read_examples([with_example], tmp_path)
    expected = Choose(rule="tag.form", name="some", offer=("x",), pick="any")
    assert case == expected


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ("offer = [\n", "Invalid value"),
        ("offer = 3\n", "Expected `array`, got `int` - at `$.offer`"),
        ('colour = "red"\n', "Object contains unknown field `colour`"),
        ("x = " + "[" * 9999, "nested too deeply"),
        ("x" + ".a" * 9999 + " = 1", "line 1: more than 99 dots"),
    ],
)
def test_a_malformed_example_names_chapter_rule_and_reason(
    tmp_path: Path, example: str, reason: str
) -> None:
    with_example = rule(examples={"some": example})
    with pytest.raises(InputError) as caught:
        list(read_examples([with_example], tmp_path))
    said = str(caught.value)
    assert said.startswith(f"{tmp_path}/tags.md: line 7: example 'some' of tag.form: ")
    assert reason in said
    assert "\n" not in said
