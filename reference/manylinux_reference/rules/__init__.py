"""What the specification says, as functions from facts to decisions and findings.

Rules import the facts of ``reading`` and each other, and nothing from above.
``decides`` marks the functions that decide rules: search for the rule's identifier, or
ask ``manylinux_reference.commands.deciders``.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the tag rules do
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Decider = TypeVar("Decider", bound=Callable[..., object])


def decides(*rules: str) -> Callable[[Decider], Decider]:
    """Note on a function which rules it decides; calling it stays as it was."""

    def mark(function: Decider) -> Decider:
        vars(function)["decides"] = rules
        return function

    return mark
