"""Mutation: puts wrong functions in the place of those that decide a rule."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from manylinux_reference.mutants import installer, override, platform, tags, wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from manylinux_reference.mutants.table import Function, Table

PACKAGE = "manylinux_reference."
HERE = f"{PACKAGE}mutants."
MUTANTS: Table = {
    **tags.MUTANTS,
    **platform.MUTANTS,
    **override.MUTANTS,
    **installer.MUTANTS,
    **wheel.MUTANTS,
}


class UnknownMutationError(ValueError):
    """No rule has a mutation of that name."""


def mutations() -> dict[str, list[str]]:
    """Return the names of the mutations of every rule."""
    return {rule: sorted(named) for rule, named in sorted(MUTANTS.items())}


@contextlib.contextmanager
def mutated(name: str) -> Iterator[None]:
    """Run the body with a mutation such as ``tag.form:separators`` in force.

    Raises UnknownMutationError if there is none of that name.
    """
    rule, _, mutation = name.partition(":")
    replaced = MUTANTS.get(rule, {}).get(mutation)
    if replaced is None:
        raise UnknownMutationError(f"no rule has the mutation {name[:80]!r}")
    bound = [place for right in replaced for place in _bindings(right)]
    for module, attribute, right in bound:
        setattr(module, attribute, replaced[right])
    try:
        yield
    finally:
        for module, attribute, right in bound:
            setattr(module, attribute, right)


def _bindings(function: Function) -> Iterator[tuple[ModuleType, str, Function]]:
    """Yield every place where loaded modules bind a function, but for mutants.

    There a right function keeps its name, so that a wrong one can call it.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE) and not name.startswith(HERE) and module:
            for attribute, value in list(vars(module).items()):
                if value is function:
                    yield module, attribute, function
