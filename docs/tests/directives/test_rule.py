"""Rule blocks: anchors that stay, and everything a reader needs beside the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tests.site import Build, Built

PAGE = "spec/demo"
FIRST, SECOND = '.rule[id="demo.first"]', '.rule[id="demo.second"]'


def test_identifier_leads_to_the_permanent_address(built: Built) -> None:
    link = built.one(PAGE, f"{FIRST} .rule-id")
    assert link.get_text() == "demo.first"
    assert link["href"] == "../r/demo.first/index.html"


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (FIRST, "MUST A tool"),
        (FIRST, "Binds installer, tag library"),
        (FIRST, "Architectures all"),
        (FIRST, "Source PEP 600 , see pip #5008"),
        (FIRST, "Tested forced, by 2 cases"),
        (FIRST, "Example same-version Asked on every platform with a glibc"),
        (FIRST, "Expected answer manylinux_2_17_x86_64"),
        (FIRST, "2 cases, answers and citation"),
        (FIRST, "kept on real systems by 0 of 1 asked, not by wild 3 (1/2)"),
        (SECOND, "SHOULD NOT A wheel"),
        (SECOND, "Tested inspection: someone has to read the wheel"),
        (SECOND, "Revision 2"),
        (SECOND, "No cases, answers and citation"),
        (SECOND, "no committed result says anything about this rule"),
    ],
)
def test_block_says(built: Built, block: str, said: str) -> None:
    assert said in built.text(PAGE, block)


def test_source_may_be_a_link(built: Built) -> None:
    link = built.one(PAGE, f"{FIRST} .rule-facts a")
    assert link["href"] == "https://peps.python.org/pep-0600/"


def test_rule_role_links_to_the_anchor(built: Built) -> None:
    targets = [link["href"] for link in built.all("index", "article p a")]
    assert targets == ["spec/demo.html#demo.first", "spec/demo.html#demo.second"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{rule}`demo.unheard-of`", "demo.unheard-of"),
        (":::{rule} demo.stray\n:::", "is not a rule of any chapter"),
        ("```{spec-table} nothing\n```", "unknown table 'nothing'"),
        ("```{case} stray\n```", "'/stray' is not an example"),
    ],
)
def test_what_leads_nowhere_is_a_warning(
    project: Path, build: Build, text: str, complaint: str
) -> None:
    with (project / "docs/tables.md").open("a") as page:
        page.write(f"\n{text}\n")
    assert complaint in build(project).warnings
