"""An update never takes an answer away, and changes only what was asked."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.results.baseline import file_name, read_baseline
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.update import Scope, update_baseline
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import header_line, result_line

HEADER = header_line(tool="reference", version="")
NEWER = msgspec.structs.replace(HEADER, rules_lock="1" * 64)
NAME = file_name(HEADER)
LOST = {
    "verdict": Verdict.INFRASTRUCTURE,
    "answer": "",
    "reason": "the engine is not running",
}
UNASKED = {"verdict": Verdict.NOT_ASKED, "answer": "", "reason": "cannot see it"}


def result(case: str, where: str = "glibc-2.17", /, **changed: object) -> Result:
    plain = result_line(f"tag.form/{case}", platform=where)
    return msgspec.structs.replace(plain, **changed)


A, B, C = (result(name) for name in "abc")
FAILS = {"verdict": Verdict.FAIL, "answer": "x"}


def only(*names: str, everywhere: bool = True) -> Scope:
    """Return the scope of a run that was narrowed to some cases of the rule."""
    cases = {f"tag.form/{name}" for name in names}
    return Scope(lambda _, case: case in cases, everywhere, whole=False)


def updated(
    folder: Path,
    before: tuple[Result, ...],
    now: Block | tuple[Result, ...],
    scope: Scope | None = None,
) -> tuple[list[Block], list[str]]:
    """Return what is in a file of results after a run, and what is said."""
    write_blocks([Block(HEADER, before)], folder / NAME)
    fresh = now if isinstance(now, Block) else Block(NEWER, now)
    notes = update_baseline([fresh], read_baseline(folder), folder, scope or Scope())
    return list(read_blocks(folder / NAME)), notes


@pytest.mark.parametrize("nothing", [LOST, UNASKED], ids=["lost", "not-asked"])
def test_an_answer_stays_where_none_came(
    tmp_path: Path, nothing: dict[str, object]
) -> None:
    now = (result("a", **FAILS), result("b", "glibc-2.17", **nothing), C)
    (block,), (said,) = updated(tmp_path, (A, B, C), now)
    assert block == Block(NEWER, (result("a", **FAILS), B, C))
    assert said.startswith(f"{NAME}: this machine: 1 answers stay")
    assert f"tag.form/b on glibc-2.17: {nothing['reason']}" in said


def test_a_run_without_any_answer_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    write_blocks([Block(HEADER, (A, B))], tmp_path / NAME)
    before = (tmp_path / NAME).read_bytes()
    lost = Block(HEADER, (result("a", **LOST), result("b", **LOST)))
    update_baseline([lost], read_baseline(tmp_path), tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_question_that_got_lost_is_no_evidence(tmp_path: Path) -> None:
    (block,), _ = updated(tmp_path, (A,), (A, result("b", **LOST)))
    assert block.results == (A,)
    update_baseline([Block(HEADER, (result("b", **LOST),))], {}, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_asked_is_said_where_nothing_was_known(tmp_path: Path) -> None:
    unasked = result("b", **UNASKED)
    (block,), notes = updated(tmp_path, (A,), (A, unasked))
    assert block.results == (A, unasked)
    assert notes == []


def test_a_case_that_is_gone_leaves_the_file(tmp_path: Path) -> None:
    (block,), _ = updated(tmp_path, (A, B, C), (A, C))
    assert block == Block(NEWER, (A, C))


def test_a_narrowed_run_changes_only_what_it_asked(tmp_path: Path) -> None:
    other = result("b", "glibc-2.28")
    now = (result("b", **FAILS), result("b", "glibc-2.28", **FAILS))
    (block,), notes = updated(tmp_path, (A, B, C, other), now, only("b"))
    assert block == Block(HEADER, (A, now[0], C, now[1]))
    assert notes == []


def test_a_narrowed_run_takes_away_what_it_would_have_asked(tmp_path: Path) -> None:
    (block,), _ = updated(tmp_path, (A, B, C), (A,), only("a", "b"))
    assert block.results == (A, C)


def test_a_run_on_one_platform_leaves_the_others_alone(tmp_path: Path) -> None:
    other = result("a", "glibc-2.28")
    scope = Scope(everywhere=False, whole=False)
    (block,), _ = updated(tmp_path, (A, B, other), (result("a", **FAILS),), scope)
    assert block == Block(HEADER, (result("a", **FAILS), other))


def test_a_new_case_stands_where_the_run_has_it(tmp_path: Path) -> None:
    (block,), _ = updated(tmp_path, (A, C), (A, B), only("a", "b"))
    assert block.results == (A, B, C)


def test_a_platform_that_got_lost_stays_and_is_not_listed(tmp_path: Path) -> None:
    other = result("a", "glibc-2.28")
    lost = NotRun(platforms=("glibc-2.28", "musl"), reason="gone", due=True)
    (block,), _ = updated(tmp_path, (A, other), Block(NEWER, (A,), (lost,)))
    assert block == Block(NEWER, (A, other))


@pytest.mark.parametrize(
    "changes", [{"host": "aarch64"}, {"python": "3.13"}], ids=["host", "python"]
)
def test_answers_of_elsewhere_do_not_mix(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    elsewhere = Block(
        msgspec.structs.replace(NEWER, **changes), (result("a", **FAILS),)
    )
    (block,), (said,) = updated(tmp_path, (A, B), elsewhere, only("a"))
    assert block == Block(HEADER, (A, B))
    assert said.endswith("its answers are from x86_64 with Python 3.11")


def test_another_interpreter_may_answer_everything_anew(tmp_path: Path) -> None:
    newer = msgspec.structs.replace(NEWER, python="3.13")
    (block,), notes = updated(tmp_path, (A, B), Block(newer, (A, B)))
    assert (block, notes) == (Block(newer, (A, B)), [])
