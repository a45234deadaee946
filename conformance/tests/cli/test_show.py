"""``show``: what is known of a rule, and where it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_spec.folder import spec_folder

ROOT = spec_folder().parent


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["show", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("rule", "texts"),
    [
        (
            "tag.form",
            (
                "(must, standard, binds tag-library, installer, wheel, index; ",
                "conformance/cases/tag/grammar.toml:",
                "recipes: none",
                "reference/manylinux_reference/rules/tags.py:",
                "pip 26.3 as installer:",
                "manylinux-conformance force --rule tag.form",
            ),
        ),
        (
            "wheel.needed.allowed",
            (
                "cases: none",
                "fixtures/recipes/needed/allowed.toml:",
                "auditwheel 6.8.2 as auditor:",
                "manylinux-conformance run --rule wheel.needed.allowed --role auditor",
            ),
        ),
        (
            "builder.machine.armv7l",
            ("conformance/cases/builder/", "decided in the reference by: none"),
        ),
    ],
)
def test_everything_known_of_a_rule_is_shown(rule: str, texts: tuple[str, ...]) -> None:
    shown = said(rule)
    for text in texts:
        assert text in shown


def test_each_place_is_the_line_where_something_is_written() -> None:
    document = json.loads(said("installer.glibc.at-least", "--json"))
    assert document["cases"]
    for part in ("cases", "recipes", "deciders"):
        for location in document[part]:
            path, _, line = location["where"].rpartition(":")
            lines = (ROOT / path).read_text().splitlines()
            near = "\n".join(lines[int(line) - 1 : int(line) + 30])
            assert location["name"].rpartition(".")[2] in near
    chapter, _, line = document["text"].rpartition(":")
    assert (
        "installer.glibc.at-least"
        in ((ROOT / chapter).read_text().splitlines()[int(line) - 1])
    )


def test_commands_that_are_shown_are_commands_of_the_suite() -> None:
    shown = said("tag.form")
    for command in re.findall(r"^  manylinux-conformance (\w+)", shown, re.MULTILINE):
        assert command in main.commands


def test_unknown_rule_is_an_error_that_names_a_near_one() -> None:
    result = CliRunner().invoke(main, ["show", "tag.frm"])
    assert result.exit_code == 2
    assert "tag.frm: there is no such rule; did you mean tag.form?" in result.output


def test_a_rule_without_near_names_is_just_unknown(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["show", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.rstrip().endswith("there is no such rule")
