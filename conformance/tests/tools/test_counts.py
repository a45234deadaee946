"""Counts: a cause that breaks two binding rules alone says why they are two."""

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import Block, read_results
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.rules import Level, Rule
from manylinux_conformance.tools.causes import Cause, Kind, Shows
from manylinux_conformance.tools.counts import lint_counts
from manylinux_conformance.tools.deviations import read_all_deviations
from tests.builders import header_line, result_line

RULES = load_suite().rules
FIRST, SECOND, ADVICE = "wheel.kernel.note", "wheel.tls.reserve", "wheel.tls.static"
PARENT, CHILD = "wheel.contents.record", "wheel.contents.record-hash"
UNREAD = Cause(
    id="segments-not-read",
    kind=Kind.UNREPORTED,
    why="No segment is ever looked at.",
    shows=(Shows(rules=("wheel.*",)),),
)
SAID = "auditor.toml: segments-not-read alone breaks wheel.kernel.note, "
SAID += "wheel.tls.reserve: 'why_each' must say why not one"


def wrong(rule: str, cause: str = UNREAD.id, **fields: bool) -> Result:
    found = result_line(
        f"{rule}/case", platform="x86_64", verdict=Verdict.FAIL, **fields
    )
    return msgspec.structs.replace(found, cause=cause, deviation="unreported")


def found(*results: Result, cause: Cause = UNREAD) -> list[str]:
    block = Block(header_line(tool="auditor", version="1"), results)
    return said(cause, block)


def said(cause: Cause, *blocks: Block) -> list[str]:
    findings = list(lint_counts({"auditor": (cause,)}, blocks, RULES))
    assert [each.line for each in findings] == [0] * len(findings)
    return [str(one) for one in findings]


def test_two_binding_rules_of_one_cause_are_reported() -> None:
    assert found(wrong(FIRST), wrong(SECOND)) == [SAID]


def test_what_versions_break_is_added_up() -> None:
    third = "wheel.elf.class"
    assert RULES[third].level is Level.MUST
    one, two = (
        Block(header_line(tool="auditor", version=version), rules)
        for version, rules in (
            ("1", (wrong(FIRST), wrong(SECOND))),
            ("2", (wrong(FIRST), wrong(third))),
        )
    )
    whole = SAID.replace("wheel.kernel.note", f"{third}, wheel.kernel.note")
    assert said(UNREAD, one, two) == said(UNREAD, two, one) == [whole]


@pytest.mark.parametrize(
    "results",
    [
        (wrong(FIRST),),
        (wrong(FIRST), wrong(ADVICE)),
        (wrong(FIRST), wrong(SECOND, control=True)),
        (wrong(FIRST), wrong(SECOND, draft=True)),
        (wrong(FIRST), wrong(SECOND), wrong(SECOND, "another-cause")),
        (wrong(PARENT), wrong(CHILD)),
    ],
    ids=["one", "advice", "control", "draft", "broken-anyway", "corollary"],
)
def test_what_counts_once_needs_no_reason(results: tuple[Result, ...]) -> None:
    assert found(*results) == []


def test_a_reason_is_enough_and_is_wanted_no_longer_than_it_says_something() -> None:
    told = msgspec.structs.replace(UNREAD, why_each="Each segment is read apart.")
    assert found(wrong(FIRST), wrong(SECOND), cause=told) == []
    (said,) = found(wrong(FIRST), cause=told)
    assert said.endswith("breaks no two rules alone, and needs no 'why_each'")


def test_the_rules_of_these_tests_bind_as_they_are_meant_to() -> None:
    binding: dict[str, Rule] = {one: RULES[one] for one in (FIRST, SECOND, PARENT)}
    assert {one.level for one in binding.values()} <= {Level.MUST, Level.MUST_NOT}
    assert RULES[ADVICE].level is Level.SHOULD_NOT
    assert RULES[CHILD].parent == PARENT


def test_every_cause_on_file_counts_once_or_says_why() -> None:
    causes = read_all_deviations(data_folder("deviations"))
    blocks = read_results(data_folder("results"))
    assert [str(one) for one in lint_counts(causes, blocks, RULES)] == []
