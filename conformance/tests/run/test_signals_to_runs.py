"""Runs of the command line in real containers: signals, and two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.images.engines.engine import LABEL, Engine
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.tools.selection import Tool

MakeReady = Callable[..., ReadyContainer]
MakeTool = Callable[..., Tool]
Ask = Callable[..., Block]
Mine = Callable[[Engine], list[str]]
RULE = "installer.glibc.at-least"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Running:
    """A run of the command line in a process of its own."""

    def __init__(
        self, folder: Path, ready: ReadyContainer, tool: Tool, cache: Path
    ) -> None:
        self.scratch, self.output = folder.parent / "scratch", folder / "output"
        self.scratch.mkdir(exist_ok=True)
        program = Path(sys.executable).with_name("manylinux-conformance")
        platform = f"--platform={ready.container.name}"
        adapter = folder.parent / f"{tool.adapter.name}.toml"
        variables = {"TMPDIR": str(self.scratch), "XDG_CACHE_HOME": str(cache)}
        self.process = subprocess.Popen(
            [
                *(program, "run", f"--tool={adapter}", platform),
                *(f"--rule={RULE}", f"--output={self.output}"),
            ],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def containers(self, engine: Engine) -> list[str]:
        found = engine.client.api.containers(all=True, filters={"label": LABEL})
        process = f":{self.process.pid}:"
        return [each["Id"] for each in found if process in each["Labels"][LABEL]]


@pytest.fixture
def run(
    native: ReadyContainer, tmp_path: Path, cache: Path
) -> Iterator[Callable[..., Running]]:
    """Return a function that starts a run with a tool in a real container."""
    made: list[Running] = []

    def start(tool: Tool) -> Running:
        made.append(Running(tmp_path / f"run-{len(made)}", native, tool, cache))
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


def wait_until_asking(running: Running) -> None:
    deadline = time.monotonic() + 120
    while not list(running.scratch.rglob("run-1/work")):
        assert running.process.poll() is None, running.process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(0.5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_a_run_without_leaving_anything(
    native: ReadyContainer,
    run: Callable[..., Running],
    number: signal.Signals,
    make_installer: MakeTool,
) -> None:
    running = run(make_installer("hang", seconds=600))
    wait_until_asking(running)
    assert running.containers(native.engine)
    began = time.monotonic()
    running.process.send_signal(number)
    said, _ = running.process.communicate(timeout=60)
    assert time.monotonic() - began < 30
    assert running.process.returncode == 128 + number
    assert said.splitlines()[-1] == "interrupted; nothing was reported"
    assert "Traceback" not in said
    assert running.containers(native.engine) == []
    assert list(running.scratch.iterdir()) == []
    assert str(running.scratch) not in Path("/proc/mounts").read_text()
    assert not (running.output / "results.jsonl").exists()


def test_what_a_killed_run_left_goes_with_the_next(
    native: ReadyContainer, run: Callable[..., Running], make_installer: MakeTool
) -> None:
    killed = run(make_installer("hang", seconds=600))
    wait_until_asking(killed)
    killed.process.kill()
    killed.process.communicate(timeout=60)
    assert killed.containers(native.engine)
    assert list(killed.scratch.iterdir())
    following = run(make_installer("any"))
    following.process.communicate(timeout=200)
    assert following.process.returncode == 1  # it takes no other wheel, rightly or not
    assert killed.containers(native.engine) == []
    assert list(killed.scratch.iterdir()) == []


def test_runs_at_once_do_not_disturb_each_other(
    native: ReadyContainer, run: Callable[..., Running], real_pip: Tool
) -> None:
    tool = real_pip
    first, second = run(tool), run(tool)
    for each in (first, second):
        said, _ = each.process.communicate(timeout=200)
        assert each.process.returncode == 0, said
        assert each.containers(native.engine) == []
    assert list(first.scratch.iterdir()) == []
    lines = (first.output / "results.jsonl").read_bytes()
    assert lines == (second.output / "results.jsonl").read_bytes()
    assert b'"verdict":"pass"' in lines
