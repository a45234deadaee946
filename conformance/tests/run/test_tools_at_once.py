"""Tools at once: both processors are busy, and nobody answers for somebody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.journal import Journal
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.run.pipeline import WHOLE, run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool, quick_first

MakeTool = Callable[..., Tool]
Told = list[tuple[str, int, int]]
Run = Callable[..., list[Block]]


def named(tool: Tool, name: str) -> Tool:
    adapter = msgspec.structs.replace(tool.adapter, name=name)
    return dataclasses.replace(tool, adapter=adapter)


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def run_tools(suite: Suite, settings: Settings, told: Told) -> Run:
    """Return a function that asks tools on some models of this machine."""

    def asked(tools: Sequence[Tool], *platforms: str, jobs: int = 2) -> list[Block]:
        models = tuple(each for each in suite.platforms if each.name in platforms)
        assert len(models) == len(platforms)
        narrowed = dataclasses.replace(suite, platforms=models, containers=())
        here = dataclasses.replace(settings, jobs=jobs)

        def take_note(words: str, done: int, total: int) -> None:
            told.append((words, done, total))

        return list(run(narrowed, tools, [Role.INSTALLER], here, take_note))

    return asked


def test_the_next_tool_is_asked_while_the_last_questions_of_one_are_open(
    run_tools: Run, make_installer: MakeTool
) -> None:
    """The last of the first one's three runs ends when the other one's first begins."""
    tool = make_installer("third-waits", seconds=60)
    tools = [named(tool, "first"), named(tool, "second")]
    blocks = run_tools(tools, "glibc-2.5", "glibc-2.17", "glibc-2.36")
    assert [block.header.tool for block in blocks] == ["first", "second"]
    for block in blocks:
        verdicts = {result.verdict for result in block.results}
        assert verdicts == {Verdict.PASS, Verdict.FAIL}  # it takes no other wheel


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_blocks_come_in_the_order_of_the_tools(
    run_tools: Run, make_installer: MakeTool, jobs: int
) -> None:
    names = ["one", "two", "three", "four"]
    tools = [named(make_installer("any"), name) for name in names]
    blocks = run_tools(tools, "glibc-2.17", jobs=jobs)
    assert [block.header.tool for block in blocks] == names


def test_what_one_tool_does_to_the_wheels_is_not_anothers_fault(
    run_tools: Run, make_installer: MakeTool
) -> None:
    meddler = named(make_installer("write-in-links"), "meddler")
    others = [named(make_installer("any"), f"other-{number}") for number in range(3)]
    first, *rest = run_tools([meddler, *others], "glibc-2.17")
    assert {result.verdict for result in first.results} == {Verdict.ERROR}
    for block in rest:
        assert Verdict.ERROR not in {result.verdict for result in block.results}


def test_one_bar_says_how_much_of_a_whole_run_is_done(
    run_tools: Run, make_installer: MakeTool, told: Told
) -> None:
    tools = [named(make_installer("any"), name) for name in ("one", "two")]
    run_tools(tools, "glibc-2.17")
    shares = [done for words, done, of in told if words == WHOLE and of == 100]
    assert shares == sorted(shares)
    assert (shares[0] < 100, shares.count(100), shares[-1]) == (True, 1, 100)


def test_one_tool_at_one_place_needs_no_second_bar(
    run_tools: Run, make_installer: MakeTool, told: Told
) -> None:
    run_tools([make_installer("any")], "glibc-2.17")
    assert WHOLE not in {words for words, _, _ in told}


@pytest.mark.parametrize("interrupted", [False, True])
def test_what_a_tool_says_after_the_end_of_the_run_is_not_kept(
    suite: Suite, settings: Settings, make_installer: MakeTool, *, interrupted: bool
) -> None:
    """Whoever ends a run kills the tools, which is no answer of theirs."""
    journal = Journal(settings.work / "journal")
    here = dataclasses.replace(settings, journal=journal)
    models = tuple(each for each in suite.platforms if each.name == "glibc-2.17")
    narrowed = dataclasses.replace(suite, platforms=models, containers=())

    def end(words: str, done: int, total: int) -> None:
        assert words
        if interrupted and done < total:
            settings.live.end()

    list(run(narrowed, [make_installer("any")], [Role.INSTALLER], here, end))
    assert len(journal) == (0 if interrupted else 1)


def test_the_quick_tools_come_first(make_installer: MakeTool) -> None:
    names = ["poetry", "pip", "of-somebody", "uv", "packaging"]
    tools = [named(make_installer("any"), name) for name in names]
    ordered = [tool.adapter.name for tool in quick_first(tools)]
    assert ordered[0] == "packaging"
    assert ordered.index("uv") < ordered.index("pip") < ordered.index("poetry")
    assert ordered.index("of-somebody") < ordered.index("poetry")
