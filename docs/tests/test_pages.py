"""Generated pages: readable tables, and links that all lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import NotRun

if TYPE_CHECKING:
    from docs.tests.conftest import Build, Built

PAGES = "docs/pages"


def links(built: Built) -> Iterator[tuple[Path, str, str]]:
    """Yield page, address and fragment of every relative link of the site."""
    for page in built.site.rglob("*.html"):
        name = page.relative_to(built.site).with_suffix("").as_posix()
        for link in built.all(name, "a[href]"):
            address, _, fragment = str(link["href"]).partition("#")
            if ":" not in address:
                yield page, unquote(address), fragment


def test_every_link_of_the_site_leads_somewhere(built: Built) -> None:
    for page, address, fragment in links(built):
        target = (page.parent / address).resolve() if address else page
        assert target.exists(), f"{page}: {address}"
        if fragment:
            assert f'id="{fragment}"' in target.read_text("utf-8"), (
                f"{page}: #{fragment}"
            )


def test_every_generated_table_has_a_caption_and_scoped_headings(built: Built) -> None:
    tables = built.all(PAGES, "table")
    assert len(tables) == 6
    for table in tables:
        assert table.select("caption"), table
        assert table.select("th"), table
        assert not table.select("th:not([scope])"), table


def test_matrix_has_a_column_for_each_version_and_a_row_for_each_rule(
    built: Built,
) -> None:
    headings = built.all(PAGES, ".matrix-table thead th")
    words = [" ".join(heading.get_text().split()) for heading in headings]
    assert words == ["Rule", "Level", "slow 1.9", "slow 1.10", "wild 3"]
    assert built.text(PAGES, ".matrix-table tbody th") == "demo.first"
    verdicts = [cell["data-verdict"] for cell in built.all(PAGES, "td[data-verdict]")]
    assert verdicts == ["differs", "follows", "unexplained"]


def test_answers_are_told_by_words_and_signs_not_by_colour_alone(built: Built) -> None:
    for cell in built.all(PAGES, "td[data-verdict]"):
        for selector in ("[aria-hidden]", ".visually-hidden"):
            (part,) = cell.select(selector)
            assert part.get_text(strip=True), f"{selector} is empty in {cell}"


def test_reason_that_holds_for_all_tools_is_said_once(
    project: Path, build: Build
) -> None:
    for path in sorted((project / "conformance/results").glob("*.jsonl")):
        blocks = list(read_blocks(path))
        missing = tuple(
            NotRun(platforms=(name,), reason="no engine answers")
            for name in ("s1", "s2")
        )
        alone = tuple(line for block in blocks for line in block.not_run)
        blocks[0] = Block(blocks[0].header, blocks[0].results, (*missing, *alone))
        write_blocks(blocks, path)
    said = [item.get_text() for item in build(project).all(PAGES, ".not-run li")]
    assert said == [
        "every tool, on s1, s2: no engine answers",
        "wild 3, on musl: needs Python < 3.10",
    ]


def test_backticks_set_code_and_quotations_stay(built: Built) -> None:
    (entry,) = built.all(PAGES, ".deviation > p")
    assert [code.get_text() for code in entry.select("code")] == ["compare()"]


def test_no_percentage_is_computed(built: Built) -> None:
    assert "%" not in built.text(PAGES, "article")


@pytest.mark.parametrize(
    "said",
    [
        "demo 2 1 1 1",  # the chapter's rules, forced, by inspection, without a case
        "must 1 1 0 0",
        "tag library 1 1 0 0",
        "≠ differs; the reason is recorded",
        "Not run: wild 3, on musl: needs Python < 3.10",
        "bug compare() takes versions as text: `1.10' is first. example.org",
        "Cases next-* Versions 1.9",
        "1 proposals for tags, and what became of them",
        "TAG-01 Do the first thing. rule demo.first Everybody does it.",
        "demo.gone (retired in edition 2025.1): It said nothing.",
        "demo.old (retired in edition 2025.1): See demo.first .",
    ],
)
def test_pages_say(built: Built, said: str) -> None:
    assert said in built.text(PAGES, "article")


def test_normative_table_comes_from_its_data(built: Built) -> None:
    assert built.text("docs/tables", "tbody") == (
        "manylinux2014_x86_64 manylinux_2_17_x86_64 2.17 "
        "manylinux2014_compatible PEP 599"
    )


def test_root_of_the_site_leads_to_the_first_page(built: Built) -> None:
    assert built.one("index", "a")["href"] == "docs/index.html"


def test_pages_without_any_evidence_say_so(project: Path, build: Build) -> None:
    for name in ("results", "deviations", "cases"):
        for path in (project / "conformance" / name).iterdir():
            path.unlink()
    (project / "spec/proposals.toml").unlink()
    (project / "spec/retired.toml").unlink()
    bare = build(project)
    assert bare.warnings == ""
    for said in (
        "No results are committed yet",
        "No deviation is recorded.",
        "No proposal is listed.",
        "No identifier is retired.",
    ):
        assert said in bare.text(PAGES, "article")


def test_proposal_that_names_no_rule_is_a_warning(project: Path, build: Build) -> None:
    with (project / "spec/proposals.toml").open("a") as file:
        file.write(
            '[[proposal]]\nrow = "TAG-2"\noutcome = "rule"\nrules = ["demo.none"]\n'
        )
    assert "TAG-2 names 'demo.none', which is no rule" in build(project).warnings
