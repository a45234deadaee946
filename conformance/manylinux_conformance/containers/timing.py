"""Timings: what the time of a run in containers goes to, for the terminal only.

Clocks say where it goes; processor time, which the engine counts, whose it is.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


class _Nested(threading.local):
    """What the blocks inside the current one took, in each thread."""

    seconds = 0.0


@dataclass(slots=True)
class Timings:
    """Seconds by kind of work, added up over all threads.

    ``image``: finding out what is prepared.  ``start-up``: containers, and looks at
    what their interpreters see.  ``tool``: the tools' own runs.  ``collecting``:
    questions, answers and removal.  Providing tools and compiling wheels happens once.
    ``spent`` are seconds of processor time in containers, by the same kinds.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _nested: _Nested = field(default_factory=_Nested)

    def spend(self, work: str, seconds: float) -> None:
        """Count processor time that was spent in a container."""
        with self._lock:
            self.spent[work] = self.spent.get(work, 0.0) + max(seconds, 0.0)

    @contextlib.contextmanager
    def on(self, work: str) -> Iterator[None]:
        """Count the time that the block takes, without what it counts as another's."""
        outer, self._nested.seconds = self._nested.seconds, 0.0
        began = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            with self._lock:
                before = self.seconds.get(work, 0.0)
                self.seconds[work] = before + took - self._nested.seconds
            self._nested.seconds = outer + took

    def __str__(self) -> str:
        """Return it in words, as ``tool 12.0 s (80 %), start-up 3.0 s (20 %)``."""
        total = sum(self.seconds.values()) or 1
        parts = (
            f"{work} {spent:.1f} s ({100 * spent / total:.0f} %)"
            for work, spent in sorted(self.seconds.items(), key=lambda one: -one[1])
        )
        return ", ".join(parts)
