"""``nox -s live``: only what a change concerns is asked again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from manylinux_docs.live import changed, questions_of, showing

CHAPTER = "spec/demo.md"
CASES = "conformance/cases/demo.toml"
RECIPES = "fixtures/recipes/demo.toml"
RECIPE = """[[wheel]]
rule = "demo.second"
name = "NAME"
size = 1
"""


@pytest.fixture
def project(project: Path) -> Path:
    (project / RECIPES).parent.mkdir(parents=True)
    twins = [RECIPE.replace("NAME", name) for name in ("keeps-it", "breaks-it")]
    (project / RECIPES).write_text("\n".join(twins))
    return project


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def asked_after(project: Path, file: str, old: str, new: str) -> list[str]:
    before = dict(questions_of(project))
    edit(project / file, old, new)
    return changed(before, dict(questions_of(project)))


def test_only_new_and_changed_questions_are_asked_again() -> None:
    before = {"a/same": "1", "a/changed": "1", "a/gone": "1"}
    now = {"a/same": "1", "a/changed": "2", "a/new": "1"}
    assert changed(before, now) == ["a/changed", "a/new"]


@pytest.mark.parametrize(
    ("file", "old", "new", "asked"),
    [
        (CHAPTER, "But it helps *nobody*.", "It helps *nobody*.", []),
        (
            CHAPTER,
            "the *first* thing;",
            "the *very first* thing;",
            ["demo.first/next-version", "demo.first/same-version"],
        ),
        (CHAPTER, 'pick = "many', 'pick = "any', ["demo.first/same-version"]),
        (CASES, "2_18", "2_19", ["demo.first/next-version"]),
        (RECIPES, "size = 1", "size = 2", ["demo.second/keeps-it"]),
        (
            CHAPTER,
            "the second thing.",
            "any second thing.",
            ["demo.second/keeps-it", "demo.second/breaks-it"],
        ),
    ],
    ids=["prose", "rule", "example", "case", "recipe", "rule-with-recipes"],
)
def test_change_concerns_its_own_questions(
    project: Path, file: str, old: str, new: str, asked: list[str]
) -> None:
    assert asked_after(project, file, old, new) == asked


def test_changed_result_asks_nothing_again(project: Path) -> None:
    before = dict(questions_of(project))
    for result in (project / "conformance/results").iterdir():
        result.unlink()
    assert changed(before, dict(questions_of(project))) == []


@pytest.mark.parametrize(
    ("file", "is_ignored"),
    [
        ("spec/tags.md", False),
        ("conformance/results/installer-uv-0.13.9.jsonl", False),
        ("docs/static/spec.css", False),
        ("reference/manylinux_reference/builders/build.py", False),
        ("build/live/questions.json", True),
        ("build/live/answers/results.jsonl", True),
        ("build", True),
        (".git/index", True),
        (".nox/project/prepared-for", True),
        ("docs/.tags.md.swp", True),
        ("docs/tests/__pycache__/site.pyc", True),
    ],
)
@pytest.mark.parametrize("root", ["/home/me/clone", "/home/me/.cache/build/clone"])
def test_what_a_build_writes_itself_starts_no_build(
    root: str, file: str, is_ignored: bool
) -> None:
    option = "--re-ignore="
    (pattern,) = (
        word.removeprefix(option)
        for word in showing(Path(root))
        if word.startswith(option)
    )
    assert bool(re.search(pattern, f"{root}/{file}")) is is_ignored
