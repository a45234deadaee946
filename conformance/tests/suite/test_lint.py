"""The gates, one after the other, over a suite in which something is wrong."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from manylinux_conformance.finding import Finding
from manylinux_conformance.suite import lint
from manylinux_conformance.suite.lint import lint_suite
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.suite.lock import write_lock
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_fixtures.files.data_folder import data_path

RULE = """\
:::{{rule}} {id}
:level: must
:subject: installer
:arch: all
:basis: standard
:source: PEP 600
:tested: {tested}

It MUST hold.
:::
"""
RECIPES = "elf/osabi.toml"  # a few of one rule; all would take a while
WANTED = ["auditor.input.hostile", "wheel.elf.osabi"]
INSPECTED = "inspection: a person looks at it"


@pytest.fixture
def chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A specification in which every recipe has its rule, and nothing is wrong."""
    text = "\n".join(RULE.format(id=each, tested="forced") for each in WANTED)
    (tmp_path / "wheels.md").write_text(text)
    (tmp_path / "retired.toml").write_text("")
    (tmp_path / "data" / "cases").mkdir(parents=True)
    (tmp_path / "data" / "platforms").mkdir()
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    shutil.copy(data_path("recipes") / RECIPES, recipes)
    monkeypatch.setattr(lint, "fixtures", partial(fixtures, recipes))
    return tmp_path


def loaded(folder: Path) -> Suite:
    return load_suite(folder, folder / "data")


def said(folder: Path) -> Iterator[str]:
    return map(str, lint_suite(loaded(folder), folder))


def test_a_sound_suite_has_nothing_to_complain_about(chapters: Path) -> None:
    write_lock(loaded(chapters).rules, chapters)
    assert list(said(chapters)) == []


@pytest.mark.parametrize(
    ("identifier", "tested", "more", "complaint"),
    [
        ("tag.form", "forced", "", "rule tag.form: is forced but has no case"),
        (
            "tag.form",
            INSPECTED,
            "It MUST.\n",
            "spec/tags.md:11: MUST stands outside a rule block",
        ),
        (
            "rain.form",
            INSPECTED,
            "",
            "spec/tags.md:1: rain.form: unknown area 'rain'",
        ),
    ],
)
def test_chapters_rules_and_coverage_are_linted(
    chapters: Path, identifier: str, tested: str, more: str, complaint: str
) -> None:
    rule = RULE.format(id=identifier, tested=tested)
    (chapters / "tags.md").write_text(rule + more)
    write_lock(loaded(chapters).rules, chapters)
    assert list(said(chapters)) == [complaint]


def test_promises_and_the_lock_are_linted(chapters: Path) -> None:
    (chapters / "tags.md").write_text(RULE.format(id="tag.form", tested=INSPECTED))
    rules = loaded(chapters).rules
    write_lock(rules, chapters)
    (chapters / "tags.md").write_text(RULE.format(id="tag.new", tested=INSPECTED))
    assert list(said(chapters)) == [
        "rules.lock: tag.form is gone; name its successor in retired.toml",
        "rules.lock: tag.new is not locked; run nox -s lock",
    ]
    (chapters / "retired.toml").write_text(
        '[[retired]]\nid = "tag.form"\nsince = "2026.1"\nsuccessor = "tag.new"\n'
    )
    write_lock(loaded(chapters).rules, chapters)
    assert list(said(chapters)) == []


def test_cases_are_linted_on_the_platforms_of_the_suite(chapters: Path) -> None:
    (chapters / "data" / "cases" / "tags.toml").write_text(
        '[[choose]]\nrule = "tag.lost"\nname = "a"\noffer = ["x"]\npick = "x"\n'
    )
    write_lock(loaded(chapters).rules, chapters)
    assert list(said(chapters)) == [
        "case tag.lost/a: there is no rule 'tag.lost'",
        "case tag.lost/a: selects no platform, so it would never be asked",
    ]


def test_a_recipe_without_a_rule_is_reported(chapters: Path) -> None:
    (chapters / "wheels.md").write_text("")
    write_lock(loaded(chapters).rules, chapters)
    _, on_wheels = WANTED
    assert list(lint_suite(loaded(chapters), chapters)) == [
        Finding("fixtures/recipes", 0, f"there is no rule {on_wheels!r}")
    ]
