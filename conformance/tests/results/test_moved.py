"""Which verdicts moved: one line for each, the worst first."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.moved import moved
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import header_line, result_line

HEADER = header_line(tool="uv", version="1")
WHERE = "uv 1 as installer: tag.form/{} on glibc-2.17"


def block(**verdicts: Verdict) -> Block:
    """Return a block with a verdict for each case, by its name."""
    results = (
        result_line(
            f"tag.form/{name}",
            verdict=verdict,
            answer="any" if verdict is Verdict.PASS else "linux_x86_64",
        )
        for name, verdict in verdicts.items()
    )
    return Block(HEADER, tuple(results))


def compared(tmp_path: Path, old: Block, new: Block, *more: str) -> tuple[int, str]:
    for name, each in (("old", old), ("new", new)):
        write_blocks([each], tmp_path / f"{name}.jsonl")
    paths = (str(tmp_path / f"{name}.jsonl") for name in ("old", "new"))
    said = CliRunner().invoke(main, ["diff", *paths, *more])
    return said.exit_code, said.output


def test_the_same_results_have_no_line(tmp_path: Path) -> None:
    same = block(one=Verdict.PASS, two=Verdict.FAIL)
    assert compared(tmp_path, same, same) == (0, "no verdict moved\n")


def test_what_got_worse_comes_first(tmp_path: Path) -> None:
    old = block(a=Verdict.FAIL, b=Verdict.PASS, c=Verdict.PASS)
    new = block(a=Verdict.PASS, b=Verdict.FAIL, c=Verdict.PASS)
    status, said = compared(tmp_path, old, new)
    assert (status, said.splitlines()) == (
        1,
        [
            "2 verdicts moved: 1 fail → pass, 1 pass → fail",
            f"{WHERE.format('b')}: pass → fail (was any, is linux_x86_64)",
            f"{WHERE.format('a')}: fail → pass (was linux_x86_64, is any)",
        ],
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (block(a=Verdict.PASS), block(b=Verdict.PASS), "not asked → pass"),
        (block(a=Verdict.PASS, b=Verdict.PASS), block(b=Verdict.PASS), "→ not asked"),
    ],
)
def test_what_one_side_was_not_asked_moved_too(
    tmp_path: Path, old: Block, new: Block, words: str
) -> None:
    assert words in compared(tmp_path, old, new)[1]


@pytest.mark.parametrize(
    ("old", "new", "is_worse"),
    [
        (block(a=Verdict.PASS), block(a=Verdict.FAIL), True),
        (block(a=Verdict.FAIL), block(a=Verdict.PASS), False),
        (block(a=Verdict.FAIL), block(a=Verdict.ERROR), False),
        (block(a=Verdict.PASS, b=Verdict.PASS), block(b=Verdict.PASS), True),
        (block(a=Verdict.FAIL, b=Verdict.PASS), block(b=Verdict.PASS), False),
        (block(b=Verdict.PASS), block(a=Verdict.PASS, b=Verdict.PASS), False),
        (block(b=Verdict.PASS), block(a=Verdict.FAIL, b=Verdict.PASS), False),
    ],
)
def test_what_no_longer_passes_is_worse(old: Block, new: Block, is_worse: bool) -> None:
    (one,) = moved([old], [new])
    assert one.is_worse is is_worse


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("any", "linux_x86_64", ": pass → error (was any, is linux_x86_64)"),
        ("any", "any", ": pass → error"),
        ("any", "", ": pass → error"),
        ("", "any", ": pass → error"),
    ],
)
def test_answers_are_told_where_both_say_something(
    old: str, new: str, words: str
) -> None:
    before = Block(HEADER, (result_line(answer=old),))
    now = Block(HEADER, (result_line(answer=new, verdict=Verdict.ERROR),))
    (one,) = moved([before], [now])
    assert str(one) == WHERE.format("plain") + words


def test_one_answer_alone_is_not_told() -> None:
    (one,) = moved([block(b=Verdict.PASS)], [block(a=Verdict.PASS, b=Verdict.PASS)])
    assert str(one) == WHERE.format("a") + ": not asked → pass"


def test_a_tool_that_one_side_lacks_is_not_compared(tmp_path: Path) -> None:
    old = block(a=Verdict.PASS)
    other = Block(msgspec.structs.replace(HEADER, version="2"), old.results)
    assert compared(tmp_path, old, other)[0] == 0


def test_a_job_summary_is_markdown(tmp_path: Path) -> None:
    old, new = block(a=Verdict.PASS), block(a=Verdict.FAIL)
    _, said = compared(tmp_path, old, new, "--markdown")
    assert said.startswith("## 1 verdicts moved")
    assert f"\n- {WHERE.format('a')}" in said


def test_a_file_without_results_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    path = str(tmp_path / "empty.jsonl")
    said = CliRunner().invoke(main, ["diff", path, path])
    assert said.exit_code == 2
    assert "holds no results" in said.output
