"""The baseline: compared line by line, replaced whole, never passed in silence."""

import itertools
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.baseline import (
    block_key,
    changes,
    file_name,
    not_rerun,
    notes,
    read_baseline,
)
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.update import update_baseline
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.tools.selection import choose_tools
from tests.builders import header_line, result_line

HEADER = header_line()
RESULT = result_line()
OTHER = msgspec.structs.replace(RESULT, case="tag.form/other")
BLOCK = Block(HEADER, (OTHER, RESULT))
NAME = "installer-pip-26.3.jsonl"


def headed(*results: Result, **fields: object) -> Block:
    return Block(msgspec.structs.replace(HEADER, **fields), results)


def changed(folder: Path, fresh: Block, *, complete: bool = True) -> list[str]:
    update_baseline([BLOCK], {}, folder)
    return list(changes(fresh, read_baseline(folder), complete=complete))


def noted(folder: Path, *fresh: Block) -> list[str]:
    update_baseline([BLOCK], {}, folder)
    return list(notes(fresh, read_baseline(folder)))


def test_a_rerun_with_equal_answers_changes_nothing(tmp_path: Path) -> None:
    assert changed(tmp_path, BLOCK) == []
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert noted(tmp_path, BLOCK) == []


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
            (msgspec.structs.replace(RESULT, deviation="unreported"), OTHER),
            "tag.form/plain on glibc-2.17: deviation was nothing, is unreported",
        ),
        (
            (RESULT, OTHER, msgspec.structs.replace(RESULT, platform="musl")),
            "tag.form/plain on musl: not asked before",
        ),
        (
            (msgspec.structs.replace(RESULT, expected="cp311-x"), OTHER),
            ("tag.form/plain on glibc-2.17: expected was any, is cp{python}-x"),
        ),
    ],
)
def test_a_rerun_that_differs_is_reported(
    tmp_path: Path, results: tuple[Result, ...], said: str
) -> None:
    assert changed(tmp_path, headed(*results)) == [f"{NAME}: {said}"]


def test_a_question_that_got_no_answer_is_no_change(tmp_path: Path) -> None:
    lost = msgspec.structs.replace(RESULT, verdict=Verdict.INFRASTRUCTURE, answer="")
    assert changed(tmp_path, headed(lost, OTHER)) == []


def test_a_draft_may_change_come_and_go_and_counts_once_it_is_promoted(
    tmp_path: Path,
) -> None:
    draft = msgspec.structs.replace(OTHER, draft=True)
    for others in ((), (draft,), (msgspec.structs.replace(draft, answer="x"),)):
        update_baseline([Block(HEADER, (RESULT, draft))], {}, tmp_path)
        fresh = Block(HEADER, (RESULT, *others))
        assert list(changes(fresh, read_baseline(tmp_path), complete=True)) == []
    promoted = list(changes(BLOCK, read_baseline(tmp_path), complete=True))
    assert promoted == [f"{NAME}: tag.form/other on glibc-2.17: not asked before"]


def test_a_tool_without_committed_results_is_reported() -> None:
    (found,) = changes(BLOCK, {}, complete=True)
    assert "not in the baseline yet" in found


def test_another_interpreter_of_equal_answers_is_only_noted(tmp_path: Path) -> None:
    tagged = msgspec.structs.replace(RESULT, expected="cp311-cp311-x", answer="cp311-y")
    update_baseline([headed(tagged)], {}, tmp_path)
    newer = msgspec.structs.replace(RESULT, expected="cp313-cp313-x", answer="cp313-y")
    fresh = headed(newer, python="3.13")
    baseline = read_baseline(tmp_path)
    assert list(changes(fresh, baseline, complete=True)) == []
    assert list(notes([fresh], baseline)) == [
        "checked against answers with python 3.11, now 3.13: pip 26.3 as installer"
    ]
    wrong = headed(msgspec.structs.replace(newer, answer="any"), python="3.13")
    (found,) = changes(wrong, baseline, complete=True)
    assert found.endswith("answer was cp{python}-y, is any")


def test_answers_to_older_rules_are_noted(tmp_path: Path) -> None:
    fresh = headed(RESULT, OTHER, rules_lock="1" * 64)
    assert changed(tmp_path, fresh) == []
    (note,) = noted(tmp_path, fresh)
    assert "other revisions of the rules" in note


@pytest.mark.parametrize(
    ("platforms", "named"),
    [
        (("a", "b", "c"), "{0} on a, {0} on b, {0} on c"),
        (("a", "b", "c", "d", "e"), "{0} on a, {0} on b, {0} on c and 2 more"),
    ],
)
def test_of_many_places_three_are_named(platforms: tuple[str, ...], named: str) -> None:
    committed = [headed(RESULT, platform=each) for each in platforms]
    baseline = {block_key(each.header): each for each in committed}
    fresh = [headed(RESULT, platform=each, python="3.13") for each in platforms]
    words = "checked against answers with python 3.11, now 3.13"
    assert list(notes(fresh, baseline)) == [
        f"{words}: {named.format('pip 26.3 as installer')}"
    ]


def test_answers_that_are_new_or_none_are_compared_with_nothing() -> None:
    baseline = {block_key(HEADER): BLOCK}
    new = headed(RESULT, tool="uv", python="3.13")
    assert list(notes([BLOCK, new, headed(python="3.13")], baseline)) == []


def test_a_container_that_is_new_here_is_noted_and_no_change() -> None:
    baseline = {block_key(HEADER): BLOCK}
    new = headed(RESULT, platform="debian-14-i686")
    assert list(changes(new, baseline, complete=True)) == []
    assert list(notes([new], baseline)) == [
        "not checked, because not run: pip 26.3 as installer",
        "not checked, because not on file yet: pip 26.3 as installer on debian-14-i686",
    ]


def test_another_image_is_no_change(tmp_path: Path) -> None:
    fresh = headed(
        OTHER, RESULT, image="sha256:1", versions={"python": "3.11.2", "kernel": "6.1"}
    )
    assert changed(tmp_path, fresh) == []
    assert noted(tmp_path, fresh) == []


def test_another_machine_is_said_not_to_be_checked(tmp_path: Path) -> None:
    fresh = headed(msgspec.structs.replace(RESULT, answer="x"), host="aarch64")
    assert changed(tmp_path, fresh) == []
    assert noted(tmp_path, fresh) == [
        "not checked, because the baseline is from x86_64: pip 26.3 as installer"
    ]


def test_a_tool_that_is_not_run_is_said_not_to_be_checked(tmp_path: Path) -> None:
    reason = NotRun(reason="needs Python <3.0")
    assert noted(tmp_path, Block(HEADER, (), (reason,))) == [
        "not checked, because not run: pip 26.3 as installer"
    ]
    assert noted(tmp_path) == []


def test_a_platform_that_is_not_run_may_be_missing(tmp_path: Path) -> None:
    reason = NotRun(platforms=("glibc-2.17",), reason="the model does not work")
    assert changed(tmp_path, Block(HEADER, (), (reason,))) == []


def test_what_is_not_run_stays_in_the_baseline(tmp_path: Path) -> None:
    inside = headed(RESULT, platform="debian-12-s390x")
    update_baseline([inside, BLOCK], {}, tmp_path)
    baseline = read_baseline(tmp_path)
    assert list(read_blocks(tmp_path / NAME)) == [BLOCK, inside]
    fresh = headed(RESULT)
    update_baseline([fresh, headed(platform="debian-12-s390x")], baseline, tmp_path)
    assert list(read_blocks(tmp_path / NAME)) == [fresh, inside]
    assert not_rerun([fresh], baseline) == [inside]


def test_a_platform_that_is_not_run_keeps_its_place_in_the_baseline(
    tmp_path: Path,
) -> None:
    later = msgspec.structs.replace(RESULT, platform="glibc-2.28")
    new = msgspec.structs.replace(RESULT, platform="glibc-2.34")
    missing = NotRun(platforms=("glibc-2.17",), reason="the model does not work")
    nobody = NotRun(platforms=("glibc-2.5",), reason="the model does not work")
    update_baseline([headed(RESULT, OTHER, later)], {}, tmp_path)
    fresh = Block(HEADER, (new, later), (missing, nobody))
    update_baseline([fresh], read_baseline(tmp_path), tmp_path)
    kept = Block(HEADER, (OTHER, RESULT, later, new), (nobody,))
    assert list(read_blocks(tmp_path / NAME)) == [kept]


def test_the_order_of_a_run_does_not_show_in_the_baseline(tmp_path: Path) -> None:
    later = msgspec.structs.replace(RESULT, platform="glibc-2.28")
    for results in itertools.permutations((RESULT, OTHER, later)):
        update_baseline([headed(*results)], {}, tmp_path)
        assert list(read_blocks(tmp_path / NAME)) == [headed(OTHER, RESULT, later)]


def test_the_answers_on_file_stand_by_place_and_case() -> None:
    for (_, tool, version, _), block in read_baseline(data_folder("results")).items():
        places = [(one.where, one.case) for one in block.results]
        assert places == sorted(places), f"{tool} {version}"


def test_blocks_without_results_stay_out_of_the_baseline(tmp_path: Path) -> None:
    lacking = Block(HEADER, (), (NotRun(platforms=("centos-7-i686",), reason="x"),))
    update_baseline([BLOCK, lacking], {}, tmp_path)
    assert list(read_blocks(tmp_path / NAME)) == [BLOCK]
    write_blocks([BLOCK, lacking], tmp_path / NAME)
    assert list(read_baseline(tmp_path).values()) == [BLOCK]


def test_an_auditor_is_compared_by_the_architecture_of_the_wheel(
    tmp_path: Path,
) -> None:
    wheel = msgspec.structs.replace(RESULT, platform="", fidelity=None, arch="s390x")
    other = msgspec.structs.replace(wheel, arch="i686")
    update_baseline([headed(wheel, other)], {}, tmp_path)
    wrong = msgspec.structs.replace(other, verdict=Verdict.FAIL)
    baseline = read_baseline(tmp_path)
    assert list(changes(headed(wheel, wrong), baseline, complete=True)) == [
        f"{NAME}: tag.form/plain on i686: verdict was pass, is fail"
    ]


def test_platforms_of_one_line_are_missing_one_by_one(tmp_path: Path) -> None:
    later = msgspec.structs.replace(RESULT, platform="glibc-2.28")
    update_baseline([headed(RESULT, later)], {}, tmp_path)
    reason = "the model does not work"
    missing = NotRun(platforms=("glibc-2.17", "glibc-2.5"), reason=reason)
    fresh = Block(HEADER, (later,), (missing,))
    baseline = read_baseline(tmp_path)
    assert list(changes(fresh, baseline, complete=True)) == []
    update_baseline([fresh], baseline, tmp_path)
    left = NotRun(platforms=("glibc-2.5",), reason=reason)
    assert list(read_blocks(tmp_path / NAME)) == [
        Block(HEADER, (RESULT, later), (left,))
    ]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    update_baseline([BLOCK], {}, tmp_path)
    with (tmp_path / NAME).open("a") as file:
        file.write("{")
    with pytest.raises(InputError, match=rf"{NAME}: line 5: cut off"):
        read_baseline(tmp_path)


def test_the_baseline_belongs_to_pinned_tools() -> None:
    pinned = {
        (role.value, tool.adapter.name, tool.version)
        for tool in choose_tools([])
        for role in tool.adapter.roles
    }
    folder = data_folder("results")
    baseline = read_baseline(folder)
    assert {key[:3] for key in baseline} <= pinned
    names = {file_name(block.header) for block in baseline.values()}
    assert {path.name for path in folder.glob("*.jsonl")} == names
