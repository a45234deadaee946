"""The proposals page: a table for each class, and rules that exist."""

from __future__ import annotations

from pathlib import Path

from docs.tests.site import Build, Built

PAGES = "docs/pages"


def test_proposal_is_a_row_with_its_outcome(built: Built) -> None:
    assert built.rows(PAGES, ".proposals-table") == [
        [
            "TAG-01",
            "Do the first thing.",
            "standard: PEP 600 , see pip #5008",
            "rule demo.first",
            "Everybody does it.",
        ]
    ]
    caption = built.text(PAGES, ".proposals-table caption")
    assert caption == "Proposals for tags, and what became of them"


def test_proposal_of_no_standard_says_who_raised_it_or_that_nobody_did(
    project: Path, build: Build
) -> None:
    where = "https://github.com/pypa/auditwheel/issues/180"
    (project / "spec/proposals.toml").write_text(
        '[[proposal]]\nrow = "TAG-2"\noutcome = "accepted"\nrules = ["demo.second"]\n'
        '[[proposal]]\nrow = "TAG-3"\noutcome = "accepted"\nrules = ["demo.second"]\n'
        f'asked = "kszucs"\nwhere = "{where}"\n'
    )
    built = build(project)
    own, raised = (row[2] for row in built.rows(PAGES, ".proposals-table"))
    assert own == "nobody on record; this project's own"
    assert raised == "kszucs: auditwheel #180"
    (link,) = built.all(PAGES, ".proposals-table td:nth-child(3) a")
    assert link["href"] == where


def test_proposal_that_names_no_rule_is_a_warning(project: Path, build: Build) -> None:
    with (project / "spec/proposals.toml").open("a") as file:
        file.write(
            '[[proposal]]\nrow = "TAG-2"\noutcome = "rule"\nrules = ["demo.none"]\n'
        )
    assert "TAG-2: 'demo.none' is not a rule" in build(project).warnings
