"""Rule pages: the permanent address of a rule, with its whole evidence."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.load import load_suite
from manylinux_docs.pages.rule_pages import proposed_to

from docs.tests.site import Build, Built

PAGE = "r/demo.first/index"
BARE = "r/demo.second/index"  # nothing asks about it, nobody decides it


@pytest.mark.parametrize(
    "identifier", ["demo.first", "demo.second", "demo.old", "demo.gone"]
)
def test_every_identifier_has_its_own_address(built: Built, identifier: str) -> None:
    title = built.text(f"r/{identifier}/index", "h1")
    assert title.startswith(identifier)


def test_page_shows_the_rule_once_with_its_whole_evidence(built: Built) -> None:
    assert built.one(PAGE, ".rule")
    row = built.text(PAGE, '[id="installer-slow-1.9"]')
    assert "✗ breaks the rule: models 0/1" in row
    assert "unreported compare() takes versions as text: `1.10' is first." in row
    assert "1 case, a breach next-version on glibc-2.17." in row
    assert "Expected any , got manylinux_2_18_x86_64 ." in row


def test_page_says_where_everything_about_the_rule_is_written(built: Built) -> None:
    assert built.text(PAGE, ".locations-of-rule") == (
        "Text spec/demo.md:3"
        " Cases next-version : conformance/cases/demo.toml:1"
        " same-version : spec/demo.md:13"
        " Decided in the reference by demo.is_first :"
        " reference/manylinux_reference/rules/demo.py:6"
    )
    titles = [title.get_text() for title in built.all(BARE, ".locations-of-rule dt")]
    assert titles == ["Text"]


def test_page_has_the_commands_that_ask_again(built: Built) -> None:
    run = "manylinux-conformance run --rule demo.first"
    one = "--role installer --case next-version --platform glibc-2.17"
    assert built.one(PAGE, "#again pre").get_text().splitlines() == [
        f"{run} {one} --tool wild",
        run,
        "manylinux-conformance force --rule demo.first",
    ]
    assert not built.all(BARE, "#again")


def test_links_in_the_rule_lead_to_where_they_lead_in_the_chapter(built: Built) -> None:
    links = [link["href"] for link in built.all(PAGE, ".rule-text a")]
    assert links == ["../../spec/demo.html#demo.second", "../../docs/tables.html"]


def test_platforms_are_told_apart_the_most_real_first(built: Built) -> None:
    breaks, keeps = "✗* breaks the rule", "✓ keeps the rule"
    assert built.rows(PAGE, "h3 + details > .by-platform .rule-platforms") == [
        ["debian-12-x86_64", "native", "", f"{keeps} 1/1"],
        ["debian-12-s390x", "emulated", "", f"{breaks} 0/1"],
        ["glibc-2.17", "modelled", f"{keeps} 1/1", f"{breaks} 0/1"],
    ]


def test_older_versions_are_told_of_apart(built: Built) -> None:
    older = ".older-versions"
    assert built.text(PAGE, f"{older} > summary") == "Older versions: slow 1.9"
    assert built.rows(PAGE, f"{older} .rule-platforms") == [
        ["glibc-2.17", "modelled", "✗ breaks the rule 0/1"]
    ]


def test_what_leaves_a_rule_open_leads_to_its_cause(
    project: Path, build: Build
) -> None:
    path = project / "conformance/results/installer-wild-3.jsonl"
    replace = msgspec.structs.replace
    (block, _) = read_blocks(path)
    (wrong,) = (
        replace(each, deviation="unreported", cause="x") for each in block.results
    )
    open_and_breached = (
        replace(wrong, control=True),
        replace(wrong, rule="demo.second"),
    )
    write_blocks([Block(block.header, open_and_breached)], path)
    row = build(project).text(PAGE, '[id="installer-wild-3"]')
    assert "? not shown, because of another rule" in row
    assert "The cause is another one; see demo.second ." in row


def test_difference_says_how_real_its_platform_was(built: Built) -> None:
    row = built.text(PAGE, '[id="installer-wild-3"]')
    assert "on glibc-2.17, debian-12-s390x (emulated)." in row


def of_an_auditor(block: Block) -> Block:
    replace = msgspec.structs.replace
    where = {
        "glibc-2.17": "x86_64",
        "debian-12-x86_64": "x86_64",
        "debian-12-s390x": "s390x",
    }
    return Block(
        replace(block.header, role=Role.AUDITOR),
        tuple(
            replace(each, platform="", fidelity=None, arch=where[each.platform])
            for each in block.results
        ),
    )


def test_auditor_is_told_apart_by_what_wheels_claim(
    project: Path, build: Build
) -> None:
    path = project / "conformance/results/installer-wild-3.jsonl"
    write_blocks([of_an_auditor(each) for each in read_blocks(path)], path)
    built = build(project)
    headings = built.all(PAGE, '[aria-label^="Auditors"] thead th')
    words = [heading.get_text().strip() for heading in headings]
    assert words == ["Architecture of the wheel", "wild 3"]
    row = built.text(PAGE, '[id="auditor-wild-3"]')
    assert "on x86_64, s390x" in row


def test_rule_on_no_page_is_a_warning(project: Path, build: Build) -> None:
    demo = (project / "spec/demo.md").read_text()
    hidden = demo.replace("demo.", "demo.hidden-")
    (project / "spec/README.md").write_text(hidden)
    warnings = build(project).warnings
    assert "demo.hidden-first: no page of the site shows this rule" in warnings


@pytest.mark.parametrize(
    "text",
    [
        "r/demo.first/",
        "`demo.first@1 <r/demo.first/>`__",
        "[`demo.first@1`](r/demo.first/)",
        "  year = {2026},",
        "  url = {r/demo.first/},",
    ],
)
def test_page_has_the_text_to_cite_the_rule(built: Built, text: str) -> None:
    copied = [block.get_text() for block in built.all(PAGE, "#citation pre")]
    assert text in "\n".join(copied).splitlines()


def test_what_a_tag_is_is_a_proposal_to_indexes_alone() -> None:
    rules = load_suite().rules
    assert proposed_to(rules["tag.form"]) == [Role.INDEX]
    assert proposed_to(rules["installer.order.linux"]) == []
    assert proposed_to(rules["index.served.bytes"]) == []
