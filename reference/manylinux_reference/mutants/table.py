"""The shape of the tables of mutants, and stand-ins that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from manylinux_reference.rules.findings import Finding

Function = Callable[..., object]
Mutation = dict[Function, Function]  # what is replaced, by what
Table = dict[str, dict[str, Mutation]]  # rule, name of the mutation
Check = Callable[..., Iterator[Finding]]


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


def without(check: Check, rule: str) -> Mutation:
    """Return a mutation in which a check finds no breach of one rule."""

    def silent(*facts: object) -> Iterator[Finding]:
        return (finding for finding in check(*facts) if finding.rule != rule)

    return {check: silent}


def shifted(check: Check, rule: str, by: int) -> Mutation:
    """Return a mutation in which a rule's findings hold ``by`` minor releases later."""

    def moved(*facts: object) -> Iterator[Finding]:
        for finding in check(*facts):
            if finding.rule == rule:
                major, minor = finding.min_level
                finding.min_level = (major, minor + by)
            yield finding

    return {check: moved}
