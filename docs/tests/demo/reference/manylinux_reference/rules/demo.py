"""The rules of the chapter "Demo"."""

from __future__ import annotations


def is_first(number: int) -> bool:
    """Return whether a number is that of the first thing."""
    return number == 1
