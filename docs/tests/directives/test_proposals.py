"""The proposals page: a table for each class, and rules that exist."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGES = "docs/pages"


def test_proposal_is_a_row_with_its_outcome(built: Built) -> None:
    assert built.rows(PAGES, ".proposals-table") == [
        ["TAG-01", "Do the first thing.", "rule demo.first", "Everybody does it."]
    ]
    caption = built.text(PAGES, ".proposals-table caption")
    assert caption == "Proposals for tags, and what became of them"


def test_proposal_that_names_no_rule_is_a_warning(project: Path, build: Build) -> None:
    with (project / "spec/proposals.toml").open("a") as file:
        file.write(
            '[[proposal]]\nrow = "TAG-2"\noutcome = "rule"\nrules = ["demo.none"]\n'
        )
    assert "TAG-2: 'demo.none' is not a rule" in build(project).warnings
