"""Whose the processor time is: the tools', here and in containers, or the suite's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.running_container import RunningContainer
from manylinux_conformance.containers.timing import Timings
from manylinux_conformance.run.own_share import ProcessorTime, processor_time
from manylinux_conformance.sandbox.process import ProcessResult

MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]
BUSY = "import time\nwhile time.process_time() < 1: pass"
ABOUT_ALL = 0.9  # seconds of one; the kernel's two clocks are not quite alike


def test_what_a_tool_spends_on_this_machine_is_the_tools() -> None:
    before = processor_time(Timings())
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    spent = processor_time(Timings()).since(before)
    assert spent.tools >= ABOUT_ALL
    assert spent.inside == 0
    assert spent.own < 1


def test_what_a_tool_spends_in_a_container_is_what_the_engine_counts(
    native: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(native)
    before = processor_time(running.timings)
    assert run_python(running, BUSY).status == 0
    running.stop()
    spent = processor_time(running.timings).since(before)
    assert spent.inside >= ABOUT_ALL
    assert round(spent.tools - spent.inside, 6) >= 0
    assert spent.own >= running.timings.spent["start-up"]


def test_an_engine_that_does_not_count_costs_nothing(
    made_up: Callable[..., ReadyContainer],
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    running = make_running(made_up())
    assert run_python(running, "pass").status == 0
    running.stop()
    assert not any(running.timings.spent.values())


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (ProcessorTime(0, 0, 2), "tools 0 s, the suite itself 2 s"),
        (ProcessorTime(50, 0, 2), "tools 50 s, the suite itself 2 s, 4% of that"),
        (
            ProcessorTime(100, 60, 8),
            "tools 100 s (60 s in containers), the suite itself 8 s, 8% of that",
        ),
    ],
)
def test_it_is_told_in_words(spent: ProcessorTime, words: str) -> None:
    assert str(spent) == f"processor time: {words}"
