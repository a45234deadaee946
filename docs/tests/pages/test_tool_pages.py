"""Pages to look things up: tools, platforms, architectures, levels."""

from __future__ import annotations

import shutil

import pytest
from manylinux_spec.architectures import architectures
from manylinux_spec.policies import policies

from docs.tests.conftest import copy_demo
from docs.tests.site import DOCS, Built, build_site

ANSWERS = "conformance/history/answers/installer-pip.jsonl"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The project with what old releases of pip really answered."""
    project = copy_demo(tmp_path_factory.mktemp("measured"))
    answers = project / ANSWERS
    answers.parent.mkdir(parents=True)
    shutil.copy(DOCS.parent / ANSWERS, answers)
    return build_site(project)


def test_tool_page_says_what_is_broken_where_and_why(built: Built) -> None:
    assert built.text("t/wild/index", ".tool-summary").startswith(
        "Keeps 0 of the rules that it was asked about. "
        "Breaks 1 on real systems (1 MUST, 0 SHOULD or MAY, 0 proposals)."
    )
    (row,) = built.rows("t/wild/index", ".tool-breaches")
    rule, text, kept, reason = row
    assert rule == "demo.first MUST standard"
    assert text.startswith("A tool MUST do the first thing; see demo.second")
    assert kept == "real systems 1/2, models 0/1"
    assert reason == "Not explained yet."


def test_tool_page_has_its_badges_as_markdown_to_copy(built: Built) -> None:
    copied = built.text("t/wild/index", "#installer-badge ~ .highlight-markdown")
    label, shown = "manylinux 2026.1 draft: installer", "https://img.shields.io/badge/"
    shown += "manylinux%202026.1%20draft-installer%3A%20"
    must = f"![{label}: 1 MUST differ]({shown}1%20MUST%20differ-yellow)"
    grey = f"![{label}: no proposal asked]({shown}no%20proposal%20asked-inactive)"
    assert copied == f"{must} {grey}"


def test_tool_page_says_how_many_verdicts_do_not_go_by_the_look(built: Built) -> None:
    assert built.text("t/wild/index", ".tool-disguises") == (
        "Asked again in 3 other appearances on models: "
        "1,199 of 1,200 verdicts are the same."
    )
    assert not built.all("t/slow/index", ".tool-disguises")
    assert built.rows("docs/evidence/deviations", ".disguises") == [
        ["wild 3", "installer", "3, on models", "1,200", "1,199"]
    ]


def test_tool_page_has_the_command_that_repeats_a_breach(built: Built) -> None:
    run, again = built.all("t/wild/index", "#installer-again ~ div pre")[:2]
    assert run.get_text() == "manylinux-conformance run --tool wild --role installer"
    example = "demo.first/next-version --platform glibc-2.17"
    assert again.get_text().splitlines() == [
        f"manylinux-conformance reproduce {example} --tool wild==3 --output repeated",
        "sh repeated/run.sh",
    ]


def test_older_versions_of_a_tool_are_counted_apart(built: Built) -> None:
    assert built.rows("t/slow/index", "#older ~ .table-wrapper table") == [
        ["1.9", "installer", "0", "0", "1"]
    ]
    assert "models" not in built.text("t/slow/index", ".tool-summary")


def test_platform_page_says_how_real_it_was_and_what_was_asked(built: Built) -> None:
    page = "platform/debian-12-s390x/index"
    assert "emulated" in built.text(page, ".facts")
    row = ["wild 3", "installer", "0", "1: demo.first", "0"]
    assert built.rows(page, "table") == [row]


@pytest.mark.parametrize("arch", list(architectures()))
def test_architecture_page_has_its_abi_and_levels(built: Built, arch: str) -> None:
    page = f"arch/{arch}/index"
    assert architectures()[arch].loader in built.text(page, ".facts")
    levels = [link.get_text() for link in built.all(page, "#levels + p a")]
    assert tuple(levels) == policies().levels_of(arch)


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("2.17", "manylinux2014_ARCH is another name of it"),
        ("2.28", "debian-10 (glibc 2.28)"),
        ("2.28", "GLIBC_2.28"),
    ],
)
def test_level_page_says_where_a_wheel_works(
    built: Built, level: str, said: str
) -> None:
    assert said in built.text(f"level/{level}/index", ".level-page")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("level/2.17", "manylinux_2_17 wheels: pip 20.3 or newer: measured ."),
        ("level/2.17", "manylinux2014 wheels: pip 19.3 or newer: measured ."),
        ("level/2.28", "manylinux_2_28 wheels: pip 20.3 or newer: measured ."),
        (
            "arch/riscv64",
            "pip has taken perennial tags of this architecture since 24.1",
        ),
    ],
)
def test_pages_say_since_when_pip_takes_a_tag_as_measured(
    measured: Built, page: str, said: str
) -> None:
    assert said in measured.text(f"{page}/index", ".facts:first-of-type")


def test_lists_lead_to_every_page(built: Built) -> None:
    links = {str(link["href"]) for link in built.all("docs/pages", "article a[href]")}
    for kind in ("t", "platform", "arch", "level"):
        pages = (built.site / kind).iterdir()
        assert {f"../{kind}/{page.name}/index.html" for page in pages} <= links
