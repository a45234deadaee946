"""Reports: every difference and everything that was not run, readable and escaped."""

import io
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.about import About, without_paths
from manylinux_conformance.reports.junit import write_junit
from manylinux_conformance.reports.pages import LONGEST_MARKDOWN, write_pages
from manylinux_conformance.reports.summary import Row, Table, summarize, words
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.suite.rules import Basis, Level
from rich.console import Console
from tests.builders import audit_line, header_line, result_line, rule

HEADER = header_line()


def result(
    name: str, verdict: Verdict, *, deviation: str = "", reason: str = ""
) -> Result:
    return result_line(
        f"installer.order.linux/{name}",
        verdict=verdict,
        expected="linux_x86_64",
        answer="" if reason else "any",
        reason=reason,
        deviation=deviation,
    )


RULES = {"installer.order.linux": rule(id="installer.order.linux")}
RIGHT = result("right", Verdict.PASS)
WRONG = result("wrong", Verdict.FAIL)
HUNG = result("hung", Verdict.TIMEOUT, reason="no answer within 5 s")
SILENT = result("silent", Verdict.NOT_ASKED, reason="needs a 32-bit interpreter")
BLOCK = Block(
    HEADER,
    (RIGHT, WRONG, HUNG, SILENT),
    (NotRun(platforms=("centos-7",), reason="no engine", remedy="x start"),),
)


def counted(table: Table, row: Row) -> dict[str, str]:
    """Return what the cells of a row say, without the empty ones."""
    cells = zip(table.columns, row.cells, strict=True)
    return {column.title: words(counts) for column, counts in cells if counts}


def test_the_summary_counts_rules_not_questions() -> None:
    (table,) = summarize([BLOCK], RULES)
    (row,) = table.rows
    assert table.role == "installer"
    assert counted(table, row) == {"MUST, on models": "1 ✗*"}


def test_real_systems_are_counted_apart_from_models() -> None:
    real = msgspec.structs.replace(
        RIGHT, platform="debian-12-x86_64", fidelity=Fidelity.NATIVE
    )
    (table,) = summarize([Block(HEADER, (WRONG, real))], RULES)
    assert [column.title for column in table.columns][:2] == [
        "MUST, on real systems",
        "MUST, on models",
    ]
    assert counted(table, table.rows[0]) == {
        "MUST, on real systems": "1 ✓",
        "MUST, on models": "1 ✗*",
    }


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"basis": Basis.STANDARD}, "MUST, on models"),
        ({"basis": Basis.CONSEQUENCE}, "MUST, on models"),
        ({"basis": Basis.PROPOSAL}, "proposals"),
        ({"level": Level.MUST_NOT}, "MUST, on models"),
        ({"level": Level.SHOULD}, "SHOULD and MAY"),
        ({"level": Level.SHOULD, "basis": Basis.PROPOSAL}, "proposals"),
    ],
)
def test_what_binds_nobody_is_counted_apart(
    fields: dict[str, object], column: str
) -> None:
    rules = {RIGHT.rule: rule(id=RIGHT.rule, **fields)}
    (table,) = summarize([Block(HEADER, (RIGHT,))], rules)
    assert counted(table, table.rows[0]) == {column: "1 ✓"}


def test_older_versions_have_rows_of_their_own() -> None:
    blocks = [
        Block(msgspec.structs.replace(HEADER, version=version), (RIGHT,))
        for version in ("9.0.3", "26.3", "20.3.4")
    ]
    (table,) = summarize(blocks, RULES)
    assert [row.tool for row in table.rows] == ["pip 26.3"]
    assert [row.tool for row in table.older] == ["pip 9.0.3", "pip 20.3.4"]


def test_drafts_are_shown_and_count_for_nothing(tmp_path: Path) -> None:
    draft = msgspec.structs.replace(WRONG, draft=True)
    block = Block(HEADER, (RIGHT, draft))
    (table,) = summarize([block], RULES)
    assert counted(table, table.rows[0]) == {"MUST, on models": "1 ✓"}
    write_pages([block], RULES, tmp_path)
    write_junit([block], RULES, tmp_path / "junit.xml")
    junit = (tmp_path / "junit.xml").read_text()
    assert 'tests="2" failures="0" errors="0" skipped="1"' in junit
    for name in ("report.html", "report.md"):
        page = (tmp_path / name).read_text()
        assert "Every difference from the rules is a recorded deviation." in page
        assert "nothing (draft)" in page
        assert "Answers to draft cases, which count for nothing: 1." in page


def test_what_is_broken_elsewhere_explains_a_container_in_junit(tmp_path: Path) -> None:
    premise = msgspec.structs.replace(
        WRONG,
        case="platform.target-libc/version-of-the-newer-tool",
        rule="platform.target-libc",
        answer="manylinux_2_36_x86_64",
    )
    follows = msgspec.structs.replace(
        premise,
        case="override.target-path/target-with-module",
        rule="override.target-path",
    )
    container = msgspec.structs.replace(HEADER, platform="debian-12-x86_64")
    blocks = [Block(HEADER, (premise,)), Block(container, (follows,))]
    write_junit(blocks, RULES, tmp_path / "junit.xml")
    junit = (tmp_path / "junit.xml").read_text()
    assert junit.count('name="shows" value="a breach"') == 1
    assert "no breach (the target's interpreter is not asked)" in junit.replace(
        "&apos;", "'"
    )


def test_proposals_are_a_suite_of_their_own_in_junit(tmp_path: Path) -> None:
    rules = {RIGHT.rule: rule(id=RIGHT.rule, basis=Basis.PROPOSAL)}
    write_junit([Block(HEADER, (WRONG,))], rules, tmp_path / "junit.xml")
    junit = (tmp_path / "junit.xml").read_text()
    assert 'name="pip 26.3 as installer: proposals"' in junit
    assert 'name="basis" value="proposal"' in junit
    assert 'name="system" value="model"' in junit


def test_reports_name_every_difference_and_what_was_not_run(tmp_path: Path) -> None:
    odd = msgspec.structs.replace(WRONG, answer="<b>|</b>")
    block = Block(HEADER, (RIGHT, odd, HUNG, SILENT), BLOCK.not_run)
    write_pages([block], RULES, tmp_path)
    write_junit([block], RULES, tmp_path / "junit.xml")
    console = Console(record=True, width=100, file=io.StringIO())
    print_summary([block], RULES, console)
    page = (tmp_path / "report.html").read_text()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert r"<b>\|</b>" in (tmp_path / "report.md").read_text()
    junit = (tmp_path / "junit.xml").read_text()
    assert 'tests="5" failures="1" errors="1" skipped="2"' in junit
    for text in (page, junit, console.export_text()):
        assert "centos-7" in text
        assert "no engine; run: x start" in text


def test_reports_begin_with_what_is_unexplained(tmp_path: Path) -> None:
    known = msgspec.structs.replace(WRONG, deviation="unreported")
    for results, said in (
        ((known,), "Every difference from the rules is a recorded deviation."),
        ((known, HUNG), "installer.order.linux/hung"),
    ):
        write_pages([Block(HEADER, results)], RULES, tmp_path)
        for name in ("report.html", "report.md"):
            page = (tmp_path / name).read_text()
            assert page.index("Unexplained") < page.index(said), name
            end = page.rindex("pip 26.3 as installer")
            assert page.index(said) < end, name


def test_every_report_says_which_rule_a_corollary_may_follow_from(
    tmp_path: Path,
) -> None:
    above, below = rule(id="tag.form"), rule(id="tag.arch", parent="tag.form")
    wrong = [
        result_line(f"{name}/case", verdict=Verdict.FAIL, answer="any")
        for name in (above.id, below.id)
    ]
    rules, blocks = {one.id: one for one in (above, below)}, [Block(HEADER, (*wrong,))]
    write_pages(blocks, rules, tmp_path)
    write_junit(blocks, rules, tmp_path / "junit.xml")
    (row,) = summarize(blocks, rules)[0].rows
    assert "2 ✗*" in map(words, row.cells)
    for name in ("report.html", "report.md", "junit.xml"):
        said = (tmp_path / name).read_text()
        assert "may follow from tag.form, which is broken there, too" in said, name


def test_for_an_index_the_rules_about_tags_are_proposals(tmp_path: Path) -> None:
    form = rule(id="tag.form")
    wrong = result_line("tag.form/case", verdict=Verdict.FAIL, answer="accepted")
    header = header_line(tool="server", role=Role.INDEX)
    rules, blocks = {form.id: form}, [Block(header, (wrong,))]
    (table,) = summarize(blocks, rules)
    assert counted(table, table.rows[0]) == {"proposals": "1 ✗*"}
    write_pages(blocks, rules, tmp_path)
    write_junit(blocks, rules, tmp_path / "junit.xml")
    assert "(must, proposal)" in (tmp_path / "report.md").read_text()
    assert "as index: proposals" in (tmp_path / "junit.xml").read_text()


def test_recorded_deviations_do_not_fail_in_junit(tmp_path: Path) -> None:
    known = msgspec.structs.replace(WRONG, deviation="unreported")
    write_junit([Block(HEADER, (known,))], RULES, tmp_path / "junit.xml")
    assert 'failures="0" errors="0" skipped="1"' in (tmp_path / "junit.xml").read_text()


def test_an_auditor_is_reported_by_the_architecture_of_the_wheel(
    tmp_path: Path,
) -> None:
    audited = audit_line(
        "wheel.needed.allowed/refused",
        arch="s390x",
        verdict=Verdict.FAIL,
        expected="violates",
        answer="conforms",
    )
    header = msgspec.structs.replace(HEADER, role=Role.AUDITOR)
    write_pages([Block(header, (audited,))], RULES, tmp_path)
    write_junit([Block(header, (audited,))], RULES, tmp_path / "junit.xml")
    for name in ("report.html", "report.md", "junit.xml"):
        assert "s390x" in (tmp_path / name).read_text(), name


def test_a_container_that_was_not_asked_is_named_in_every_report(
    tmp_path: Path,
) -> None:
    header = msgspec.structs.replace(HEADER, platform="debian-12-s390x")
    block = Block(header, (), (NotRun(reason="needs Python 3.14"),))
    write_pages([Block(HEADER, (RIGHT,)), block], RULES, tmp_path)
    write_junit([block], RULES, tmp_path / "junit.xml")
    said = "ot run on debian-12-s390x: needs Python 3.14"
    assert said in (tmp_path / "report.html").read_text()
    assert said in (tmp_path / "report.md").read_text()
    assert "every case on debian-12-s390x" in (tmp_path / "junit.xml").read_text()


def test_a_tool_that_was_not_asked_at_all_has_no_platform(tmp_path: Path) -> None:
    block = Block(HEADER, (), (NotRun(reason="needs Python 3.14"),))
    write_pages([block], RULES, tmp_path)
    write_junit([block], RULES, tmp_path / "junit.xml")
    assert "Not run: needs Python 3.14" in (tmp_path / "report.html").read_text()
    assert "- not run: needs Python 3.14" in (tmp_path / "report.md").read_text()
    assert 'name="every case"' in (tmp_path / "junit.xml").read_text()


ABOUT = About("2026.1.dev0", "2026-05-01", "Linux x86_64", "https://m.example/")


def pages_of(
    tmp_path: Path, *results: Result, header: Header = HEADER
) -> dict[str, str]:
    block = Block(header, results)
    write_pages([block], RULES, tmp_path, ABOUT)
    write_junit([block], RULES, tmp_path / "junit.xml", ABOUT)
    names = ("report.html", "report.md", "junit.xml")
    return {name: (tmp_path / name).read_text() for name in names}


def test_every_report_says_what_it_is_about(tmp_path: Path) -> None:
    header = msgspec.structs.replace(
        HEADER, program="/home/me/venv/bin/pip", said_version="pip 26.3 (python 3.11)"
    )
    for page in pages_of(tmp_path, RIGHT, header=header).values():
        assert "edition 2026.1 draft" in page
        for fact in (ABOUT.suite, ABOUT.date, ABOUT.machine, "pip 26.3 (python 3.11)"):
            assert fact in page
        assert "/home/me" not in page


def test_every_failure_has_the_sentence_and_the_page_of_its_rule(
    tmp_path: Path,
) -> None:
    for page in pages_of(tmp_path, WRONG).values():
        assert "A tag MUST have four parts." in page
        assert "https://m.example/r/installer.order.linux/" in page


def test_without_a_site_the_page_has_the_rules_itself(tmp_path: Path) -> None:
    write_pages([BLOCK], RULES, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert 'href="#rule-installer.order.linux"' in page
    assert 'id="rule-installer.order.linux"' in page


def test_choices_stand_apart_from_surprises_and_from_faults(tmp_path: Path) -> None:
    kinds = {"": "Unexplained", "unreported": "Known faults", "by-design": "Choices"}
    results = [result(f"case-{kind}", Verdict.FAIL, deviation=kind) for kind in kinds]
    page = pages_of(tmp_path, *results)["report.md"]
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    for kind, title in kinds.items():
        assert [
            name for name, part in sections.items() if f"/case-{kind}`" in part
        ] == [title]


def test_what_binds_comes_first(tmp_path: Path) -> None:
    rules = {
        name: rule(id=name, level=level, basis=basis)
        for name, level, basis in (
            ("a.proposal", Level.MUST, Basis.PROPOSAL),
            ("b.advice", Level.SHOULD, Basis.STANDARD),
            ("c.consequence", Level.MUST, Basis.CONSEQUENCE),
            ("d.demand", Level.MUST, Basis.STANDARD),
        )
    }
    results = tuple(
        msgspec.structs.replace(WRONG, rule=name, case=f"{name}/x") for name in rules
    )
    write_pages([Block(HEADER, results)], rules, tmp_path, ABOUT)
    page = (tmp_path / "report.md").read_text()
    places = [page.index(f"`{name}/x`") for name in rules]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("count", [1000, 3000])
def test_markdown_fits_into_a_comment_whatever_was_asked(
    tmp_path: Path, count: int
) -> None:
    wrong = tuple(result(f"case-{number}", Verdict.FAIL) for number in range(count))
    blocks = [
        Block(msgspec.structs.replace(HEADER, tool=f"tool-{number}"), wrong[:1000])
        for number in range(max(1, count // 100))
    ]
    write_pages(blocks, RULES, tmp_path, ABOUT)
    page = (tmp_path / "report.md").read_text()
    assert len(page) <= LONGEST_MARKDOWN
    assert "in report.html." in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no such file: /home/me/venv/bin/x", "no such file: x"),
        ("see https://docs.example/a/b/", "see https://docs.example/a/b/"),
        ("~/venv/bin/tool broke", "tool broke"),
        ("tag.form/plain on glibc-2.17", "tag.form/plain on glibc-2.17"),
        ("'/opt/a/b' and/or 1/2", "'b' and/or 1/2"),
    ],
)
def test_no_report_names_a_folder_of_this_machine(said: str, shown: str) -> None:
    assert without_paths(said) == shown
