"""Time spent: what a run in containers is made of, for the terminal only."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Spent:
    """Seconds by kind of work, added up over all threads."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def on(self, work: str) -> Iterator[None]:
        """Count the time that the block takes."""
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                before = self.seconds.get(work, 0.0)
                self.seconds[work] = before + time.monotonic() - began

    def __str__(self) -> str:
        """Return it in words, as ``tool 12.0 s (80 %), start-up 3.0 s (20 %)``."""
        total = sum(self.seconds.values()) or 1
        parts = (
            f"{work} {spent:.1f} s ({100 * spent / total:.0f} %)"
            for work, spent in sorted(self.seconds.items(), key=lambda one: -one[1])
        )
        return ", ".join(parts)
