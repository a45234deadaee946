"""Answers on file are judged again, and what says something else is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.tools.causes import Cause
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.rejudging import Rejudging

EVERY = {  # each so manieth answer is judged again: all roles and kinds, in seconds
    "installer-uv-0.13.9": 11,
    "tag-library-packaging-26.3": 1,
    "tag-library-dep-logic-0.7.2": 1,
    "tag-library-reference": 1,
    "builder-gcc-12": 1,
    "builder-ziglang-0.17.1": 1,
    "index-pypiserver-2.4.2": 1,
    "loader-cpython": 5,
}
Forge = Callable[[Result], Result]


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite()


@pytest.fixture(scope="module")
def causes() -> dict[str, tuple[Cause, ...]]:
    return {**read_all_deviations(data_folder("deviations")), "unknown": ()}


@pytest.fixture
def rejudging(suite: Suite, causes: dict[str, tuple[Cause, ...]]) -> Rejudging:
    return Rejudging(suite, lambda tool: causes.get(tool, ()), dict)


def some(name: str) -> list[Block]:
    """Return a part of the answers on file, of every block."""
    path = data_folder("results") / f"{name}.jsonl"
    return [
        Block(block.header, block.results[:: EVERY[name]], ())
        for block in read_blocks(path)
    ]


def check(rejudging: Rejudging, folder: Path, blocks: Sequence[Block]) -> None:
    path = folder / "results.jsonl"
    write_blocks(blocks, path)
    rejudging.check(path)


@pytest.mark.parametrize("name", EVERY)
def test_answers_on_file_are_judged_as_they_were(
    name: str, rejudging: Rejudging, tmp_path: Path
) -> None:
    check(rejudging, tmp_path, some(name))


def other(result: Result, **fields: object) -> Result:
    return msgspec.structs.replace(result, **fields)


FORGERIES: dict[str, Forge] = {
    "verdict": lambda one: other(
        one, verdict=Verdict.PASS if one.verdict is Verdict.FAIL else Verdict.FAIL
    ),
    "expected": lambda one: other(one, expected=f"{one.expected}x"),
    "rule": lambda one: other(one, rule="tag.form"),
    "fidelity": lambda one: other(
        one,
        fidelity=Fidelity.MODELLED
        if one.fidelity is not Fidelity.MODELLED
        else Fidelity.NATIVE,
    ),
    "draft": lambda one: other(one, draft=not one.draft),
}


@pytest.mark.parametrize("field", FORGERIES)
@pytest.mark.parametrize("name", EVERY)
def test_a_forged_field_is_named(
    name: str, field: str, rejudging: Rejudging, tmp_path: Path
) -> None:
    header, one = next(
        (block.header, one)
        for block in some(name)
        for one in block.results
        if one.verdict in {Verdict.PASS, Verdict.FAIL} and one.rule != "tag.form"
    )
    if field == "fidelity" and not one.platform:
        field = "draft"  # nothing runs anywhere, which the form of a line says
    forged = Block(header, (FORGERIES[field](one),), ())
    with pytest.raises(InputError, match=rf"results\.jsonl: line 2: .*: {field} is"):
        check(rejudging, tmp_path, [forged])


def first(name: str, platform: str = "") -> Block:
    """Return a block of one answer that was decided."""
    return next(
        Block(block.header, (one,), ())
        for block in some(name)
        for one in block.results
        if one.verdict in {Verdict.PASS, Verdict.FAIL}
        and platform in (one.platform or block.header.platform)
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"case": "tag.form/nothing"}, "no case is named 'tag.form/nothing'"),
        (
            {"platform": "glibc-9.9"},
            "'glibc-9.9' is no platform that can be asked there",
        ),
    ],
)
def test_what_was_never_asked_is_refused(
    fields: dict[str, object], reason: str, rejudging: Rejudging, tmp_path: Path
) -> None:
    block = first("tag-library-packaging-26.3")
    forged = Block(block.header, (other(block.results[0], **fields),), ())
    with pytest.raises(InputError, match=reason):
        check(rejudging, tmp_path, [forged])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tool": "../x"}, r"line 1: '\.\./x' is no tool"),
        ({"version": "1 2"}, "line 1: '1 2' is no version"),
        ({"platform": "my-cray"}, "no container of the catalogue is named 'my-cray'"),
        ({"role": Role.BUILDER}, "is no platform that can be asked there"),
        ({"role": Role.AUDITOR}, "line 2: no wheel is"),
    ],
)
def test_a_forged_header_is_refused(
    fields: dict[str, object], reason: str, rejudging: Rejudging, tmp_path: Path
) -> None:
    block = first("tag-library-packaging-26.3")
    header = msgspec.structs.replace(block.header, **fields)
    with pytest.raises(InputError, match=reason):
        check(rejudging, tmp_path, [Block(header, block.results, ())])


def test_an_upload_is_no_question_to_a_library(
    rejudging: Rejudging, tmp_path: Path
) -> None:
    (uploads,) = some("index-pypiserver-2.4.2")
    header = first("tag-library-packaging-26.3").header
    with pytest.raises(InputError, match="is not asked as tag-library on"):
        check(rejudging, tmp_path, [Block(header, uploads.results[:1], ())])


def test_an_upload_for_another_architecture_is_refused(
    rejudging: Rejudging, tmp_path: Path
) -> None:
    (block,) = some("index-pypiserver-2.4.2")
    forged = Block(block.header, (other(block.results[0], arch="vax"),), ())
    with pytest.raises(InputError, match="no upload is for 'vax'"):
        check(rejudging, tmp_path, [forged])


@pytest.mark.parametrize(
    ("cause", "reason"),
    [("invented", "cause is empty, not invented"), ("", "")],
)
def test_a_cause_has_to_be_one_on_file(
    cause: str, reason: str, rejudging: Rejudging, tmp_path: Path
) -> None:
    block = first("tag-library-packaging-26.3")
    deviation = "by-design" if cause else ""
    one = other(block.results[0], cause=cause, deviation=deviation)
    forged = Block(block.header, (one,), ())
    if not reason:
        check(rejudging, tmp_path, [forged])
        return
    with pytest.raises(InputError, match="deviation is empty, not by-design"):
        check(rejudging, tmp_path, [forged])


def test_causes_of_a_tool_that_nobody_knows_need_its_adapter(
    suite: Suite, tmp_path: Path
) -> None:
    unknown = Rejudging(suite, lambda _: None, dict)
    block = first("tag-library-packaging-26.3")
    check(unknown, tmp_path, [block])
    one = other(block.results[0], cause="x", deviation="by-design")
    with pytest.raises(InputError, match="packaging has no causes on file; name its"):
        check(unknown, tmp_path, [Block(block.header, (one,), ())])


@pytest.mark.parametrize(
    ("kind", "then", "now"),
    [
        ("parse", "valid, ", "invalid"),
        ("parse", "aarch64", "i686"),
        ("expand", "manylinux", "refused"),
        ("listing", " < ", " "),
    ],
)
def test_other_words_of_a_library_are_judged_by_what_they_mean(
    kind: str, then: str, now: str, suite: Suite, rejudging: Rejudging, tmp_path: Path
) -> None:
    kinds = {case.id: type(case).__name__.lower() for case in suite.cases}
    header, one = next(
        (block.header, one)
        for block in some("tag-library-reference")
        for one in block.results
        if kinds[one.case] == kind
        and then in one.answer
        and one.verdict is Verdict.PASS
    )
    words = now if now in {"refused", "invalid"} else one.answer.replace(then, now)
    forged = Block(header, (other(one, answer=words),), ())
    with pytest.raises(InputError, match=r"line 2: .* is "):
        check(rejudging, tmp_path, [forged])
