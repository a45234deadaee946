"""The page of differences: each proposal, the standard's answer, who would change."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tests.site import Build, Built

PAGES = "docs/pages"


@pytest.mark.parametrize(
    "said",
    [
        "demo.second",
        "This specification : A wheel SHOULD NOT do the second thing.",
        "The standards : PEP 600 lets a wheel do it.",
        "Reason : By the letter of PEP 600 it could. But it helps nobody .",
        "Would have to change : nobody was asked",
    ],
)
def test_proposal_against_a_standard_says(built: Built, said: str) -> None:
    assert said in built.text(PAGES, ".difference")


def test_rule_of_a_standard_is_no_difference(built: Built) -> None:
    assert len(built.all(PAGES, ".difference")) == 1
    assert "There is none." in built.text(PAGES, "article")


def test_tools_that_answer_otherwise_are_named(project: Path, build: Build) -> None:
    chapter = project / "spec/demo.md"
    text = chapter.read_text().replace(":basis: standard", ":basis: proposal")
    chapter.write_text(text)
    _, first = (
        each.get_text(" ", strip=True)
        for each in build(project).all(PAGES, ".difference")
    )
    assert "The standards" not in first
    assert "Would have to change : wild 3" in first
