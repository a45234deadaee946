"""Interruption: one signal ends all that a run has started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.run.signals import (
    exit_status,
    interruptible,
    terminable,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture(autouse=True)
def usual_signals() -> Iterator[None]:
    """Have signals handled as at the start of a program in a terminal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    signal.signal(signal.SIGINT, before)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(5)  # the signal interrupts this


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_containers_and_becomes_an_interruption(
    number: signal.Signals,
) -> None:
    live = LiveContainers()
    with pytest.raises(KeyboardInterrupt) as caught, interruptible(live):
        send(number)
    assert exit_status(caught.value) == 128 + number
    deadline = time.monotonic() + 5
    while not live.ended and time.monotonic() < deadline:
        time.sleep(0.01)
    assert live.ended


def test_threads_that_start_processes_again_and_again_end() -> None:
    """As a tool's asker does, which starts it anew after it failed."""
    ends: list[int] = []

    def worker() -> None:
        ends.extend(subprocess.run(SLEEP, check=False).returncode for _ in range(3))

    def work() -> None:
        thread = threading.Thread(target=worker)
        with interruptible(LiveContainers()):
            thread.start()
            try:
                send(signal.SIGINT)
            finally:
                thread.join()

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert ends == [-signal.SIGKILL] * 3
    assert time.monotonic() - began < 30


def test_second_interruption_does_not_disturb_the_cleaning() -> None:
    cleaned = []

    def work() -> None:
        with interruptible(LiveContainers()):
            try:
                send(signal.SIGINT)
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
                cleaned.append("all")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert cleaned == ["all"]


def test_what_nobody_interrupts_ends_by_itself() -> None:
    with interruptible(LiveContainers()), subprocess.Popen(SLEEP) as process:
        time.sleep(0.2)
        assert process.poll() is None
        process.kill()


def test_signal_that_is_to_be_ignored_stays_ignored() -> None:
    """As in ``nohup`` or behind ``&`` in a script."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible(LiveContainers()):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_sigterm_interrupts_every_command() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, terminable():
        send(signal.SIGTERM)
    assert exit_status(caught.value) == 143


def test_plain_interruption_is_that_of_a_terminal() -> None:
    assert exit_status(KeyboardInterrupt()) == 130
