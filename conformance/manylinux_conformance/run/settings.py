"""Settings of a run, and whom it tells about its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.containers.timing import Timings
from manylinux_conformance.results.journal import Journal


class Progress(Protocol):
    """Told what is being done, how much of it is done, and how much there is."""

    def __call__(self, words: str, done: int, total: int) -> None:
        """Take note."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may use: folders, the network, and how much at a time.

    ``work`` is an empty folder; afterwards it holds the evidence of each tool's runs.
    ``disguise`` is what questions look like.
    ``journal`` keeps each block when it is finished, and has those that were.
    ``spent`` is told where the time in containers goes, ``live`` which there are.
    """

    cache: Path
    work: Path
    jobs: int
    offline: bool
    timings: Timings = field(default_factory=Timings)
    live: LiveContainers = field(default_factory=LiveContainers)
    disguise: Disguise = UNDISGUISED
    journal: Journal | None = None
