"""Complaints: what a run found that nobody has explained, and needless explanations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manylinux_conformance.deviations import unexpected, unmatched
from manylinux_conformance.results_file import Block
from manylinux_conformance.tool_choice import Tool


def complaints_about(
    blocks: Sequence[Block], tools: Sequence[Tool], *, complete: bool
) -> Iterator[str]:
    """Yield differences without a deviation, and deviations that nothing shows.

    ``complete``: no case was left out, so that every deviation must show.
    """
    by_name = {(tool.adapter.name, tool.version): tool for tool in tools}
    for block in blocks:
        header = block.header
        tool = by_name[header.tool, header.version]
        for said in unexpected(
            block.results, tool.deviations, tool.version, header.role
        ):
            yield f"{tool.name}: {said}"
    if complete:
        yield from _needless(blocks, tools)


def _needless(blocks: Sequence[Block], tools: Sequence[Tool]) -> Iterator[str]:
    for name in dict.fromkeys(tool.adapter.name for tool in tools):
        versions = [tool for tool in tools if tool.adapter.name == name]
        mine = [block for block in blocks if block.header.tool == name]
        asked = {block.header.version for block in mine if block.results}
        if asked != set(versions[0].adapter.versions):
            continue  # an entry may be about a version that was not asked
        seen = [
            (result, block.header.version, block.header.role)
            for block in mine
            for result in block.results
        ]
        for finding in unmatched(seen, versions[0].deviations, f"{name}.toml"):
            yield str(finding)
