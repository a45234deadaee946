"""Whether a tool installs a wheel on the machine as it is, found once for each tool."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.probe_project import ANY


@dataclass(slots=True)
class PlainMachine:
    """What is known of a tool in one place, on the machine as it is.

    Every batch with a refusal asks the same there: the same tool, wheel and machine.
    That the tool installs the wheel holds for all of them; a failure may be chance, so
    the next batch tries again.
    """

    installs: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def failure(self, install: Callable[[], Answer]) -> Answer | None:
        """Return an answer that is no installation; None if the tool installs."""
        with self.lock:
            if self.installs:
                return None
            answer = install()
            self.installs = answer.answer == ANY
            return None if self.installs else answer
