"""Generated pages: readable tables, and a sentence where there is nothing to show."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGES = "docs/pages"


def test_every_table_has_a_caption_and_scoped_headings(built: Built) -> None:
    tables = built.all(PAGES, "table")
    assert len(tables) == 8
    for table in tables:
        assert table.select("caption"), table
        assert table.select("th"), table
        assert not table.select("th:not([scope])"), table


def test_no_percentage_is_computed(built: Built) -> None:
    assert "%" not in built.text(PAGES, "article")


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
