"""Examples in rule blocks: shown as the suite reads them."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built


def test_example_says_question_platforms_and_expected_answer(built: Built) -> None:
    assert built.text("spec/demo", ".case") == (
        "Example same-version Asked on every platform with a glibc "
        "Question Which of these wheels is installed? manylinux_2_17_x86_64 "
        "Expected answer manylinux_2_17_x86_64"
    )


def test_example_outside_of_a_rule_is_a_warning(project: Path, build: Build) -> None:
    with (project / "docs/tables.md").open("a") as page:
        page.write("\n```{case} stray\n```\n")
    assert "'/stray' is not an example" in build(project).warnings
