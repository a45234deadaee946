"""Since when: the time line drawn and as a table, rules with the releases of change."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.history.answers import (
    FORMAT,
    Answers,
    Asked,
    Header,
    Question,
    Release,
    Since,
    Unasked,
    write_answers,
)
from manylinux_conformance.results.verdicts import Role, Verdict

from docs.tests.site import Build, Built, folded

PAGE = "docs/since"
TIMELINE = """
[[tag]]
name = "manylinux2014"
base = "CentOS 7"
proposed = { day = "2019-04-29", source = "https://example.org/proposed" }
accepted = { day = "2019-07-15", source = "https://example.org/accepted" }

[[tag]]
name = "manylinux_X_Y"
base = "none"
proposed = { day = "2019-05-03", source = "https://example.org/proposed" }
accepted = { day = "2019-07-14", source = "https://example.org/accepted" }
index = { day = "2020-08-13", source = "https://example.org/index" }

[[level]]
name = "manylinux_2_28"
glibc = { day = "2018-08-01", source = "https://example.org/glibc" }
auditor = { day = "2022-01-03", source = "https://example.org/auditor" }

[[level]]
name = "manylinux_2_34"
glibc = { day = "2021-08-01", source = "https://example.org/glibc" }

[[architecture]]
name = "riscv64"
index = { day = "2025-07-23", source = "https://example.org/riscv64" }
"""


def question(rule: str, where: str, *since: Since) -> Question:
    return Question(
        case=f"{rule}/case",
        rule=rule,
        where=where,
        expected="manylinux_2_17_x86_64",
        spans=(since,),
    )


ANSWERS = Answers(
    Header(
        format=FORMAT,
        tool="pip",
        role=Role.INSTALLER,
        rules_lock="",
        host="x86_64",
        spans=(
            Asked(
                python="3.7",
                releases=(
                    Release("1", "2018-01-01", 3600),
                    Release("2", "2019-10-14", 3600),
                    Release("3", "2023-05-14"),
                ),
                unasked=(Unasked("4", "needs Python 3.6, which is not here"),),
            ),
        ),
    ),
    (
        question(
            "demo.first",
            "glibc-2.17",
            Since("1", Verdict.FAIL),
            Since("2", Verdict.PASS),
            Since("3", Verdict.FAIL),
        ),
        question(
            "tag.legacy.manylinux2014",
            "glibc-2.17",
            Since("1", Verdict.FAIL),
            Since("2", Verdict.PASS),
        ),
        *(
            question(
                rule, "glibc-2.17", Since("1", Verdict.FAIL), Since("2", Verdict.PASS)
            )
            for rule in ("installer.glibc.at-least", "installer.glibc.every-minor")
        ),
        question(
            "installer.architecture.equal",
            "riscv64",
            Since("1", Verdict.FAIL),
            Since("3", Verdict.PASS),
        ),
    ),
)


@pytest.fixture
def built(project: Path, build: Build) -> Built:
    history = project / "conformance" / "history"
    write_answers(ANSWERS, history / "answers")
    (history / "timeline.toml").write_text(TIMELINE)
    (project / f"{PAGE}.md").write_text("# Since when\n\n```{since}\n```\n")
    index = project / "index.md"
    index.write_text(f"{index.read_text()}\n```{{toctree}}\nsince\n```\n")
    return build(project)


def test_page_tells_days_delays_and_releases(built: Built) -> None:
    marks = [folded(mark) for mark in built.all(PAGE, "svg .mark title")]
    assert marks[:3] == [
        "manylinux2014: PEP proposed, 2019-04-29",
        "manylinux2014: PEP accepted, 2019-07-15",
        "manylinux2014: installer, 2019-10-14",
    ]
    assert "2019-10-14, pip 2, measured (not yet in 1) 3 months" in _cells(built)
    (rule,) = built.all(PAGE, ".matrix td[data-verdict]")
    assert rule["data-verdict"] == "breaks"
    changes = [folded(one) for one in built.all(PAGE, ".since")]
    assert changes == [
        "✗ breaks the rule since 1",
        "✓ keeps the rule since 2",
        "✗ breaks the rule since 3",
    ]
    said = [folded(line) for line in built.all(PAGE, "#asked ~ p, #asked ~ ul li")]
    assert "3 releases in 2.00 hours of one processor." in said
    assert "Not asked, needs Python 3.6, which is not here: 4." in said


def test_page_says_where_the_page_of_a_rule_says_something_else(
    project: Path, build: Build
) -> None:
    history = project / "conformance" / "history"
    header = msgspec.structs.replace(
        ANSWERS.header,
        tool="slow",
        spans=(Asked(python="3.11", releases=(Release("1.9"), Release("1.10"))),),
    )
    wrong = question("demo.first", "glibc-2.17", Since("1.9", Verdict.FAIL))
    write_answers(Answers(header, (wrong,)), history / "answers")
    (project / f"{PAGE}.md").write_text("# Since when\n\n```{since}\n```\n")
    built = build(project)
    (line,) = built.all(PAGE, "#otherwise + p + ul li")
    assert folded(line).replace(" )", ")").replace(" ,", ",") == (
        "slow 1.10: demo.first (here ✗ breaks the rule, there ✓ keeps the rule)."
    )


def test_page_says_nothing_of_releases_that_have_no_other_answers(
    built: Built,
) -> None:
    assert not built.all(PAGE, "#otherwise")


def test_a_level_waits_from_its_glibc_or_from_the_tag_that_is_later(
    built: Built,
) -> None:
    rows = _rows(built, "new-levels")
    assert rows["installer (pip)"] == [
        "2019-10-14, pip 2, measured (not yet in 1) 3 months",
        "2019-10-14, pip 2, measured (not yet in 1) 0 months",
    ]
    assert rows["auditor (auditwheel)"] == [
        "2022-01-03 30 months",
        "not known, or not yet",
    ]
    assert rows["glibc tagged"] == ["2018-08-01", "2021-08-01"]


def test_an_architecture_waits_from_the_same_step_of_the_perennial_tag(
    built: Built,
) -> None:
    rows = _rows(built, "new-architectures")
    [taken] = rows["installer (pip)"]
    assert taken == "2023-05-14, pip 3, measured (not yet in 2) 43 months"
    assert rows["index takes it"] == ["2025-07-23 59 months"]


def test_each_drawing_has_its_days_in_a_table_with_their_sources(
    built: Built,
) -> None:
    drawings = built.all(PAGE, ".time-line svg")
    tables = built.all(PAGE, ".time-line + .table-wrapper .since-table caption")
    assert len(drawings) == 3
    assert len(tables) == 3
    titles = {drawing["aria-labelledby"] for drawing in drawings}
    assert len(titles) == 3
    links = {link["href"] for link in built.all(PAGE, ".since-table td a")}
    assert "https://example.org/riscv64" in links


def _cells(built: Built) -> list[str]:
    return [folded(cell) for cell in built.all(PAGE, "td")]


def _rows(built: Built, section: str) -> dict[str, list[str]]:
    """Return the cells of each row of a section's table, by its head."""
    table = f"section[aria-labelledby={section}] table"
    return {head: cells for head, *cells in built.rows(PAGE, table)}
