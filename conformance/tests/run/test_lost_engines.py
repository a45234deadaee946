"""An engine that dies, or loses an image, in a run: no answer is no success."""

from __future__ import annotations

import dataclasses
import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli import run as command
from manylinux_conformance.cli.main import main
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.selection import Tool
from tests.builders import FAKE_TOOLS

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]


# What died had connections open, and their other ends are found by the collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def own_tool(tmp_path: Path) -> Path:
    """Return the adapter file of a made-up installer that is asked in containers."""
    words = ("{python}", str(FAKE_TOOLS / "installer.py"), "any")
    places = ("{links}", "{requirements}", "{target}")
    path = tmp_path / "own.toml"
    path.write_text(
        'name = "own"\nroles = ["installer"]\n[provide]\ninside = true\n'
        f"[installer]\ncommand = {json.dumps([*words, *places])}\n"
    )
    return path


def test_an_engine_that_dies_leaves_questions_without_an_answer(
    made_up: MakeReady, ask: Ask, make_installer: MakeTool
) -> None:
    block = ask(made_up("dies"), make_installer("any"))
    assert {(one.verdict, one.reason) for one in block.results} == {
        (Verdict.INFRASTRUCTURE, "the engine is not running")
    }


def test_an_image_that_was_there_and_is_gone_was_due(
    made_up: MakeReady, ask: Ask, make_installer: MakeTool, here_container: Container
) -> None:
    ready = made_up("loses-image")
    (missing,) = ask(ready, make_installer("any")).not_run
    assert missing.due
    assert here_container.image in missing.reason


@pytest.mark.parametrize("way", ["dies", "loses-image"])
def test_the_run_ends_with_status_1_and_says_so(
    made_up: MakeReady,
    own_tool: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    here = made_up(way).container
    suite = dataclasses.replace(load_suite(), platforms=(), containers=(here,))
    monkeypatch.setattr(command, "load_suite", lambda: suite)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    out = ("--output", str(tmp_path / "out"))
    case = ("--case", "installer.glibc.at-least/*")
    said = CliRunner().invoke(main, ["run", "--tool", str(own_tool), *case, *out])
    assert said.exit_code == 1, said.output
    assert f"\n{here.name}: " in said.output
    assert "the engine is not running" in said.output or here.image in said.output
    assert "every difference" not in said.output
