"""Rule blocks: anchors that stay, and everything a reader needs beside the text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from docs.tests.conftest import Build, Built

PAGE = "spec/demo"
FIRST, SECOND = '.rule[id="demo.first"]', '.rule[id="demo.second"]'


def test_the_sample_builds_without_warnings(built: Built) -> None:
    assert built.warnings == ""


def test_identifier_is_the_anchor_letter_for_letter(built: Built) -> None:
    link = built.one(PAGE, f"{FIRST} .rule-id")
    assert (link["href"], link.get_text()) == ("#demo.first", "demo.first")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (FIRST, "MUST A tool"),
        (FIRST, "Binds : installer, tag library"),
        (FIRST, "Architectures : all"),
        (FIRST, "Source : PEP 600 , see pip #5008"),
        (FIRST, "Tested : forced, by 2 cases"),
        (FIRST, "Example same-version Asked on every platform with a glibc"),
        (FIRST, "Right answer manylinux_2_17_x86_64"),
        (FIRST, "Cases: 2"),
        (FIRST, "Answers by tool version: 1 following, 2 differing (slow 1.9, wild 3)"),
        (SECOND, "SHOULD NOT A wheel"),
        (SECOND, "Tested : inspection: someone has to read the wheel"),
        (SECOND, "Revision : 2"),
        (SECOND, "Cases: none."),
        (SECOND, "no committed result says anything about this rule"),
    ],
)
def test_block_says(built: Built, block: str, said: str) -> None:
    assert said in built.text(PAGE, block)


def test_source_may_be_a_link(built: Built) -> None:
    link = built.one(PAGE, f"{FIRST} .rule-facts a")
    assert link["href"] == "https://peps.python.org/pep-0600/"


def test_rule_role_links_to_the_anchor(built: Built) -> None:
    targets = [link["href"] for link in built.all("docs/index", "article p a")]
    assert targets == ["../spec/demo.html#demo.first", "../spec/demo.html#demo.second"]


def test_versions_of_a_tool_stand_in_their_order(built: Built) -> None:
    links = built.all(PAGE, f"{FIRST} .rule-answers a")
    assert [(link["href"], link["title"]) for link in links] == [
        (f"../r/demo.first/index.html#installer-{tool}", words)
        for tool, words in (
            ("slow-1.9", "differs; the reason is recorded"),
            ("slow-1.10", "follows the rule"),
            ("wild-3", "differs; not explained yet"),
        )
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{rule}`demo.unheard-of`", "demo.unheard-of"),
        (":::{rule} demo.stray\n:::", "no rule of a chapter"),
        ("```{spec-table} nothing\n```", "no table 'nothing'"),
        ("```{case} stray\n```", "does not read /stray"),
    ],
)
def test_what_leads_nowhere_is_a_warning(
    project: Path, build: Build, text: str, complaint: str
) -> None:
    with (project / "docs/tables.md").open("a") as page:
        page.write(f"\n{text}\n")
    assert complaint in build(project).warnings


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("spec/bad.md", ":::{rule} demo.third\n:level: must\n:::\n", "bad.md: line 1"),
        ("conformance/cases/bad.toml", "[[choose]]\n", "bad.toml"),
        ("fixtures/recipes/bad.toml", "[[holds]]\n", "bad.toml"),
        ("conformance/results/bad.jsonl", "{}\n", "bad.jsonl: line 1"),
        ("conformance/deviations/bad.toml", "unknown = 1\n", "bad.toml"),
        ("spec/proposals.toml", "[[proposal]]\nrow = 1\n", "proposals.toml"),
    ],
)
def test_unusable_file_stops_the_build_with_its_name(
    project: Path, build: Build, name: str, text: str, complaint: str
) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(text)
    with pytest.raises(SphinxError, match=re.escape(complaint)):
        build(project)


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


def test_fixture_wheels_are_cases_of_their_rule(project: Path, build: Build) -> None:
    folder = project / "fixtures/recipes"
    folder.mkdir(parents=True)
    (folder / "demo.toml").write_text(RECIPES)
    rows = build(project).all(PAGE, f"{SECOND} .rule-cases tbody tr")
    names, questions, places, answers = zip(
        *(
            [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
            for row in rows
        ),
        strict=True,
    )
    assert names == ("needs-libm", "needs-libssl", "boundary-libc.so.6-GLIBC")
    assert questions[0] == "Is the claim true of this wheel: libm is on the list?"
    assert places[:2] == ("every architecture", "i686")
    assert answers == (
        "the claim is true",
        "the claim is false",
        "true, and false of the twin",
    )
