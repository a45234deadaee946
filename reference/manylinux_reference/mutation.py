"""Mutation: puts a wrong function in the place of one that decides a rule."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

MODULES = (
    *("tags", "platform", "eligibility", "order", "installer", "override"),
    "answering",
    *("archive_names", "wheel", "audit", "audit_header", "audit_needed"),
    *("audit_versions", "audit_symbols", "audit_loading", "audit_bundled"),
    *("audit_contents", "audit_command"),
)


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
    identifier, _, mutation = name.partition(":")
    for module, attribute, function in _marked():
        marks = vars(function)
        if marks["rule"] == identifier and mutation in marks["mutations"]:
            setattr(module, attribute, marks["mutations"][mutation])
            try:
                yield
            finally:
                setattr(module, attribute, function)
            return
    raise UnknownMutationError(f"no rule has the mutation {name[:80]!r}")


def _marked() -> Iterator[tuple[ModuleType, str, object]]:
    for name in MODULES:
        module = import_module(f"manylinux_reference.{name}")
        for attribute, value in list(vars(module).items()):
            if callable(value) and "mutations" in getattr(value, "__dict__", {}):
                yield module, attribute, value
