"""Versions: which is a tool's newest; the older ones are shown apart from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role


def version_key(version: str) -> list[int]:
    """Return the numbers of a version, to sort by."""
    return [int(number) for number in re.findall(r"\d+", version)]


def newest_versions(blocks: Iterable[Block]) -> dict[tuple[Role, str], str]:
    """Return the newest version of each tool in each role."""
    newest: dict[tuple[Role, str], str] = {}
    for header in (block.header for block in blocks):
        known = newest.setdefault((header.role, header.tool), header.version)
        if version_key(header.version) > version_key(known):
            newest[header.role, header.tool] = header.version
    return newest


def newest_and_older(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Return the blocks of each tool's newest version, and those of older ones."""
    versions = newest_versions(blocks)
    newest: list[Block] = []
    older: list[Block] = []
    for block in blocks:
        header = block.header
        is_newest = versions[header.role, header.tool] == header.version
        (newest if is_newest else older).append(block)
    return newest, older
