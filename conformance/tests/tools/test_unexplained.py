"""Differences without a cause, passes in spite of one, causes without a difference."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.causes import Cause, Kind, Shows
from manylinux_conformance.tools.selection import Tool
from manylinux_conformance.tools.unexplained import (
    unexpected,
    unexplained_differences,
    unmatched,
    unused_deviations,
)
from tests.builders import header_line, result_line

ADAPTER = """
name = "gadget"
roles = ["installer", "tag-library"]
versions = ["1", "2"]
[installer]
command = ["x"]
[tag_library]
command = ["x"]
"""
CAUSE = Cause(
    id="counts-from-one",
    kind=Kind.UNREPORTED,
    why="It counts the parts from one.",
    versions=("1",),
    roles=(Role.INSTALLER,),
    shows=(Shows(rules=("tag.form",)),),
)
RULES = load_suite().rules
ROLES = (Role.INSTALLER, Role.TAG_LIBRARY)


@pytest.fixture
def tools(tmp_path: Path) -> list[Tool]:
    path = tmp_path / "gadget.toml"
    path.write_text(ADAPTER)
    adapter = read_adapter(path)
    return [Tool(adapter, version, (CAUSE,)) for version in adapter.versions]


def block(version: str, role: Role, verdict: Verdict) -> Block:
    header = header_line(tool="gadget", version=version, role=role)
    result = result_line(verdict=verdict, answer="x")
    return Block(header, (result,))


def answers(first: Verdict) -> list[Block]:
    return [
        block("1", Role.INSTALLER, first),
        block("1", Role.TAG_LIBRARY, Verdict.PASS),
        block("2", Role.INSTALLER, Verdict.PASS),
        block("2", Role.TAG_LIBRARY, Verdict.PASS),
    ]


def test_a_difference_is_unexplained_unless_it_is_recorded(
    tools: list[Tool],
) -> None:
    assert list(unexplained_differences(answers(Verdict.FAIL), tools, RULES)) == []
    wrong = block("2", Role.INSTALLER, Verdict.FAIL)
    (said,) = unexplained_differences([wrong], tools, RULES)
    assert said == ("gadget 2: tag.form/plain on glibc-2.17: fail, expected any, got x")


def test_a_corollary_that_is_broken_beside_its_parent_says_so(
    tools: list[Tool],
) -> None:
    parent, child = "platform.interpreter", "platform.personality"
    assert RULES[child].parent == parent
    wrong = [
        result_line(f"{rule}/case", verdict=Verdict.FAIL, answer="x")
        for rule in (parent, child)
    ]
    both = Block(block("2", Role.INSTALLER, Verdict.FAIL).header, tuple(wrong))
    first, second = unexplained_differences([both], tools, RULES)
    assert first.endswith("got x")
    assert second.endswith(
        f"got x (may follow from {parent}, which is broken there, too)"
    )


def test_a_cause_that_shows_nowhere_is_reported(tools: list[Tool]) -> None:
    assert list(unused_deviations(answers(Verdict.FAIL), tools, ROLES)) == []
    (said,) = unused_deviations(answers(Verdict.PASS), tools, ROLES)
    assert said == "gadget.toml: counts-from-one: shows nowhere in tag.form"


@pytest.mark.parametrize("left_out", range(4))
def test_a_cause_may_show_in_what_was_not_asked(
    tools: list[Tool], left_out: int
) -> None:
    asked = answers(Verdict.PASS)
    del asked[left_out]
    assert list(unused_deviations(asked, tools, ROLES)) == []


PLAIN = block("1", Role.INSTALLER, Verdict.FAIL).results[0]
HUNG = msgspec.structs.replace(
    PLAIN, verdict=Verdict.TIMEOUT, answer="", reason="no answer within 5 s"
)
OTHER = msgspec.structs.replace(HUNG, case="tag.form/other")


def said_of(results: list[Result], *causes: Cause) -> list[str]:
    seen = [(result, "1", Role.INSTALLER) for result in results]
    return list(unexpected(seen, causes))


def test_one_breakdown_at_many_questions_is_one_line() -> None:
    where = "tag.form/plain on glibc-2.17"
    assert said_of([HUNG, OTHER]) == [
        f"{where} and 1 more: timeout, no answer within 5 s"
    ]


def test_a_pass_where_a_cause_is_said_to_show_is_reported() -> None:
    right = msgspec.structs.replace(PLAIN, verdict=Verdict.PASS)
    (said,) = said_of([right], CAUSE)
    assert said.endswith(": passes, but 'counts-from-one' is said to show there")


def test_a_difference_has_one_cause() -> None:
    second = msgspec.structs.replace(CAUSE, id="counts-from-two")
    assert said_of([PLAIN], CAUSE, second) == [
        (
            "tag.form/plain on glibc-2.17: has two causes, "
            "'counts-from-one' and 'counts-from-two'"
        )
    ]


def test_a_draft_needs_no_cause_and_is_none() -> None:
    draft = msgspec.structs.replace(PLAIN, draft=True)
    assert said_of([draft]) == []
    seen = [(draft, "1", Role.INSTALLER)]
    (found,) = unmatched(seen, (CAUSE,), "gadget.toml")
    assert (found.file, found.line) == ("gadget.toml", 0)


def test_what_needs_no_cause_hides_nothing_that_comes_after_it() -> None:
    draft = msgspec.structs.replace(PLAIN, draft=True)
    right = msgspec.structs.replace(OTHER, verdict=Verdict.PASS)
    unknown = msgspec.structs.replace(HUNG, case="tag.set.any/one", rule="tag.set.any")
    passes, hangs = said_of([draft, right, PLAIN, unknown], CAUSE)
    assert passes.startswith("tag.form/other on glibc-2.17: passes, but")
    assert hangs == "tag.set.any/one on glibc-2.17: timeout, no answer within 5 s"


def test_each_place_of_a_cause_has_to_show() -> None:
    places = (Shows(rules=("tag.form",)), Shows(rules=("tag.set.*", "tag.case.*")))
    cause = msgspec.structs.replace(CAUSE, shows=places)
    seen = [(PLAIN, "1", Role.INSTALLER)]
    assert [str(found) for found in unmatched(seen, (cause,), "gadget.toml")] == [
        "gadget.toml: counts-from-one: shows nowhere in tag.set.*, tag.case.*"
    ]
