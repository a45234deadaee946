"""The suite's own share of the time: processor time, which no busy machine changes."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from manylinux_conformance.containers.timing import Timings


@dataclass(frozen=True, slots=True)
class ProcessorTime:
    """Seconds of processor time of a run.

    ``tools`` were spent by what was started: tools, and compilers at first.  ``inside``
    is the part of them that containers have; ``own`` are the suite's, with the starts
    of containers and the looks at what their interpreters see.
    """

    tools: float
    inside: float
    own: float

    @property
    def share(self) -> float:
        """The suite's part in relation to the tools'."""
        return self.own / (self.tools or 1)

    def __str__(self) -> str:
        """Return it in words."""
        inside = f" ({self.inside:.0f} s in containers)" if self.inside else ""
        share = f", {self.share:.0%} of that" if self.tools else ""
        return (
            f"processor time: tools {self.tools:.0f} s{inside}, "
            f"the suite itself {self.own:.0f} s{share}"
        )

    def since(self, before: ProcessorTime) -> ProcessorTime:
        """Return what was spent after an earlier look."""
        return ProcessorTime(
            self.tools - before.tools,
            self.inside - before.inside,
            self.own - before.own,
        )


def processor_time(timings: Timings) -> ProcessorTime:
    """Return what this process and its children have spent, here and in containers.

    What the engine itself spends is counted in neither.
    """
    inside = timings.spent.get("tool", 0.0)
    starts = sum(timings.spent.values()) - inside
    here = _seconds(resource.RUSAGE_CHILDREN)
    return ProcessorTime(here + inside, inside, _seconds(resource.RUSAGE_SELF) + starts)


def _seconds(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime
