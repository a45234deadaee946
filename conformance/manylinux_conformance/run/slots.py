"""Slots: how much of a run is computed at a time, and whose turn it is."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from manylinux_conformance.images.engines.interruption import Interrupted


class Slots:
    """So many things at a time; what is further ahead in line comes first."""

    def __init__(self, count: int) -> None:
        self._free, self._closed = count, False
        self._waiting: list[tuple[int, int]] = []
        self._places, self._tickets = itertools.count(), itertools.count()
        self._turn = threading.Condition()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def line(self) -> Line:
        """Return the next place in line."""
        return Line(self, next(self._places))

    def close(self) -> None:
        """Give no slot any more."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()

    @contextlib.contextmanager
    def taken(self, place: int) -> Iterator[None]:
        """Hold a slot while the block runs; wait for the turn of a place in line.

        Raises Interrupted if none is given any more.
        """
        with self._turn:
            ticket = place, next(self._tickets)
            heapq.heappush(self._waiting, ticket)
            self._turn.wait_for(lambda: self._closed or self._is_turn_of(ticket))
            if self._closed:
                raise Interrupted
            heapq.heappop(self._waiting)
            self._free -= 1
            self._turn.notify_all()
        try:
            yield
        finally:
            with self._turn:
                self._free += 1
                self._turn.notify_all()

    def _is_turn_of(self, ticket: tuple[int, int]) -> bool:
        return self._free > 0 and self._waiting[0] == ticket


@dataclass(frozen=True, slots=True)
class Line:
    """A place in line, from which slots are taken."""

    slots: Slots
    place: int

    def slot(self) -> contextlib.AbstractContextManager[None]:
        """Return what holds a slot."""
        return self.slots.taken(self.place)
