"""Settings of a run, and whom it tells about its progress."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Progress(Protocol):
    """Told what is being done, how much of it is done, and how much there is."""

    def __call__(self, words: str, done: int, total: int) -> None:
        """Take note."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may use: folders, the network, and how much at a time.

    ``work`` is an empty folder; afterwards it holds the evidence of each tool's runs.
    """

    cache: Path
    work: Path
    jobs: int
    offline: bool
