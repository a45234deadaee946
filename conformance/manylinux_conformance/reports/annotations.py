"""Annotations of GitHub's workflows: a line for each rule that a tool breaks.

The format is that of GitHub's page "Workflow commands".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from manylinux_conformance.reports.differences import differences
from manylinux_conformance.results.blocks import Block, joined
from manylinux_conformance.suite.rules import Rule

MOST = 10  # of a level; GitHub shows no more of one step


def workflow_commands(
    blocks: Sequence[Block], rules: Mapping[str, Rule]
) -> Iterator[str]:
    """Yield a command for each rule with an unexplained breach, errors first."""
    found: dict[str, list[str]] = {"error": [], "warning": []}
    for block in joined(blocks):
        seen: dict[str, int] = {}
        unexplained = next(iter(differences(block, rules).values()))
        for one in unexplained:
            seen[one.result.rule] = seen.get(one.result.rule, 0) + 1
        for name, count in seen.items():
            rule = rules.get(name)
            level = "error" if rule and rule.level.is_must else "warning"
            title = f"{block.header.name}: {name} ({count} answers)"
            text = rule.text if rule else "no rule of this release"
            found[level].append(f"::{level} title={_escaped(title)}::{_escaped(text)}")
    for level, lines in found.items():
        yield from lines[:MOST]
        if len(lines) > MOST:
            yield f"::notice::{len(lines) - MOST} more of level {level} in the report"


def _escaped(text: str) -> str:
    for character, code in (("%", "%25"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(character, code)
    return text
