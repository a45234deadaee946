"""What a run shows of deviations: differences without one, and unused ones."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.deviations import unexpected, unmatched
from manylinux_conformance.tools.selection import Tool


def unexplained_differences(
    blocks: Sequence[Block], tools: Sequence[Tool]
) -> Iterator[str]:
    """Yield differences without a deviation, and passes in spite of one."""
    by_name = {(tool.adapter.name, tool.version): tool for tool in tools}
    for block in blocks:
        header = block.header
        tool = by_name[header.tool, header.version]
        counted = [result for result in block.results if not result.draft]
        for said in unexpected(counted, tool.deviations, tool.version, header.role):
            yield f"{tool.name}: {said}"


def unused_deviations(
    blocks: Iterable[Block], tools: Sequence[Tool], roles: Collection[Role]
) -> Iterator[str]:
    """Yield deviations that match no difference, of tools asked in all their roles.

    ``blocks`` are those of a run that was not narrowed and, for what was not run,
    those of the baseline: an entry may be about a version that cannot be asked here.
    """
    known = list(blocks)
    for name in dict.fromkeys(tool.adapter.name for tool in tools):
        tool = next(tool for tool in tools if tool.adapter.name == name)
        seen = [
            (result, block.header.version, block.header.role)
            for block in known
            for result in block.results
            if block.header.tool == name
        ]
        asked = {(version, role) for _, version, role in seen}
        mine = [role for role in tool.adapter.roles if role in roles]
        if asked.issuperset(itertools.product(tool.adapter.versions, mine)):
            for finding in unmatched(seen, tool.deviations, f"{name}.toml"):
                yield str(finding)
