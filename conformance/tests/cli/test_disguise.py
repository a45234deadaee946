"""The command ``disguise``: verdicts are compared with those on file."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.results.baseline import Baseline, read_baseline
from manylinux_conformance.results.lines import Result as Line
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.tools.kept_verdicts import read_kept

COMMAND = "manylinux_conformance.cli.disguise"
CASE = ("--case", "installer.glibc.at-least/same-version")
WHERE = ("--platform", "glibc-2.17", "--role", "installer", "--offline")


def failed(result: Line) -> Line:
    return msgspec.structs.replace(result, verdict=Verdict.FAIL)


def disguised(tool: str, folder: Path, *more: str) -> Result:
    arguments = ["disguise", "--tool", tool, *CASE, *WHERE, *more]
    return CliRunner().invoke(main, [*arguments, "--output", str(folder)])


def test_a_verdict_that_keeps_ends_with_status_0(tmp_path: Path) -> None:
    said = disguised("reference", tmp_path, "--seed", "1", "--seed", "2")
    assert said.exit_code == 0, said.output
    assert "every verdict kept" in said.stderr
    report = (tmp_path / "disguises.md").read_text()
    assert "Seeds: 1, 2." in report
    assert "| reference | installer | 2/2 |" in report
    assert {path.name for path in tmp_path.glob("*.jsonl")} == {
        "results-1.jsonl",
        "results-2.jsonl",
    }


def test_a_verdict_that_moves_is_listed_and_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{COMMAND}.read_baseline", failing)
    said = disguised("reference", tmp_path, "--seed", "4")
    assert said.exit_code == 1
    moved = "installer.glibc.at-least/same-version on glibc-2.17, seed 4: was fail"
    assert moved in said.stderr
    assert moved in (tmp_path / "disguises.md").read_text()


def test_a_tool_without_verdicts_on_file_fails(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    install = "import sys"
    command_line = json.dumps([sys.executable, "-c", install, "{links}"])
    path.write_text(
        f'name = "own"\nroles = ["installer"]\n[installer]\ncommand = {command_line}\n'
    )
    said = disguised(str(path), tmp_path / "out", "--seed", "1")
    assert said.exit_code == 1
    assert "no question that has a verdict on file was asked" in said.stderr


def test_seed_0_is_no_disguise(tmp_path: Path) -> None:
    said = disguised("reference", tmp_path, "--seed", "0")
    assert said.exit_code == 2
    assert "0 is not in the range" in said.output


def failing(folder: Path) -> Baseline:
    """Return what is on file as if every answer were wrong."""
    return {
        key: dataclasses.replace(block, results=tuple(map(failed, block.results)))
        for key, block in read_baseline(folder).items()
    }


@pytest.fixture
def update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """Return the command, whose tool answers as on file, with a folder of its own."""
    blocks = [
        block
        for block in read_baseline(data_folder("results")).values()
        if (block.header.tool, block.header.version) == ("packaging", "26.3")
    ]

    def folder(name: str) -> Path:
        return tmp_path if name == "disguises" else data_folder(name)

    monkeypatch.setattr(f"{COMMAND}._ask", lambda *_: blocks)
    monkeypatch.setattr(f"{COMMAND}.data_folder", folder)
    arguments = ["disguise", "--tool", "packaging==26.3", "--modelled", "--update"]
    arguments += ["--output", str(tmp_path / "out")]
    return lambda: CliRunner().invoke(main, arguments)


def test_what_kept_is_put_on_file(tmp_path: Path, update: Callable[[], Result]) -> None:
    said = update()
    assert said.exit_code == 0, said.output
    (kept,) = read_kept(tmp_path)
    assert (kept.tool, kept.modelled) == ("packaging 26.3", True)
    assert kept.seeds == (1, 2, 3, 4, 5)
    assert kept.kept == kept.asked > 0


def test_nothing_is_put_on_file_while_a_verdict_moves_without_a_reason(
    tmp_path: Path, update: Callable[[], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{COMMAND}.read_baseline", failing)
    assert update().exit_code == 1
    assert read_kept(tmp_path) == ()


def test_what_a_part_of_the_questions_kept_is_not_put_on_file(tmp_path: Path) -> None:
    said = disguised("reference", tmp_path, "--update")
    assert said.exit_code == 2
    assert "--update is about all rules, cases and platforms" in said.output
