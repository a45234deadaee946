"""Newest answers: which tools, in their newest release, do not keep a rule today."""

from __future__ import annotations

from collections.abc import Iterable

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.deviations import DIFFERING


def differing_tools(blocks: Iterable[Block], rule: str) -> list[str] | None:
    """Return the newest releases with a wrong answer that breaches a rule.

    A wrong answer to a control, or to a draft, shows nothing about the rule.  None if
    no tool was asked.  The blocks of a tool stand in the order of its versions.
    """
    answers: dict[tuple[Role, str], tuple[str, bool]] = {}
    for block in blocks:
        found = [result for result in block.results if result.rule == rule]
        if found:
            header = block.header
            breaches = any(map(_is_breach, found))
            answers[header.role, header.tool] = header.name, breaches
    if not answers:
        return None
    return sorted({name for name, breaches in answers.values() if breaches})


def _is_breach(result: Result) -> bool:
    counts = not result.control and not result.draft
    return counts and result.verdict in DIFFERING
