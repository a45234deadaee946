"""A running container: what ends in it, and what ends it."""

import contextlib
import gc
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.running_container import (
    RunningContainer,
    started,
)
from manylinux_conformance.errors import (
    LostContainerError,
)
from manylinux_conformance.images.engines.interruption import Interrupted
from manylinux_conformance.sandbox.process import LARGEST_OUTPUT, ProcessResult

from .conftest import containers

SLEEP = "import time; time.sleep(600)"
PRINT_AND_SLEEP = f"print('so far', flush=True); {SLEEP}"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"

MakeReady = Callable[..., ReadyContainer]
MakeRunning = Callable[..., RunningContainer]
RunPython = Callable[..., ProcessResult]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_command_answers_with_output_status_and_tail(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    ended = run_python(make_running(ready), program)
    assert ended == ProcessResult(
        3, timed_out=False, output=b"out\n", stderr_tail="err\n"
    )


def test_command_reads_questions_to_their_end(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import sys; print(len(sys.stdin.buffer.read()))"
    ended = run_python(make_running(ready), program, questions=bytes(1_000_000))
    assert ended.output == b"1000000\n"


def test_output_is_kept_up_to_its_bound(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    program = "import os\nfor _ in range(20): os.write(1, bytes(2**20))"
    ended = run_python(make_running(ready), program)
    assert (ended.status, len(ended.output)) == (0, LARGEST_OUTPUT)


def test_program_that_is_missing_cannot_be_started(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    ended = running.run(
        ["/nowhere/tool"],
        folder=running.writable / "run" / "work",
        variables={},
        seconds=60,
    )
    assert ended.status is None
    assert "no such file" in ended.failure


def test_crash_is_the_tools(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    assert run_python(make_running(ready), CRASH).failure == "was ended by SIGSEGV"


def test_hanging_command_ends_at_its_limit_with_its_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    for seconds in (1, 5, 25, 125):  # a busy machine needs longer to start a program
        running.start()
        first = containers(running.engine)
        ended = run_python(running, PRINT_AND_SLEEP, seconds=seconds)
        assert ended.timed_out
        assert containers(running.engine) == []
        if ended.output:
            break
    assert ended.output == b"so far\n"
    assert run_python(running, "print('next')").output == b"next\n"
    assert containers(running.engine) not in ([], first)


LEAVE = """
import subprocess, sys
sleep = "import time; time.sleep(600)"
nowhere = subprocess.DEVNULL
subprocess.Popen([sys.executable, "-c", sleep], stdout=nowhere, stderr=nowhere)
"""


def test_process_that_a_command_leaves_ends_with_its_container(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    assert run_python(running, "").status == 0
    (first,) = containers(running.engine)
    assert run_python(running, LEAVE).status == 0
    assert containers(running.engine) == []
    assert run_python(running, "print('next')").output == b"next\n"
    assert containers(running.engine) not in ([], [first])


def test_engine_that_cannot_list_processes_answers_all_the_same(
    made_up: MakeReady, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(made_up("no-ps"))
    assert run_python(running, "print(1)").output == b"1\n"


def test_limit_is_over_before_the_next_command(
    made_up: MakeReady,
    make_running: MakeRunning,
    run_python: RunPython,
) -> None:
    """Removing takes a second here, and the commands end while it lasts."""
    running = make_running(made_up("slow-removal"))
    for _ in range(2):
        running.start()
        ended = run_python(running, "import time; time.sleep(1)", seconds=0.5)
        assert ended.timed_out
        assert containers(running.engine) == []
    assert run_python(running, "print('next')").output == b"next\n"


def test_nothing_starts_after_the_end(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    running.live.end()
    with pytest.raises(Interrupted):
        running.start()


def test_end_of_the_run_ends_a_command(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    running = make_running(ready)
    running.start()
    threading.Timer(0.5, running.live.end).start()
    with pytest.raises(LostContainerError):
        run_python(running, SLEEP)


def test_container_is_removed_whatever_happens(
    ready: ReadyContainer, make_running: MakeRunning
) -> None:
    running = make_running(ready)
    with contextlib.suppress(ZeroDivisionError), started(running):
        assert containers(ready.engine)
        raise ZeroDivisionError
    assert containers(ready.engine) == []


def test_commands_leave_no_thread_and_no_descriptor(
    ready: ReadyContainer, make_running: MakeRunning, run_python: RunPython
) -> None:
    """The client keeps up to ten connections, so the first commands do not count."""
    running = make_running(ready)
    gc.collect()
    gc.disable()
    try:
        for _ in range(12):
            run_python(running, "")
        before = open_files()
        threads = threading.active_count()
        for _ in range(15):
            run_python(running, "")
        after = open_files()
    finally:
        gc.enable()
    assert after - before <= 2
    assert threading.active_count() == threads
