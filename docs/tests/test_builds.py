"""Builds: alike in parallel, short when nothing changed, right when evidence did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.verdicts import Verdict

if TYPE_CHECKING:
    from docs.tests.conftest import Build, Built


def pages(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): path.read_text("utf-8")
        for path in sorted(site.rglob("*.html"))
    }


def all_right(block: Block) -> Block:
    right = (msgspec.structs.replace(r, verdict=Verdict.PASS) for r in block.results)
    return Block(block.header, tuple(right), block.not_run)


def test_parallel_build_writes_the_same_pages(
    built: Built, project: Path, build: Build
) -> None:
    assert pages(build(project, jobs=2).site) == pages(built.site)


def test_second_build_reads_nothing_again(project: Path, build: Build) -> None:
    build(project)
    assert "0 added, 0 changed, 0 removed" in build(project).log


def test_new_answers_reach_every_page_that_shows_them(
    project: Path, build: Build
) -> None:
    build(project)
    path = project / "conformance/results/installer-wild-3.jsonl"
    before = list(read_blocks(path))
    write_blocks(map(all_right, before), path)
    again = build(project)
    assert "Answers by tool version: 2 following, 1 differing (slow 1.9)" in again.text(
        "spec/demo", ".rule-must"
    )
    assert not again.all("docs/pages", 'td[data-verdict="unexplained"]')
    row = again.text("r/demo.first/index", '[id="installer-wild-3"]')
    assert "3 of 3" in row


def test_removed_rule_leaves_no_trace(project: Path, build: Build) -> None:
    build(project)
    chapter = project / "spec/demo.md"
    text = chapter.read_text()
    chapter.write_text(text[: text.index(":::{rule} demo.second")])
    assert "demo.second" in build(project).warnings
    published = (project / "site/rules.json").read_text()
    assert '"id": "demo.second"' not in published
