"""Containers that are lost: never the tool's fault, and in the same words each time."""

import contextlib
import gc
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.running_container import (
    RunningContainer,
)
from manylinux_conformance.errors import (
    EngineError,
    LostContainerError,
)
from manylinux_conformance.sandbox.process import ProcessResult

from .conftest import containers

SLEEP = "import time; time.sleep(600)"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"

MakeReady = Callable[..., ReadyContainer]
MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]


def test_container_killed_from_outside_is_lost_in_the_same_words(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    reasons = set()
    for _ in range(2):
        running.start()
        api, (container,) = running.engine.client.api, containers(running.engine)
        killer = threading.Timer(0.7, api.kill, (container,))
        killer.start()
        with pytest.raises(LostContainerError) as caught:
            run_python(running, SLEEP)
        killer.join()
        reasons.add(caught.value.reason)
        assert containers(running.engine) == []
    assert reasons == {"the container was ended from outside"}
    assert run_python(running, "print('next')").output == b"next\n"


def test_container_removed_from_outside_between_commands_is_lost(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    running.start()
    (container,) = containers(running.engine)
    running.engine.client.api.remove_container(container, force=True)
    with pytest.raises(
        LostContainerError, match=r": the container was ended from outside$"
    ):
        run_python(running, "print(1)")


def test_tool_that_kills_itself_is_told_from_a_killed_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    ended = run_python(make_running(ready), program)
    assert (ended.status, ended.timed_out) == (-signal.SIGKILL, False)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("no-exec", "the engine failed: APIError"),
        ("no-status", "the engine does not say how a process ended"),
    ],
)
def test_failing_engine_loses_the_container(
    way: str,
    reason: str,
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    running = make_running(made_up(way))
    with pytest.raises(LostContainerError, match=f": {reason}$"):
        run_python(running, "print(1)")
    assert containers(running.engine) == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_engine_that_goes_away_is_put_into_words(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    running = make_running(made_up())
    running.start()
    Path(running.engine.address.removeprefix("unix://")).unlink()
    running.engine.client.close()  # or a connection of before would be used
    with pytest.raises(
        LostContainerError, match=r": the engine failed: ConnectionError$"
    ):
        run_python(running, "print(1)")
    with pytest.raises(EngineError, match=r"is not running|is not installed"):
        run_python(running, "print(1)")
    gc.collect()  # docker's client leaves open what it could not connect


@pytest.mark.parametrize(
    "program",
    [
        CRASH,
        "import sys; sys.exit('qemu: uncaught target signal 11 - core dumped')",
        "import sys; sys.exit('qemu: unhandled CPU exception 0x8')",
    ],
)
def test_crash_under_emulation_is_not_the_tools(
    ready: ReadyContainer,
    make_running: MakeRunning,
    run_python: RunPython,
    program: str,
) -> None:
    with pytest.raises(LostContainerError, match=r": under emulation, a process "):
        run_python(make_running(ready, emulated=True), program)


def test_hang_under_emulation_is_not_the_tools(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready, emulated=True)
    with pytest.raises(LostContainerError, match="was still running at its time limit"):
        run_python(running, SLEEP, seconds=0.2)
    assert run_python(running, "print('next')").output == b"next\n"


def test_emulated_programs_have_more_time(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready, emulated=True)
    statuses = []
    for seconds in (1, 5, 25):  # a busy machine needs longer to start a program
        program = f"import time; time.sleep({1.5 * seconds})"
        with contextlib.suppress(LostContainerError):
            statuses.append(run_python(running, program, seconds=seconds).status)
            break
    assert statuses == [0]


def test_emulated_machine_says_what_it_is(
    emulated: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(emulated, emulated=True)
    program = "import os, sys; print(os.uname().machine, sys.byteorder)"
    assert run_python(running, program).output == b"s390x big\n"
    with pytest.raises(
        LostContainerError, match=r": under emulation, a process was ended by"
    ):
        run_python(running, CRASH)
    assert run_python(running, "print('next')").output == b"next\n"
