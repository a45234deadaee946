"""Complaints: about what nobody explained, and about explanations nobody needs."""

from pathlib import Path

import pytest
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.deviations import Deviation, Kind
from manylinux_conformance.tools.selection import Tool
from manylinux_conformance.tools.unexplained import complaints_about, needless

ADAPTER = """
name = "gadget"
roles = ["installer", "tag-library"]
versions = ["1", "2"]
[installer]
command = ["x"]
[tag_library]
command = ["x"]
"""
ENTRY = Deviation(
    rule="tag.form",
    versions=("1",),
    roles=(Role.INSTALLER,),
    kind=Kind.BUG,
    why="It counts the parts from one.",
)
ROLES = (Role.INSTALLER, Role.TAG_LIBRARY)


@pytest.fixture
def tools(tmp_path: Path) -> list[Tool]:
    path = tmp_path / "gadget.toml"
    path.write_text(ADAPTER)
    adapter = read_adapter(path)
    return [Tool(adapter, version, (ENTRY,)) for version in adapter.versions]


def block(version: str, role: Role, verdict: Verdict) -> Block:
    header = Header(
        format=1,
        edition="2026.1",
        rules_lock="",
        tool="gadget",
        version=version,
        role=role,
        python="3.11",
        host="x86_64",
    )
    result = Result(
        case="tag.form/plain",
        rule="tag.form",
        platform="glibc-2.17",
        fidelity=Fidelity.MODELLED,
        verdict=verdict,
        expected="any",
        answer="x",
    )
    return Block(header, (result,))


def answers(first: Verdict) -> list[Block]:
    return [
        block("1", Role.INSTALLER, first),
        block("1", Role.TAG_LIBRARY, Verdict.PASS),
        block("2", Role.INSTALLER, Verdict.PASS),
        block("2", Role.TAG_LIBRARY, Verdict.PASS),
    ]


def test_a_difference_is_complained_about_unless_it_is_recorded(
    tools: list[Tool],
) -> None:
    assert list(complaints_about(answers(Verdict.FAIL), tools)) == []
    (said,) = complaints_about([block("2", Role.INSTALLER, Verdict.FAIL)], tools)
    assert said == ("gadget 2: tag.form/plain on glibc-2.17: fail, expected any, got x")


def test_an_entry_that_nothing_shows_is_needless(tools: list[Tool]) -> None:
    assert list(needless(answers(Verdict.FAIL), tools, ROLES)) == []
    (said,) = needless(answers(Verdict.PASS), tools, ROLES)
    assert said == "gadget.toml: tag.form: this deviation matches nothing"


@pytest.mark.parametrize("left_out", range(4))
def test_an_entry_may_be_about_what_was_not_asked(
    tools: list[Tool], left_out: int
) -> None:
    asked = answers(Verdict.PASS)
    del asked[left_out]
    assert list(needless(asked, tools, ROLES)) == []
