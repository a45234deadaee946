"""Lints what causes count for: one that breaks several rules says why each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from manylinux_conformance.finding import Finding
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.results.consequences import breaches, consequences
from manylinux_conformance.suite.rules import Rule, parents_of
from manylinux_conformance.tools.causes import Cause

Causes = Mapping[str, tuple[Cause, ...]]
_Named = tuple[str, str]  # a tool and the identifier of a cause


def lint_counts(
    causes: Causes, blocks: Iterable[Block], rules: Mapping[str, Rule]
) -> Iterator[Finding]:
    """Yield the causes that count more than once, and nobody says why.

    ``causes`` maps a tool to its causes, ``blocks`` are the answers on file.
    A rule counts for a cause if it binds and no other cause breaks it.  Where there are
    two of them, a premise or a parent has to join them, or ``why_each`` to say why
    they are apart.
    """
    counted: dict[_Named, set[str]] = defaultdict(set)
    for block in joined(list(blocks)):
        for name, alone in _broken_alone(block, rules).items():
            if len(alone) > 1:
                counted[block.header.tool, name] |= alone
    for tool, found in causes.items():
        for cause in found:
            if said := _complaint(cause, sorted(counted[tool, cause.id])):
                yield Finding(f"{tool}.toml", 0, f"{cause.id} {said}")


def _complaint(cause: Cause, alone: list[str]) -> str:
    if alone and not cause.why_each:
        return f"alone breaks {', '.join(alone)}: 'why_each' must say why not one"
    if cause.why_each and not cause.of and not alone:
        return "breaks no two rules alone, and needs no 'why_each'"
    return ""


def _broken_alone(block: Block, rules: Mapping[str, Rule]) -> dict[str, set[str]]:
    """Return the binding rules that each cause breaks and no other one does."""
    follows = consequences(block.results, parents_of(rules))
    by_rule: dict[str, set[str]] = defaultdict(set)
    for one in breaches(block.results, follows):
        by_rule[one.rule].add(one.cause)
    found: dict[str, set[str]] = defaultdict(set)
    for rule, causes in by_rule.items():
        if len(causes) == 1 and rule in rules and rules[rule].level.is_must:
            found[next(iter(causes))].add(rule)
    return found
