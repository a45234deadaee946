"""Slots: so many things at a time, in the order of the line."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from manylinux_conformance.images.engines.interruption import Interrupted
from manylinux_conformance.run.slots import Line, Slots

PATIENCE = 60  # seconds, of which a busy machine may need some


def wait_until_there_wait(slots: Slots, number: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(slots) < number:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_whoever_is_further_ahead_comes_first() -> None:
    """However early somebody behind has begun to wait."""
    slots, order = Slots(1), list[str]()
    ahead, behind = slots.line(), slots.line()

    def take(line: Line, name: str) -> None:
        with line.slot():
            order.append(name)

    names = (behind, "behind"), (ahead, "ahead"), (ahead, "ahead, too")
    with ThreadPoolExecutor(4) as pool, slots.line().slot():
        for number, (line, name) in enumerate(names, 1):
            pool.submit(take, line, name)
            wait_until_there_wait(slots, number)
    assert order == ["ahead", "ahead, too", "behind"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_never_more_are_taken_than_there_are(count: int) -> None:
    slots, inside, most, lock = Slots(count), 0, 0, threading.Lock()
    line = slots.line()

    def take(_: int) -> None:
        nonlocal inside, most
        with line.slot():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, range(20)))
    assert most == count


def test_a_slot_comes_back_from_what_fails() -> None:
    line = Slots(1).line()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), line.slot():
            raise ZeroDivisionError


def test_after_the_end_nobody_waits_any_more() -> None:
    slots = Slots(1)
    line = slots.line()
    with ThreadPoolExecutor(1) as pool, line.slot():

        def wait() -> None:
            with line.slot():
                raise AssertionError

        waiting = pool.submit(wait)
        slots.close()
        with pytest.raises(Interrupted):
            waiting.result(PATIENCE)
