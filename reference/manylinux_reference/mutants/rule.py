"""Marks the one function that decides a rule, with what forcing puts in its place."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than everything else here
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Decider = TypeVar("Decider", bound=Callable[..., object])


def rule(
    identifier: str, **mutations: Callable[..., object]
) -> Callable[[Decider], Decider]:
    """Mark a function as the one that decides a rule; calling it stays as it was.

    Each mutation is a wrong replacement with a name, such as ``off``: the suite is
    complete when every replacement makes some case answer wrongly.
    """

    def mark(function: Decider) -> Decider:
        vars(function)["rule"] = identifier
        vars(function)["mutations"] = mutations
        return function

    return mark


def always(*_: object) -> bool:
    """Stand in for a condition that never refuses."""
    return True


def never(*_: object) -> bool:
    """Stand in for a condition that always refuses."""
    return False


def nothing(*_: object) -> None:
    """Stand in for a function that finds nothing."""


def same(value: object, *_: object) -> object:
    """Stand in for a function that changes its first argument."""
    return value
