"""Committed results: compared line by line, replaced whole, never passed in silence."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.baseline import (
    changes,
    commit,
    file_name,
    not_rerun,
    read_committed,
    remarks,
)
from manylinux_conformance.results.blocks import Block, read_blocks
from manylinux_conformance.results.lines import Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.selection import choose_tools

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
RESULT = Result(
    case="tag.form/plain",
    rule="tag.form",
    platform="glibc-2.17",
    fidelity=Fidelity.MODELLED,
    verdict=Verdict.PASS,
    expected="any",
    answer="any",
)
OTHER = msgspec.structs.replace(RESULT, case="tag.form/other")
BLOCK = Block(HEADER, (RESULT, OTHER))
NAME = "installer-pip-26.3.jsonl"


def headed(*results: Result, **fields: object) -> Block:
    return Block(msgspec.structs.replace(HEADER, **fields), results)


def changed(folder: Path, fresh: Block, *, complete: bool = True) -> list[str]:
    commit([BLOCK], {}, folder)
    return list(changes(fresh, read_committed(folder), complete=complete))


def remarked(folder: Path, *fresh: Block) -> list[str]:
    commit([BLOCK], {}, folder)
    return list(remarks(fresh, read_committed(folder)))


def test_a_rerun_with_equal_answers_changes_nothing(tmp_path: Path) -> None:
    assert changed(tmp_path, BLOCK) == []
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert remarked(tmp_path, BLOCK) == []


def test_a_narrowed_rerun_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    assert changed(tmp_path, headed(RESULT), complete=False) == []
    assert changed(tmp_path, headed(RESULT)) == [
        f"{NAME}: tag.form/other on glibc-2.17: no longer asked"
    ]


@pytest.mark.parametrize(
    ("results", "said"),
    [
        (
            (msgspec.structs.replace(RESULT, verdict=Verdict.FAIL, answer="x"), OTHER),
            (
                "tag.form/plain on glibc-2.17: "
                "verdict was pass, is fail; answer was any, is x"
            ),
        ),
        (
            (msgspec.structs.replace(RESULT, deviation="bug"), OTHER),
            "tag.form/plain on glibc-2.17: deviation was nothing, is bug",
        ),
        (
            (RESULT, OTHER, msgspec.structs.replace(RESULT, platform="musl")),
            "tag.form/plain on musl: not asked before",
        ),
        ((OTHER, RESULT), "the same answers in another order"),
    ],
)
def test_a_rerun_that_differs_is_reported(
    tmp_path: Path, results: tuple[Result, ...], said: str
) -> None:
    assert changed(tmp_path, headed(*results)) == [f"{NAME}: {said}"]


def test_a_tool_without_committed_results_is_reported() -> None:
    (found,) = changes(BLOCK, {}, complete=True)
    assert "not committed yet" in found


def test_another_interpreter_of_equal_answers_is_only_remarked(tmp_path: Path) -> None:
    tagged = msgspec.structs.replace(RESULT, expected="cp311-cp311-x", answer="cp311-y")
    commit([headed(tagged)], {}, tmp_path)
    newer = msgspec.structs.replace(RESULT, expected="cp313-cp313-x", answer="cp313-y")
    fresh = headed(newer, python="3.13")
    on_file = read_committed(tmp_path)
    assert list(changes(fresh, on_file, complete=True)) == []
    assert list(remarks([fresh], on_file)) == [
        "checked against answers with python 3.11, now 3.13: pip 26.3 as installer"
    ]
    wrong = headed(msgspec.structs.replace(newer, answer="any"), python="3.13")
    (found,) = changes(wrong, on_file, complete=True)
    assert found.endswith("answer was cp{python}-y, is any")


def test_answers_to_older_rules_are_remarked(tmp_path: Path) -> None:
    fresh = headed(RESULT, OTHER, rules_lock="1" * 64)
    assert changed(tmp_path, fresh) == []
    (remark,) = remarked(tmp_path, fresh)
    assert "other revisions of the rules" in remark


def test_another_machine_is_said_not_to_be_checked(tmp_path: Path) -> None:
    fresh = headed(msgspec.structs.replace(RESULT, answer="x"), host="aarch64")
    assert changed(tmp_path, fresh) == []
    assert remarked(tmp_path, fresh) == [
        "not checked, because made on x86_64: pip 26.3 as installer"
    ]


def test_a_tool_that_is_not_run_is_said_not_to_be_checked(tmp_path: Path) -> None:
    reason = NotRun(platform="every platform", reason="needs Python <3.0")
    assert remarked(tmp_path, Block(HEADER, (), (reason,))) == [
        "not checked, because not run: pip 26.3 as installer"
    ]
    assert remarked(tmp_path) == []


def test_a_platform_that_is_not_run_may_be_missing(tmp_path: Path) -> None:
    reason = NotRun(platform="glibc-2.17", reason="the model does not work")
    assert changed(tmp_path, Block(HEADER, (), (reason,))) == []


def test_what_is_not_run_stays_on_file(tmp_path: Path) -> None:
    inside = headed(RESULT, platform="debian-12-s390x")
    commit([inside, BLOCK], {}, tmp_path)
    on_file = read_committed(tmp_path)
    assert list(read_blocks(tmp_path / NAME)) == [BLOCK, inside]
    fresh = headed(RESULT)
    commit([fresh, headed(platform="debian-12-s390x")], on_file, tmp_path)
    assert list(read_blocks(tmp_path / NAME)) == [fresh, inside]
    assert not_rerun([fresh], on_file) == [inside]


def test_a_platform_that_is_not_run_stays_on_file_at_its_place(tmp_path: Path) -> None:
    later = msgspec.structs.replace(RESULT, platform="glibc-2.28")
    new = msgspec.structs.replace(RESULT, platform="glibc-2.34")
    missing = NotRun(platform="glibc-2.17", reason="the model does not work")
    nobody = NotRun(platform="glibc-2.5", reason="the model does not work")
    commit([headed(RESULT, OTHER, later)], {}, tmp_path)
    fresh = Block(HEADER, (new, later), (missing, nobody))
    commit([fresh], read_committed(tmp_path), tmp_path)
    kept = Block(HEADER, (RESULT, OTHER, later, new), (nobody,))
    assert list(read_blocks(tmp_path / NAME)) == [kept]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    commit([BLOCK], {}, tmp_path)
    with (tmp_path / NAME).open("a") as file:
        file.write("{")
    with pytest.raises(InputError, match=rf"{NAME}: line 5: cut off"):
        read_committed(tmp_path)


def test_what_is_on_file_belongs_to_a_pinned_tool() -> None:
    pinned = {
        (role.value, tool.adapter.name, tool.version)
        for tool in choose_tools([])
        for role in tool.adapter.roles
    }
    folder = data_folder("results")
    on_file = read_committed(folder)
    assert {key[:3] for key in on_file} <= pinned
    names = {file_name(block.header) for block in on_file.values()}
    assert {path.name for path in folder.glob("*.jsonl")} == names
