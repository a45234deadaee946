"""Says what was not run: a line for each reason, with what would help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun

SHOWN = 3  # names, before the rest is only counted
PATTERN = "PATTERN"


def not_run_lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield what was not run, for each reason and remedy once.

    Remedies that differ in their pattern of platforms alone are one: the catalogue of
    containers is long.
    """
    names: dict[tuple[str, str], dict[str, None]] = {}
    remedies: dict[tuple[str, str], dict[str, str]] = {}
    for block in blocks:
        for line in block.missing:
            pattern = _pattern(line)
            key = line.reason, _with_placeholder(line.remedy, pattern)
            found = _names(block, line)
            names.setdefault(key, {}).update(dict.fromkeys(found))
            remedies.setdefault(key, {})[line.remedy] = pattern
    for (reason, remedy), found in names.items():
        patterns = remedies[reason, remedy]
        yield f"not run: {_shown(list(found))}: {reason}{_advice(remedy, patterns)}"


def _names(block: Block, line: NotRun) -> Iterable[str]:
    """Return what a line is about; a container that is not ready is no tool's fault."""
    if line.platforms and _is_for_every_tool(block):
        return line.platforms
    name = block.header.name
    return [f"{name} on {platform}" for platform in line.platforms] or [name]


def _is_for_every_tool(block: Block) -> bool:
    return not block.results and not block.header.platform


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _pattern(line: NotRun) -> str:
    """Return the word of a remedy that names all platforms of its line, if one does."""
    for word in line.remedy.split():
        bare = word.strip("'")
        if line.platforms and all(fnmatchcase(each, bare) for each in line.platforms):
            return word
    return ""


def _with_placeholder(remedy: str, pattern: str) -> str:
    words = (PATTERN if word == pattern else word for word in remedy.split())
    return " ".join(words)


def _advice(remedy: str, patterns: dict[str, str]) -> str:
    """Return what to run; ``patterns`` are those of the remedies that are told here."""
    if len(patterns) > 1:
        return f"; run: {remedy}, for {PATTERN} {', '.join(patterns.values())}"
    (single,) = patterns
    return f"; run: {single}" if single else ""
