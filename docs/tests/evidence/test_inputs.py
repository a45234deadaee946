"""Inputs: a build reads nothing again unless something that pages show has changed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.verdicts import Verdict
from manylinux_docs.evidence.inputs import digest

from docs.tests.site import Build, folded


def all_right(block: Block) -> Block:
    right = (msgspec.structs.replace(r, verdict=Verdict.PASS) for r in block.results)
    return Block(block.header, tuple(right), block.not_run)


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
    headline = again.text("spec/demo", ".rule-must .rule-headline")
    assert "kept on real systems by 1 of 1 asked" in headline
    assert not again.all("docs/pages", 'td[data-verdict="keeps-in-part"]')
    (scores, _) = again.all("r/demo.first/index", ".rule-scores")
    assert "slow 1.10 , wild 3 ✓ keeps the rule" in folded(scores)


@pytest.mark.parametrize(
    "name",
    [
        "conformance/cases/tag/demo.toml",
        "conformance/deviations/demo.toml",
        "conformance/platforms/demo.toml",
        "conformance/results/demo.jsonl",
        "conformance/tools/demo.toml",
        "fixtures/recipes/needed/demo.toml",
        "reference/manylinux_reference/rules/demo.py",
        "spec/demo.md",
        "spec/retired.toml",
        "spec/data/demo.toml",
    ],
)
def test_digest_notices_a_file_that_comes_changes_or_is_renamed(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    digests = [digest(tmp_path)]
    path.write_text("one")
    digests.append(digest(tmp_path))
    path.write_text("two")
    digests.append(digest(tmp_path))
    path.rename(path.with_stem("other"))
    digests.append(digest(tmp_path))
    assert len(set(digests)) == 4
