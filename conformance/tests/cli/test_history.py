"""The command ``history``: what it has, what it lacks, and what it refuses."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli import history
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.answers import read_answers
from manylinux_conformance.history.column import read_column
from manylinux_conformance.history.plan import Span, read_spans
from tests.tiny_disk import DEAD

CASE = "installer.glibc.at-least/same-version"
PLAN = """
[[asked]]
tools = ["made"]
roles = ["installer"]
platforms = ["glibc-2.17"]
rules = ["installer.glibc.at-least"]
"""
ADAPTER = """
name = "made"
roles = ["installer"]
versions = ["1", "2", "3"]

[provide]
python = { "*" = ">=3.6" }
inside = true

[installer]
command = [
  "{python}", "%s", "commands.cli", "install",
  "--find-links={links}", "--target={target}", "--requirement={requirements}",
]
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A history of one tool with three releases: the reference under another name."""

    folder: Path
    output: Path

    def run(self, *options: str) -> Result:
        """Run the command."""
        output = f"--output={self.output}"
        return CliRunner().invoke(main, ["history", output, *options])

    @property
    def path(self) -> Path:
        """The file of answers."""
        return self.folder / "answers" / "installer-made.jsonl"

    @property
    def asked(self) -> list[str]:
        """The releases on file."""
        [span] = read_answers(self.path).header.spans
        return [release.version for release in span.releases]

    @property
    def unasked(self) -> dict[str, str]:
        """The releases that were not asked, and why."""
        [span] = read_answers(self.path).header.spans
        return {each.version: each.reason for each in span.unasked}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    folder = tmp_path / "history"
    (folder / "tools").mkdir(parents=True)
    (folder / "history.toml").write_text(PLAN)
    shutil.copytree(data_folder("history") / "cases", folder / "cases")
    _serve(monkeypatch, folder)
    script = data_folder("tools") / "run_reference.py"
    (folder / "tools" / "made-1.toml").write_text(ADAPTER % script)
    return Made(folder, tmp_path / "columns")


def test_a_run_goes_on_where_it_was_broken_off(made: Made) -> None:
    first = made.run("--release", "2")
    assert first.exit_code == 0, first.output
    assert read_column(made.output / "made-1" / "2.json")
    assert made.asked == ["2"]
    assert made.unasked == {"1": "not yet", "3": "not yet"}
    rest = made.run()
    assert [line.split(" on ")[0] for line in rest.stdout.splitlines()] == [
        "made 1",
        "made 3",
    ]
    assert made.asked == ["1", "2", "3"]


def test_what_is_on_file_is_asked_by_nobody_again(made: Made) -> None:
    made.run()
    shutil.rmtree(made.output)
    before = made.path.read_bytes()
    assert made.run().stdout == ""
    assert made.path.read_bytes() == before


def test_one_question_is_asked_again_and_the_others_are_kept(made: Made) -> None:
    made.run("--release", "1")
    before = read_answers(made.path).questions
    said = made.run("--case", CASE)
    assert said.stdout == "made 1: 1 answers\n"
    assert read_answers(made.path).questions == before


def test_a_release_without_its_python_says_so_until_it_is_there(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.run("--release", "1")
    with monkeypatch.context() as bare:
        bare.setattr(Span, "interpreter", None)
        said = made.run()
    reason = "needs Python >=3.6, which is not here"
    assert f"made 2 on Python >=3.6: {reason}" in said.stdout
    assert made.unasked == {"2": reason, "3": reason}
    made.run("--release", "2")
    assert made.unasked == {"3": "not yet"}


def test_check_fails_where_an_answer_is_not_the_one_on_file(made: Made) -> None:
    made.run()
    fine = made.run("--check")
    assert fine.exit_code == 0, fine.output
    assert "installer-made 1: " in fine.stdout
    assert "installer-made 2: " not in fine.stdout
    text = made.path.read_text()
    made.path.write_text(text.replace('"pass","manylinux_2_17', '"pass","linux'))
    moved = made.run("--check")
    assert moved.exit_code == 1
    assert "is on file, now" in moved.stderr


def test_a_check_that_asks_nothing_is_no_success(made: Made) -> None:
    made.run("--release", "1")
    said = made.run("--check", "--release", "3")
    assert said.exit_code == 1
    assert "nothing was asked" in said.stderr


def _serve(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have the command find its own data in a folder."""
    own = {"history": folder}
    monkeypatch.setattr(
        history, "data_folder", lambda name: own.get(name) or data_folder(name)
    )


def test_a_tool_without_a_history_is_refused() -> None:
    said = CliRunner().invoke(main, ["history", "--tool", "conda"])
    assert said.exit_code == 2
    assert "conda: has no history; there are auditwheel, " in said.stderr


def test_a_missing_python_is_named_with_how_one_gets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Span, "interpreter", None)
    said = CliRunner().invoke(main, ["history", "--tool", "uv", "--interpreters"])
    assert said.exit_code == 1
    assert "missing  Python 3.11" in said.stdout
    assert "to repair: pyenv install 3.11" in said.stdout


@pytest.mark.parametrize("address", DEAD)
def test_a_release_that_cannot_be_fetched_is_left_for_another_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    folder, out = tmp_path / "history", tmp_path / "out"
    shutil.copytree(data_folder("history"), folder)
    shutil.rmtree(folder / "answers")
    _serve(monkeypatch, folder)
    spans = read_spans(folder / "tools")
    span = next(
        each for each in spans if each.interpreter and each.name.startswith("uv")
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    release = ("--release", span.releases[-1])
    said = CliRunner().invoke(
        main, ["history", "--tool", "uv", *release, "--output", str(out)]
    )
    assert "the package index cannot be reached" in said.stdout, said.output
    assert said.exit_code == 1
    assert not list(out.rglob("*.json"))
