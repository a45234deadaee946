"""The command ``history``: what it has, what it lacks, and what it refuses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli import history
from manylinux_conformance.cli.main import main
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.plan import Span, read_spans
from tests.tiny_disk import DEAD


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
    own = {"history": folder}
    monkeypatch.setattr(
        history, "data_folder", lambda name: own.get(name) or data_folder(name)
    )
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
