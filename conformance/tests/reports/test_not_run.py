"""What was not run: one line for a reason, the remedy last, long lists cut."""

import io

import msgspec
import pytest
from manylinux_conformance.reports.not_run import not_run_lines
from manylinux_conformance.reports.terminal import print_summary
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from rich.console import Console
from tests.builders import header_line, result_line

HEADER = header_line()


RESULT = result_line()
OTHER = msgspec.structs.replace(HEADER, tool="uv", version="0.13.9")
PREPARE = "manylinux-conformance platforms prepare"
FOR_EACH = f"{PREPARE} PATTERN, for PATTERN 'a-*', b-s390x, 'c-*'"


def unprepared(pattern: str, *names: str) -> NotRun:
    return NotRun(platforms=names, reason="not prepared", remedy=f"{PREPARE} {pattern}")


def said(*blocks: Block) -> list[str]:
    return list(not_run_lines(blocks))


def test_a_platform_that_a_tool_was_not_asked_on_is_named_with_the_tool() -> None:
    line = NotRun(platforms=("musl",), reason="the model does not work")
    assert said(Block(HEADER, (RESULT,), (line,))) == [
        "not run: pip 26.3 on musl: the model does not work"
    ]


def test_a_container_that_a_tool_was_not_asked_in_is_named_by_its_block() -> None:
    header = msgspec.structs.replace(HEADER, platform="debian-12-s390x")
    for names in ((), ("debian-12-s390x",)):
        line = NotRun(platforms=names, reason="needs Python 3.14")
        assert said(Block(header, (), (line,))) == [
            "not run: pip 26.3 on debian-12-s390x: needs Python 3.14"
        ]


def test_a_tool_that_was_not_asked_at_all_is_named_alone() -> None:
    line = NotRun(reason="is not installed yet", remedy="pip install pip")
    assert said(Block(HEADER, (), (line,)), Block(OTHER, (), (line,))) == [
        "not run: pip 26.3, uv 0.13.9: is not installed yet; run: pip install pip"
    ]


def test_a_container_that_is_not_ready_is_named_once_for_all_tools() -> None:
    line = unprepared("centos-7-x86_64", "centos-7-x86_64")
    assert said(Block(HEADER, (), (line,)), Block(OTHER, (), (line,))) == [
        f"not run: centos-7-x86_64: not prepared; run: {PREPARE} centos-7-x86_64"
    ]


def test_the_pattern_stays_where_one_remedy_is_for_several_platforms() -> None:
    line = unprepared("'a-*'", "a-s390x", "a-i686")
    assert said(Block(HEADER, (), (line,))) == [
        f"not run: a-s390x, a-i686: not prepared; run: {PREPARE} 'a-*'"
    ]


def test_remedies_that_differ_in_their_pattern_alone_are_one_line() -> None:
    lines = (
        unprepared("'a-*'", "a-s390x", "a-i686"),
        unprepared("b-s390x", "b-s390x"),
        unprepared("'c-*'", "c-s390x", "c-i686"),
        unprepared("'d-*' --engine ssh://me@arm", "d-s390x"),
    )
    assert said(Block(HEADER, (), lines)) == [
        f"not run: a-s390x, a-i686, b-s390x and 2 more: not prepared; run: {FOR_EACH}",
        f"not run: d-s390x: not prepared; run: {PREPARE} 'd-*' --engine ssh://me@arm",
    ]


def test_a_reason_with_two_remedies_is_two_lines() -> None:
    lines = (
        NotRun(platforms=("a",), reason="no loader", remedy="install a-loader"),
        NotRun(platforms=("b",), reason="no loader", remedy="install b-loader"),
    )
    assert said(Block(HEADER, (), lines)) == [
        "not run: a: no loader; run: install a-loader",
        "not run: b: no loader; run: install b-loader",
    ]


@pytest.mark.parametrize(
    ("count", "shown"),
    [(3, "p0, p1, p2"), (4, "p0, p1, p2 and 1 more"), (9, "p0, p1, p2 and 6 more")],
)
def test_a_long_list_of_names_is_cut(count: int, shown: str) -> None:
    names = tuple(f"p{number}" for number in range(count))
    line = NotRun(platforms=names, reason="the engine does not answer")
    assert said(Block(HEADER, (), (line,))) == [
        f"not run: {shown}: the engine does not answer"
    ]


def test_the_terminal_shows_a_reason_as_it_is_on_one_line() -> None:
    line = NotRun(platforms=("a",), reason="no [red] loader", remedy="install " * 20)
    console = Console(width=40, file=io.StringIO(), record=True)
    print_summary([Block(HEADER, (), (line,))], {}, console)
    (printed,) = [
        text
        for text in console.export_text().splitlines()
        if text.startswith("not run: ")
    ]
    assert printed.startswith("not run: a: no [red] loader; run: install install")
