"""Kinds: two tools are judged by one measure, or a file says why not."""

import re
from collections.abc import Sequence

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.blocks import Block, read_results
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.premises import PLAINEST
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Cause, Kind, Shows
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.kinds import Causes, lint_kinds
from manylinux_conformance.tools.unexplained import unexpected, unmatched
from tests.builders import header_line, result_line

UNASKED = Cause(
    id="module-never-imported",
    kind=Kind.UNREPORTED,
    why="The module is never imported.",
    shows=(Shows(rules=("override.*",)),),
)
DECIDED = msgspec.structs.replace(
    UNASKED, id="veto-asked-once", kind=Kind.BY_DESIGN, links=("https://a.example/x",)
)
RESULT = result_line(
    "override.each-tag/vetoed", platform="glibc-2.36", verdict=Verdict.FAIL
)


def block(tool: str, result: Result = RESULT) -> Block:
    header = header_line(tool=tool, version="1")
    return Block(header, (result,))


def found(uv: Cause, pdm: Cause, result: Result = RESULT) -> list[str]:
    blocks = (block("uv", result), block("pdm"))
    return said({"uv": (uv,), "pdm": (pdm,)}, blocks)


def said(causes: Causes, blocks: Sequence[Block]) -> list[str]:
    findings = list(lint_kinds(causes, blocks, {}))
    assert [each.line for each in findings] == [0] * len(findings)
    return [str(each) for each in findings]


def test_two_measures_for_the_same_case_are_reported() -> None:
    assert found(DECIDED, UNASKED) == [
        (
            "uv.toml: veto-asked-once is by-design, module-never-imported of pdm "
            "unreported, and both show in override.each-tag/vetoed on glibc-2.36: "
            "'why_kind' of one must say why"
        )
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.BY_DESIGN},
        {"why_kind": "pdm has not said that it means it."},
        {"shows": (Shows(rules=("tag.*",)),)},
        {"versions": ("2",)},
        {"roles": (Role.TAG_LIBRARY,)},
    ],
)
def test_one_measure_is_enough(fields: dict[str, object]) -> None:
    assert found(DECIDED, msgspec.structs.replace(UNASKED, **fields)) == []


def test_every_pair_of_tools_is_compared_and_told_once() -> None:
    right = msgspec.structs.replace(RESULT, verdict=Verdict.PASS)
    second = msgspec.structs.replace(RESULT, case="override.each-tag/second")
    meant = msgspec.structs.replace(DECIDED, id="veto-meant")
    causes = {"uv": (DECIDED,), "pip": (meant,), "pdm": (UNASKED,)}
    named = {tool: block(tool).header for tool in ("unknown", *causes)}
    later = msgspec.structs.replace(named["uv"], version="2")
    blocks = [
        *(Block(header, (right, RESULT, second)) for header in named.values()),
        Block(later, (second,)),
    ]
    for order in (blocks, blocks[::-1], [blocks[-1], *blocks[:-1]]):
        pairs = [{*re.findall("uv|pip|pdm", each)} for each in said(causes, order)]
        assert sorted(map(sorted, pairs)) == [["pdm", "pip"], ["pdm", "uv"]]


def test_whether_anybody_was_asked_is_no_second_measure() -> None:
    told = msgspec.structs.replace(DECIDED, kind=Kind.ACKNOWLEDGED)
    assert found(told, UNASKED) == []


@pytest.mark.parametrize("field", ["control", "draft"])
def test_only_breaches_that_count_are_compared(field: str) -> None:
    aside = msgspec.structs.replace(RESULT, **{field: True})
    assert found(DECIDED, UNASKED, aside) == []


def test_where_the_platform_is_unknown_no_measure_is_taken() -> None:
    asked = {"case": PLAINEST, "rule": PLAINEST.partition("/")[0]}
    plainest = msgspec.structs.replace(RESULT, **asked, answer="any")
    refused = msgspec.structs.replace(RESULT, answer="any")
    blocks = [Block(block(tool).header, (plainest, refused)) for tool in ("uv", "pdm")]
    assert list(lint_kinds({"uv": (DECIDED,), "pdm": (UNASKED,)}, blocks, {})) == []


def test_an_identifier_has_one_kind_in_all_files() -> None:
    same = msgspec.structs.replace(DECIDED, id=UNASKED.id, why_kind="It is not so.")
    assert found(same, UNASKED) == [
        "pdm.toml: module-never-imported: unreported here, by-design in uv.toml"
    ]


def test_the_answers_on_file_and_the_causes_on_file_agree() -> None:
    causes = read_all_deviations(data_folder("deviations"))
    blocks = read_results(data_folder("results"))
    said = [str(finding) for finding in lint_kinds(causes, blocks, {})]
    for tool in sorted({block.header.tool for block in blocks}):
        seen = [
            (result, block.header.version, block.header.role)
            for block in blocks
            for result in block.results
            if block.header.tool == tool
        ]
        said += unexpected(seen, causes.get(tool, ()))
        said += map(str, unmatched(seen, causes.get(tool, ()), f"{tool}.toml"))
    assert said == []
