import io
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.reports.junit import write_junit
from manylinux_conformance.reports.pages import write_pages
from manylinux_conformance.reports.standing import Standing, standing
from manylinux_conformance.reports.summary import summarize, words
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.blocks import (
    Block,
    read_blocks,
    read_results,
    write_blocks,
)
from manylinux_conformance.results.lines import Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.deviations import (
    Deviation,
    Kind,
    annotate,
    read_deviations,
    unexpected,
    unmatched,
)
from rich.console import Console

HEADER = Header(
    format=1,
    edition="2026.1",
    rules_lock="0" * 64,
    tool="pip",
    version="26.3",
    role=Role.INSTALLER,
    python="3.11",
    host="x86_64",
)


def result(
    name: str, verdict: Verdict, *, deviation: str = "", reason: str = ""
) -> Result:
    return Result(
        case=f"installer.order.linux/{name}",
        rule="installer.order.linux",
        platform="glibc-2.17",
        fidelity=Fidelity.MODELLED,
        verdict=verdict,
        expected="linux_x86_64",
        answer="" if reason else "any",
        reason=reason,
        deviation=deviation,
    )


RIGHT = result("right", Verdict.PASS)
WRONG = result("wrong", Verdict.FAIL)
HUNG = result("hung", Verdict.TIMEOUT, reason="no answer within 5 s")
SILENT = result("silent", Verdict.NOT_ASKED, reason="needs a 32-bit interpreter")
DECLINED = result("declined", Verdict.DECLINED, reason="has no such option")
ENTRY = Deviation(
    rule="installer.order.linux",
    cases=("wrong",),
    kind=Kind.BY_DESIGN,
    why="It ranks linux tags last on purpose.",
)
BLOCK = Block(
    HEADER,
    (RIGHT, WRONG, HUNG, SILENT),
    (NotRun(platform="centos-7", reason="no engine"),),
)


def test_blocks_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    write_blocks([BLOCK, BLOCK], path)
    assert list(read_blocks(path)) == [BLOCK, BLOCK]
    assert read_results(tmp_path) == [BLOCK, BLOCK]
    assert [file.name for file in tmp_path.iterdir()] == ["results.jsonl"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text[:-3], "line 7: cut off"),
        (lambda text: "".join(text.splitlines(keepends=True)[:-1]), "no footer"),
        (lambda text: text.replace('"lines":5', '"lines":4'), "does not fit"),
        (lambda text: text.replace('"pass":1', '"pass":2'), "does not fit"),
        (lambda text: text.replace('"format":1', '"format":9'), "format 9, not 1"),
        (lambda text: text.replace('"header"', '"hat"'), "line 1"),
        (lambda text: "\n".join(text.splitlines()[1:]) + "\n", "line 1: out of place"),
        (lambda text: "garbage\n" + text, "line 1"),
        (lambda text: text.replace('"verdict":"pass"', '"verdict":"ok"'), "line 3"),
        (lambda text: '{"x":' + "[" * 99999 + "\n" + text, "line 1: nested too deeply"),
        (lambda text: text.replace("pip", "\udcff"), "line 1: 'utf-8' codec"),
    ],
)
def test_a_damaged_result_file_is_refused(
    tmp_path: Path, damage: object, reason: str
) -> None:
    path = tmp_path / "results.jsonl"
    write_blocks([BLOCK], path)
    assert callable(damage)
    path.write_text(damage(path.read_text()), errors="surrogateescape")
    with pytest.raises(InputError, match=reason):
        list(read_blocks(path))


def test_a_missing_result_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: No such file"):
        list(read_blocks(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((RIGHT,), Standing.FOLLOWS),
        ((RIGHT, SILENT, DECLINED), Standing.FOLLOWS),
        ((RIGHT, WRONG), Standing.UNEXPLAINED),
        ((HUNG,), Standing.UNEXPLAINED),
        ((RIGHT, result("w", Verdict.FAIL, deviation="bug")), Standing.DIFFERS),
        ((WRONG, result("w", Verdict.FAIL, deviation="bug")), Standing.UNEXPLAINED),
        ((RIGHT, result("i", Verdict.INFRASTRUCTURE, reason="x")), Standing.TROUBLE),
        ((SILENT, DECLINED), Standing.DECLINES),
        ((SILENT,), Standing.NOT_ASKED),
        ((), Standing.NOT_ASKED),
    ],
)
def test_one_difference_outweighs_every_pass(
    results: tuple[Result, ...], expected: Standing
) -> None:
    assert standing(results) is expected
    assert expected.symbol


def test_a_recorded_difference_is_annotated_with_its_kind() -> None:
    done = annotate([RIGHT, WRONG], (ENTRY,), "26.3", Role.INSTALLER)
    assert [entry.deviation for entry in done] == ["", "by-design"]


def test_a_difference_without_an_entry_is_unexpected() -> None:
    said = list(unexpected([RIGHT, WRONG, HUNG], (ENTRY,), "26.3", Role.INSTALLER))
    assert said == [
        ("installer.order.linux/hung on glibc-2.17: timeout, no answer within 5 s")
    ]


def test_one_breakdown_at_many_questions_is_one_line() -> None:
    other = result("other", Verdict.TIMEOUT, reason=HUNG.reason)
    said = list(unexpected([HUNG, RIGHT, other], (), "26.3", Role.INSTALLER))
    assert said == [
        (
            "installer.order.linux/hung on glibc-2.17 and 1 more: "
            "timeout, no answer within 5 s"
        ),
    ]


def test_a_pass_that_an_entry_forbids_is_unexpected() -> None:
    entry = msgspec.structs.replace(ENTRY, cases=("right",))
    (said,) = unexpected([RIGHT], (entry,), "26.3", Role.INSTALLER)
    assert said.endswith("passes, but installer.order.linux is a deviation")


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 0),
        ({"versions": ("20.*",)}, 1),
        ({"platforms": ("musl",)}, 1),
        ({"roles": (Role.TAG_LIBRARY,)}, 1),
        ({"rule": "override.*"}, 1),
        ({"cases": ("right",)}, 1),
    ],
)
def test_an_entry_that_matches_no_difference_is_reported(
    fields: dict[str, object], count: int
) -> None:
    entry = msgspec.structs.replace(ENTRY, **fields)
    seen = [(found, "26.3", Role.INSTALLER) for found in (RIGHT, WRONG)]
    assert len(list(unmatched(seen, (entry,), "pip.toml"))) == count


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[deviation]]\nrule = "a"\nkind = "bug"\nwhy = "It is so."\n', "sentence"),
        ('[[deviation]]\nrule = "a"\nkind = "odd"\nwhy = "x"\n', "Invalid enum"),
        ('[[deviation]]\nrule = "a"\nkind = "bug"\n', "missing required field"),
        ("deviation = 3\n", "Expected `array`"),
        ("[[deviation]\n", "pip.toml"),
        ("colour = 1\n", "unknown field"),
    ],
)
def test_a_malformed_deviation_file_is_refused(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "pip.toml").write_text(text)
    with pytest.raises(InputError, match=reason):
        read_deviations(tmp_path, "pip")
    assert read_deviations(tmp_path, "uv") == ()


def test_the_summary_counts_rules_not_questions() -> None:
    (table,) = summarize([BLOCK])
    (row,) = table.rows
    assert (table.role, table.areas) == ("installer", ("installer",))
    assert words(row.areas[0]) == "1 ✗"
    assert row.not_run == 1


def test_reports_name_every_difference_and_what_was_not_run(tmp_path: Path) -> None:
    odd = msgspec.structs.replace(WRONG, answer="<b>|</b>")
    block = Block(HEADER, (RIGHT, odd, HUNG, SILENT), BLOCK.not_run)
    write_pages([block], {}, tmp_path)
    write_junit([block], tmp_path / "junit.xml")
    console = Console(record=True, width=100, file=io.StringIO())
    print_summary([block], console)
    page = (tmp_path / "report.html").read_text()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<script" not in page
    assert r"<b>\|</b>" in (tmp_path / "report.md").read_text()
    junit = (tmp_path / "junit.xml").read_text()
    assert 'tests="5" failures="1" errors="1" skipped="2"' in junit
    for text in (page, junit, console.export_text()):
        assert "centos-7" in text
        assert "no engine" in text


def test_reports_begin_with_what_is_unexplained(tmp_path: Path) -> None:
    known = msgspec.structs.replace(WRONG, deviation="bug")
    for results, said in (
        ((known,), "Every difference from the rules is a recorded deviation."),
        ((known, HUNG), "installer.order.linux/hung"),
    ):
        write_pages([Block(HEADER, results)], {}, tmp_path)
        for name in ("report.html", "report.md"):
            page = (tmp_path / name).read_text()
            assert page.index("Unexplained") < page.index(said), name
            assert page.index(said) < page.index("pip 26.3 as installer"), name


def test_recorded_deviations_do_not_fail_in_junit(tmp_path: Path) -> None:
    known = msgspec.structs.replace(WRONG, deviation="bug")
    write_junit([Block(HEADER, (known,))], tmp_path / "junit.xml")
    assert 'failures="0" errors="0" skipped="1"' in (tmp_path / "junit.xml").read_text()
