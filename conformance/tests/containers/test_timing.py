"""Time timings: told apart by kind of work, and counted once."""

import contextlib
import threading

import pytest
from manylinux_conformance.containers.timing import Timings


class Clock:
    """A clock that goes on when it is told to."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("manylinux_conformance.containers.timing.time", clock)
    return clock


def test_what_is_inside_counts_as_its_own_kind_only(clock: Clock) -> None:
    timings = Timings()
    with timings.on("collecting"):
        clock.pass_by(1)
        with timings.on("start-up"):
            clock.pass_by(2)
            with timings.on("tool"):
                clock.pass_by(40)
        with timings.on("tool"):
            clock.pass_by(8)
        clock.pass_by(4)
    with timings.on("collecting"):
        clock.pass_by(16)
    assert timings.seconds == {"collecting": 21, "start-up": 2, "tool": 48}


def test_threads_do_not_nest_in_one_another(clock: Clock) -> None:
    timings = Timings()

    def work() -> None:
        with timings.on("tool"):
            clock.pass_by(2)

    with timings.on("collecting"):
        for _ in range(3):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    assert timings.seconds == {"tool": 6, "collecting": 6}


def test_processor_time_is_added_up_by_kind_of_work() -> None:
    timings = Timings()
    for work, seconds in (("start-up", 1.5), ("tool", 40), ("tool", 8), ("tool", -9)):
        timings.spend(work, seconds)
    assert timings.spent == {"start-up": 1.5, "tool": 48}


def test_work_that_fails_is_counted_too(clock: Clock) -> None:
    timings = Timings()
    with contextlib.suppress(ValueError), timings.on("tool"):
        clock.pass_by(3)
        raise ValueError
    assert timings.seconds == {"tool": 3}


def test_where_the_time_went_is_told_the_most_first() -> None:
    timings = Timings({"tool": 100.0, "start-up": 4.0, "image": 1.0, "collecting": 3.0})
    timings.seconds["providing tools"] = 50.0
    assert str(timings).startswith("tool 100.0 s (63 %), providing tools 50.0 s")
