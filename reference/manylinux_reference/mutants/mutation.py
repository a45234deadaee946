"""Mutation: puts a wrong function in the place of one that decides a rule."""

from __future__ import annotations

import contextlib
import sys
from types import FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


class UnknownMutationError(ValueError):
    """No rule has a mutation of that name."""


def mutations() -> dict[str, list[str]]:
    """Return the names of the mutations of every rule that a function decides."""
    return {
        vars(function)["rule"]: sorted(vars(function)["mutations"])
        for _, _, function in _marked()
    }


@contextlib.contextmanager
def mutated(name: str) -> Iterator[None]:
    """Run the body with a mutation such as ``tag.form:off`` in force.

    Raises UnknownMutationError if there is none of that name.
    """
    rule, _, mutation = name.partition(":")
    places = [place for place in _marked() if vars(place[2])["rule"] == rule]
    if not places or mutation not in vars(places[0][2])["mutations"]:
        raise UnknownMutationError(f"no rule has the mutation {name[:80]!r}")
    for module, attribute, function in places:
        setattr(module, attribute, vars(function)["mutations"][mutation])
    try:
        yield
    finally:
        for module, attribute, function in places:
            setattr(module, attribute, function)


def _marked() -> Iterator[tuple[ModuleType, str, FunctionType]]:
    """Yield every place in the loaded modules where a deciding function is bound."""
    package = "manylinux_reference"
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{package}.") and module is not None:
            for attribute, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and "mutations" in vars(value):
                    yield module, attribute, value
