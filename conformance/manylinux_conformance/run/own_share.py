"""The suite's own share of the time: processor time, which no busy machine changes."""

from __future__ import annotations

import resource


def own_share() -> str:
    """Return in words how much of the processor time was this process's own.

    The rest was spent by what it started on this machine: tools and compilers.  What
    runs in containers belongs to the engine and counts in neither.
    """
    own = _seconds(resource.RUSAGE_SELF)
    others = _seconds(resource.RUSAGE_CHILDREN)
    share = f", {own / (own + others):.0%} of it" if others else ""
    return f"processor time: tools {others:.0f} s, the suite itself {own:.0f} s{share}"


def _seconds(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime
