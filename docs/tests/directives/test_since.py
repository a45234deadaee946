"""Since when: the time line drawn and as a table, rules with the releases of change."""

from __future__ import annotations

from pathlib import Path

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

[[level]]
name = "manylinux_2_28"
auditor = { day = "2022-01-03", source = "https://example.org/auditor" }

[[architecture]]
name = "riscv64"
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
        question("installer.glibc.at-least", "glibc-2.17", Since("2", Verdict.PASS)),
        question("installer.glibc.every-minor", "glibc-2.17", Since("2", Verdict.PASS)),
        question("installer.architecture.equal", "riscv64", Since("3", Verdict.PASS)),
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
    assert marks == [
        "manylinux2014: PEP proposed, 2019-04-29",
        "manylinux2014: PEP accepted, 2019-07-15",
        "manylinux2014: installer, 2019-10-14",
    ]
    cells = [folded(cell) for cell in built.all(PAGE, "td")]
    assert "2019-10-14, pip 2, measured (not yet in 1) 3 months" in cells
    assert "0 months" in cells
    assert "43 months" in cells
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
