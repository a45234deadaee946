"""Makes a found case small: leaves out of its changes what it does not need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimized(changes: Sequence[T], is_found: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return changes of which none can be left out; ``is_found`` holds for them all.

    Halves are tried before single ones (Zeller, Delta Debugging).
    """
    kept = list(changes)
    size = max(1, len(kept) // 2)
    while True:
        smaller = _without_a_part(kept, size, is_found)
        if smaller is None and size == 1:
            return kept
        kept, size = (kept, size // 2) if smaller is None else (smaller, size)
        size = max(1, min(size, len(kept) // 2))


def _without_a_part(
    kept: list[T], size: int, is_found: Callable[[Sequence[T]], bool]
) -> list[T] | None:
    for start in range(0, len(kept), size):
        rest = kept[:start] + kept[start + size :]
        if rest and is_found(rest):
            return rest
    return None
