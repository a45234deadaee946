"""A finding: one thing that a linter or a gate has to say, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong at which line of which file (line 0: the file as a whole)."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return ``file:line: message``, as editors read it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"
