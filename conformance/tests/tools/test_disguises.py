"""Moved verdicts: each is explained on file, and each explanation shows."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.baseline import block_key
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.tools.causes import Shows
from manylinux_conformance.tools.disguises import (
    Compared,
    Explanation,
    Fault,
    Moved,
    compared,
    read_explanations,
    shares,
    unexplained,
    unmatched,
)
from manylinux_fixtures.disguise import Disguise
from manylinux_fixtures.recipes.disguised import section_headers
from tests.builders import audit_line, header_line, result_line

SEED = Disguise(3)
HEADER = header_line(tool="fake", version="1.0")
RIGHT = result_line()
WRONG = msgspec.structs.replace(RIGHT, verdict=Verdict.FAIL, answer="linux_x86_64")
OTHER = msgspec.structs.replace(RIGHT, case="tag.form/other")
HEADERS = audit_line("wheel.elf.class/other")
MOVED = Moved("fake", "1.0", SEED.seed, RIGHT, WRONG, "section headers absent")
WHY = Explanation(
    id="goes-by-names",
    tool="fake",
    fault=Fault.TOOL,
    why="It takes what it knows by name.",
    shows=(Shows(rules=("tag.*",)),),
)


def compare(
    before: tuple[Result, ...], after: tuple[Result, ...], host: str = "x86_64"
) -> Compared:
    header = msgspec.structs.replace(HEADER, host=host)
    known = {block_key(header): Block(header, before)}
    return compared(Block(HEADER, after), known, SEED)


def test_a_verdict_that_moves_is_found_with_what_it_was() -> None:
    found = compare((RIGHT, OTHER), (WRONG, OTHER))
    (moved,) = found.moved
    assert (moved.before, moved.after) == (RIGHT, WRONG)
    assert str(moved) == (
        "fake 1.0: tag.form/plain on glibc-2.17, seed 3: "
        "was pass (any), is fail (linux_x86_64)"
    )
    assert (found.seed, found.count, found.new) == (3, 2, 0)
    assert shares([found, found]) == {("fake 1.0", Role.INSTALLER): (2, 4)}


def test_an_answer_without_a_verdict_on_file_is_not_compared() -> None:
    assert compare((OTHER,), (WRONG,)).new == 1
    assert compare((OTHER,), (WRONG,)).moved == ()
    assert compare((RIGHT, OTHER), (WRONG, OTHER, HEADERS)).new == 1
    assert compare((RIGHT,), (WRONG,), host="s390x").new == 1


@pytest.mark.parametrize(
    "result",
    [
        msgspec.structs.replace(WRONG, draft=True),
        msgspec.structs.replace(WRONG, verdict=Verdict.INFRASTRUCTURE),
    ],
)
def test_drafts_and_lost_answers_do_not_move(result: Result) -> None:
    assert compare((RIGHT,), (result,)).moved == ()


def test_a_verdict_on_a_wheel_that_moves_says_how_the_wheel_looks() -> None:
    wrong = msgspec.structs.replace(HEADERS, verdict=Verdict.FAIL)
    (moved,) = compare((HEADERS,), (wrong,)).moved
    assert moved.appearance == section_headers(SEED, HEADERS.case).value != ""
    assert f"x86_64, seed 3, {moved.appearance}: was pass (any), is" in str(moved)


def test_a_moved_verdict_needs_exactly_one_explanation() -> None:
    assert list(unexplained([MOVED], [WHY])) == []
    assert list(unexplained([MOVED], [])) == [str(MOVED)]
    (said,) = unexplained([MOVED], [WHY, WHY])
    assert "has two explanations" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"tool": "other"},
        {"versions": ("2.*",)},
        {"appearance": "section headers first"},
        {"shows": (Shows(rules=("wheel.*",)),)},
        {"shows": (Shows(rules=("*",), cases=("other",)),)},
    ],
)
def test_an_explanation_covers_no_more_than_it_says(fields: dict[str, object]) -> None:
    other = msgspec.structs.replace(WHY, **fields)
    assert not other.covers(MOVED)
    (finding,) = unmatched([MOVED], [other], "disguises.toml")
    assert str(finding).startswith("disguises.toml: goes-by-names: no verdict of")
    assert finding.line == 0


def test_an_explanation_that_shows_is_no_finding() -> None:
    narrow = msgspec.structs.replace(WHY, appearance="section headers absent")
    assert list(unmatched([MOVED], [narrow], "disguises.toml")) == []


def test_the_explanations_on_file_can_be_read(tmp_path: Path) -> None:
    explanations = read_explanations(data_folder("disguises") / "disguises.toml")
    assert len({each.id for each in explanations}) == len(explanations)
    assert read_explanations(tmp_path / "none.toml") == ()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "disguises.toml"
    path.write_text("[[moved]]\nid = 1\n")
    with pytest.raises(InputError, match=r"disguises\.toml"):
        read_explanations(path)
