"""The matrix: columns and rows, signs with words, and what was not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import NotRun

from docs.tests.site import Build, Built, folded

PAGES = "docs/pages"


NEWEST = "section > .matrix"


@pytest.mark.parametrize(
    ("page", "tools", "verdicts"),
    [
        (PAGES, ["slow 1.10", "wild 3"], ["keeps", "keeps-in-part"]),
        ("docs/older", ["slow 1.9"], ["breaks"]),
    ],
)
def test_column_for_each_version_and_row_for_each_rule(
    built: Built, page: str, tools: list[str], verdicts: list[str]
) -> None:
    headings = built.all(page, f"{NEWEST} thead th")
    words = [folded(heading) for heading in headings]
    assert words == ["Rule, level and basis", *tools]
    assert built.text(page, f"{NEWEST} tbody th code") == "demo.first"
    cells = built.all(page, f"{NEWEST} td[data-verdict]")
    assert [cell["data-verdict"] for cell in cells] == verdicts


def test_cell_says_on_how_real_systems_a_rule_is_kept(built: Built) -> None:
    notes = [folded(note) for note in built.all(PAGES, f"{NEWEST} .tally")]
    assert notes == ["models", "real 1/2", "models 0/1"]


def test_proposals_are_rows_apart(project: Path, build: Build) -> None:
    chapter = project / "spec/demo.md"
    proposed = chapter.read_text().replace(":basis: standard", ":basis: proposal", 1)
    chapter.write_text(proposed)
    built = build(project)
    (heading, *_) = built.all(PAGES, f"{NEWEST} tbody.proposals th")
    assert folded(heading) == "Proposals of this specification, which bind nobody"
    rows = built.all(PAGES, f"{NEWEST} tbody.proposals tr[data-basis]")
    assert [row["data-basis"] for row in rows] == ["proposal"]


def test_answers_are_told_by_words_and_signs_not_by_colour_alone(built: Built) -> None:
    for link in built.all(PAGES, "td[data-verdict] a"):
        (sign,) = link.select("[aria-hidden]")
        assert sign.get_text(strip=True)
        assert str(link["aria-label"]).partition(", ")[2].startswith("demo.first: ")


def test_what_was_not_run_is_listed_with_its_reason(built: Built) -> None:
    text = built.text(PAGES, "article")
    assert "Not run: wild 3, on musl: needs Python < 3.10" in text


def test_reason_that_holds_for_all_tools_is_said_once(
    project: Path, build: Build
) -> None:
    for path in sorted((project / "conformance/results").glob("*.jsonl")):
        blocks = list(read_blocks(path))
        missing = tuple(
            NotRun(platforms=(name,), reason="no engine answers")
            for name in ("s1", "s2")
        )
        own = tuple(line for block in blocks for line in block.not_run)
        blocks[0] = Block(blocks[0].header, blocks[0].results, (*missing, *own))
        write_blocks(blocks, path)
    said = [item.get_text() for item in build(project).all(PAGES, ".not-run li")]
    assert said == [
        "every tool, on s1, s2: no engine answers",
        "wild 3, on musl: needs Python < 3.10",
    ]
