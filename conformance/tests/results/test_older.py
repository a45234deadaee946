"""Format 1, which older releases wrote, is read as today's.

``format-1.jsonl`` holds lines as releases of that format wrote them.
"""

from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.lines import FORMAT, Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict

OLDER = Path(__file__).parent / "format-1.jsonl"
LOCK = "e9a232e1560e4859bc0a144cac4c22ddfb108f0dca47fe9e259b67cd5ff14008"


class Fields(TypedDict, total=False):
    python: str
    platform: str
    emulator: str


def header(tool: str, version: str, role: Role, **fields: Unpack[Fields]) -> Header:
    return Header(
        format=FORMAT,
        edition="2026.1",
        rules_lock=LOCK,
        tool=tool,
        version=version,
        role=role,
        host="x86_64",
        **fields,
    )


@pytest.fixture
def blocks() -> list[Block]:
    return list(read_blocks(OLDER))


def test_what_an_auditor_says_of_a_wheel_is_on_no_platform(blocks: list[Block]) -> None:
    auditor = header("auditwheel", "6.8.2", Role.AUDITOR, python="3.11")
    wrong, right = (
        Result(
            case="auditor.claims.every/every-claim-true",
            rule="auditor.claims.every",
            arch=arch,
            verdict=verdict,
            expected="conforms",
            answer=answer,
            reason=f"show names manylinux_2_17_{arch}",
            deviation=deviation,
        )
        for arch, verdict, answer, deviation in (
            ("ppc64", Verdict.FAIL, "violates", "not-supported"),
            ("aarch64", Verdict.PASS, "conforms", ""),
        )
    )
    assert blocks[0] == Block(auditor, (wrong, right))


def test_a_platform_and_its_fidelity_stay(blocks: list[Block]) -> None:
    inside = header(
        *("pip", "26.3", Role.INSTALLER),
        python="3.11",
        platform="debian-12-aarch64",
        emulator="qemu-aarch64 7.2.22",
    )
    assert blocks[2].header == inside
    places = [(one.platform, one.fidelity) for one in blocks[2].results]
    assert places == [("debian-12-aarch64", Fidelity.EMULATED)]


def test_a_platform_beside_answers_stays_not_run(blocks: list[Block]) -> None:
    reason = "the model does not work: os.uname says i686"
    assert blocks[1].header == header("pip", "26.3", Role.INSTALLER, python="3.11")
    assert blocks[1].not_run == (NotRun(platforms=("glibc-2.5",), reason=reason),)
    assert [one.platform for one in blocks[1].results] == ["glibc-2.5"]


def test_containers_that_were_not_ready_are_a_block_without_a_place(
    blocks: list[Block],
) -> None:
    pip = header("pip", "26.3", Role.INSTALLER, python="3.11")
    unprepared = NotRun(
        platforms=("centos-7-x86_64", "centos-7-i686"),
        reason="not prepared",
        remedy="manylinux-conformance platforms prepare 'centos-7-*'",
    )
    silent = NotRun(
        platforms=("containers of ssh://me@arm",),
        reason="ssh://me@arm: does not answer",
    )
    assert blocks[3] == Block(pip, (), (unprepared, silent))


def test_a_tool_that_was_not_run_at_all_names_no_platform(blocks: list[Block]) -> None:
    old = header("pip", "20.3.4", Role.INSTALLER)
    assert blocks[4] == Block(old, (), (NotRun(reason="needs Python <3.0"),))


def test_older_blocks_are_written_in_todays_format(
    tmp_path: Path, blocks: list[Block]
) -> None:
    path = tmp_path / "results.jsonl"
    write_blocks(blocks, path)
    assert '"format":1' not in path.read_text()
    assert list(read_blocks(path)) == blocks


def test_a_file_may_hold_blocks_of_both_formats(
    tmp_path: Path, blocks: list[Block]
) -> None:
    path = tmp_path / "results.jsonl"
    write_blocks(blocks, path)
    path.write_text(OLDER.read_text() + path.read_text() + OLDER.read_text())
    assert list(read_blocks(path)) == blocks * 3


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda text: text.replace('"platform":"ppc64",', ""), "line 2: Object miss"),
        (lambda text: text.replace('"lines":2', '"lines":1'), "line 4: the footer"),
        (lambda text: text.replace('"native"', '"real"'), "line 2: Invalid enum"),
        (lambda text: text.replace('"format":1', '"format":0'), "line 1: format 0 is"),
        (lambda text: text[:-9], "line 18: cut off"),
        (lambda text: text + '{"line":"case"}\n', "line 19: Object missing"),
    ],
)
def test_a_damaged_older_file_is_refused(
    tmp_path: Path, damage: object, reason: str
) -> None:
    path = tmp_path / "results.jsonl"
    assert callable(damage)
    path.write_text(damage(OLDER.read_text()))
    with pytest.raises(InputError) as caught:
        list(read_blocks(path))
    assert str(caught.value).startswith(f"{path}: {reason}")
