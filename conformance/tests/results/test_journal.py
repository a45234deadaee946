"""The journal: what is finished survives an interruption, what is lost does not."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.journal import close_journal, open_journal
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import header_line, result_line

HEADER = header_line(tool="mytool", version="1")
RESULT = result_line()
BLOCK = Block(HEADER, (RESULT,))
ELSEWHERE = msgspec.structs.replace(HEADER, platform="debian-12-x86_64")


def test_a_finished_block_is_there_when_the_run_goes_on(tmp_path: Path) -> None:
    open_journal(tmp_path, "all", resume=False).keep(BLOCK)
    journal = open_journal(tmp_path, "all", resume=True)
    assert journal.finished(HEADER) == BLOCK
    assert journal.finished(ELSEWHERE) is None


def test_every_finished_block_is_kept(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "all", resume=False)
    other = Block(ELSEWHERE, BLOCK.results)
    for block in (BLOCK, other):
        journal.keep(block)
    assert len(journal) == 2
    assert journal.finished(ELSEWHERE) == other


@pytest.mark.parametrize("results", [(), (Verdict.INFRASTRUCTURE,)])
def test_a_block_without_its_answers_is_asked_again(
    tmp_path: Path, results: tuple[Verdict, ...]
) -> None:
    lost = tuple(
        msgspec.structs.replace(RESULT, verdict=verdict, answer="")
        for verdict in results
    )
    journal = open_journal(tmp_path, "all", resume=False)
    journal.keep(Block(HEADER, lost))
    assert len(journal) == 0


def test_a_damaged_block_is_asked_again(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, "all", resume=False)
    journal.keep(BLOCK)
    (kept,) = journal.folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:-9])
    assert journal.finished(HEADER) is None


@pytest.mark.parametrize("scope", ["other tools", "all"])
def test_only_what_was_interrupted_can_go_on(tmp_path: Path, scope: str) -> None:
    open_journal(tmp_path, "all", resume=False).keep(BLOCK)
    if scope == "all":
        close_journal(tmp_path)
    with pytest.raises(InputError, match=r"^--resume: no run .* was interrupted here"):
        open_journal(tmp_path, scope, resume=True)


def test_a_new_run_forgets_the_interrupted_one(tmp_path: Path) -> None:
    open_journal(tmp_path, "all", resume=False).keep(BLOCK)
    assert len(open_journal(tmp_path, "all", resume=False)) == 0
