"""A run's differences written down: read as they are, and they explain the run."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Cause, Kind
from manylinux_conformance.tools.deviations import read_causes
from manylinux_conformance.tools.recording import recorded
from manylinux_conformance.tools.unexplained import unexpected, unmatched
from tests.builders import header_line, result_line


def answer(case: str, platform: str, verdict: Verdict, **fields: object) -> Result:
    result = result_line(
        case,
        platform=platform,
        verdict=verdict,
        answer="any" if verdict is Verdict.PASS else "linux_x86_64",
    )
    return msgspec.structs.replace(result, **fields)


def block(version: str, *results: Result, role: Role = Role.INSTALLER) -> Block:
    header = header_line(tool="gadget", version=version, role=role)
    return Block(header, results)


def causes_of(folder: Path, *blocks: Block) -> tuple[Cause, ...]:
    path = folder / "gadget.toml"
    path.write_text(recorded(blocks))
    return read_causes(path, folder)


RUN = (
    block(
        "1",
        answer("tag.form/a", "glibc-2.17", Verdict.FAIL),
        answer("tag.form/a", "glibc-2.36", Verdict.PASS),
        answer("tag.form/b", "glibc-2.17", Verdict.FAIL),
        answer("tag.form/b", "glibc-2.36", Verdict.FAIL),
        answer("tag.case.ignored/upper", "glibc-2.17", Verdict.FAIL),
    ),
    block(
        "2",
        answer("tag.form/a", "glibc-2.17", Verdict.PASS),
        answer("tag.form/b", "glibc-2.17", Verdict.FAIL),
        answer("tag.form/b", "glibc-2.36", Verdict.FAIL),
        answer(
            "tag.case.ignored/upper",
            "glibc-2.17",
            Verdict.ERROR,
            answer="",
            reason='it said: "no\x7f" \\ and\nstopped',
        ),
    ),
    block(
        "2",
        answer("tag.form/b", "glibc-2.17", Verdict.PASS),
        role=Role.TAG_LIBRARY,
    ),
)


def test_what_is_written_explains_the_run_and_nothing_else(tmp_path: Path) -> None:
    causes = causes_of(tmp_path, *RUN)
    seen = [
        (result, each.header.version, each.header.role)
        for each in RUN
        for result in each.results
    ]
    assert list(unexpected(seen, causes)) == []
    assert list(unmatched(seen, causes, "gadget.toml")) == []


def test_a_cause_is_one_of_a_rule_and_the_versions_that_break_it(
    tmp_path: Path,
) -> None:
    causes = causes_of(tmp_path, *RUN)
    assert [(cause.id, cause.versions) for cause in causes] == [
        ("tag.case.ignored", ("1", "2")),
        ("tag.form", ("1",)),
        ("tag.form-2", ("1", "2")),
    ]
    assert {cause.kind for cause in causes} == {Kind.UNREPORTED}
    assert causes[0].why == (
        "To be explained: expected any, got linux_x86_64; "
        'expected any, got error: it said: "no\x7f" \\ and\nstopped'
    )


@pytest.mark.parametrize("fields", [{"cause": "known"}, {"draft": True}])
def test_what_is_explained_already_and_drafts_are_left_out(
    tmp_path: Path, fields: dict[str, object]
) -> None:
    known = answer("tag.form/a", "glibc-2.17", Verdict.FAIL, **fields)
    assert causes_of(tmp_path, block("1", known)) == ()


def test_a_reason_lists_the_three_commonest_ways_of_answering(tmp_path: Path) -> None:
    came = ("c", "a", "b", "c", "d", "b", "c", "d", "b", "d")
    wrong = [
        answer(f"tag.form/{number}", "glibc-2.17", Verdict.FAIL, answer=each)
        for number, each in enumerate(came)
    ]
    (cause,) = causes_of(tmp_path, block("1", *wrong))
    ways = [f"expected any, got {each}" for each in "cbd"]
    assert cause.why == f"To be explained: {'; '.join(ways)}"


def test_a_tool_without_a_version_gets_none(tmp_path: Path) -> None:
    wrong = answer("tag.form/a", "glibc-2.17", Verdict.FAIL)
    (cause,) = causes_of(tmp_path, block("", wrong))
    assert cause.versions == ("*",)
