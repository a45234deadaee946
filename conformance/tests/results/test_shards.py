"""Parts of a run: together they are the whole run, or what is wrong is said."""

from pathlib import Path

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.shards import whole
from tests.builders import header_line, result_line

HERE, THERE = Path("here.jsonl"), Path("there.jsonl")
MISSING = NotRun(platforms=("centos-7-i686",), reason="no engine")


def part(
    shard: str, *names: str, where: str = "glibc-2.17", host: str = "x86_64"
) -> Block:
    """Return a part of a run, with right answers to some cases."""
    results = (result_line(f"tag.form/{name}", platform=where) for name in names)
    return Block(header_line(shard=shard, host=host), tuple(results), (MISSING,))


def questions(results: tuple[Result, ...]) -> list[str]:
    return [result.case.partition("/")[2] for result in results]


def test_a_run_without_parts_stays_as_it_is() -> None:
    found = [(HERE, part("", "a")), (THERE, part("", "a"))]
    assert list(whole(found)) == found


def test_parts_are_put_together_in_the_order_of_a_whole_run() -> None:
    second, first = part("2/2 of x", "b", "d"), part("1/2 of x", "c", "a")
    ((path, block),) = whole([(THERE, second), (HERE, first)])
    assert path == HERE
    assert block.header == header_line()
    assert questions(block.results) == ["a", "b", "c", "d"]
    assert block.not_run == (MISSING, MISSING)


def test_platforms_come_before_cases() -> None:
    first = part("1/2 of x", "b", where="glibc-2.5")
    second = part("2/2 of x", "a", where="musl")
    ((_, block),) = whole([(HERE, second), (THERE, first)])
    assert questions(block.results) == ["b", "a"]


def test_a_part_that_is_named_twice_counts_once() -> None:
    first, second = part("1/2 of x", "a"), part("2/2 of x", "b")
    ((_, block),) = whole([(HERE, first), (HERE, first), (HERE, second)])
    assert questions(block.results) == ["a", "b"]


def test_the_parts_of_two_machines_are_two_blocks() -> None:
    parts = [part(f"{number}/2 of x", "a", host=f"host-{number}") for number in (1, 2)]
    found = [block for _, block in whole((HERE, each) for each in parts)]
    assert [block.header.host for block in found] == ["host-1", "host-2"]


def test_parts_of_other_containers_are_of_the_same_run() -> None:
    inside = Block(header_line(shard="2/2 of x", platform="debian-12-x86_64"), ())
    found = list(whole([(HERE, part("1/2 of x", "a")), (HERE, inside)]))
    assert [block.header.platform for _, block in found] == ["", "debian-12-x86_64"]


@pytest.mark.parametrize("shard", ["0/2 of x", "3/2 of x", "1/2", "one of two"])
def test_what_is_no_part_is_refused(shard: str) -> None:
    with pytest.raises(InputError, match=f"^here.jsonl: '{shard}' is no part of a run"):
        list(whole([(HERE, part(shard, "a"))]))


def test_a_missing_part_is_named_beside_one_that_is_there() -> None:
    found = [(HERE, part("1/4 of x", "a")), (THERE, part("3/4 of x", "b"))]
    words = "^here.jsonl: pip 26.3 as installer is not whole: part 2, 4 of 4 is missing"
    with pytest.raises(InputError, match=words):
        list(whole(found))


def test_parts_of_two_runs_do_not_go_together() -> None:
    found = [(HERE, part("1/2 of x", "a")), (THERE, part("2/2 of y", "b"))]
    with pytest.raises(InputError, match=r"part 2 of 2 is missing"):
        list(whole(found))


def test_no_question_is_answered_in_two_parts() -> None:
    found = [(HERE, part("1/2 of x", "a")), (THERE, part("2/2 of x", "b", "a"))]
    words = "^there.jsonl: tag.form/a on glibc-2.17 is in two parts"
    with pytest.raises(InputError, match=words):
        list(whole(found))


def test_a_case_is_another_question_on_another_platform() -> None:
    found = [part("1/2 of x", "a"), part("2/2 of x", "a", where="musl")]
    ((_, block),) = whole((HERE, each) for each in found)
    assert questions(block.results) == ["a", "a"]
