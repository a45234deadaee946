"""Committed results: what pinned tools answered, kept as text and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from manylinux_conformance.results import Header, Result
from manylinux_conformance.results_file import Block, read_blocks, write_blocks


def file_name(header: Header) -> str:
    """Return the file that keeps a block, such as ``installer-uv-0.13.9.jsonl``."""
    parts = (header.role.value, header.tool, header.version)
    return "-".join(part for part in parts if part) + ".jsonl"


def commit(blocks: list[Block], folder: Path) -> None:
    """Write each block to its file; blocks of other tools stay as they are."""
    for block in blocks:
        write_blocks([block], folder / file_name(block.header))


def changes(block: Block, folder: Path, *, complete: bool) -> Iterator[str]:
    """Yield how a fresh block differs from the committed one, a line per case.

    ``complete``: the run was not narrowed, so committed cases may not be missing.
    Raises InputError if the committed file is damaged.
    """
    name = file_name(block.header)
    if not (folder / name).exists():
        yield f"{name}: not committed yet; run with --update"
        return
    for committed in read_blocks(folder / name):
        before = {_key(result): result for result in committed.results}
        after = {_key(result): result for result in block.results}
        for key, result in after.items():
            yield from _change(name, before.get(key), result)
        if complete:
            for key in before.keys() - after.keys():
                yield f"{name}: {key[0]} on {key[1]}: no longer asked"


def _key(result: Result) -> tuple[str, str]:
    return result.case, result.platform


def _change(name: str, before: Result | None, after: Result) -> Iterator[str]:
    where = f"{name}: {after.case} on {after.platform}"
    if before is None:
        yield f"{where}: not asked before"
    elif before != after:
        yield f"{where}: was {_said(before)}, is {_said(after)}"


def _said(result: Result) -> str:
    recorded = f" ({result.deviation})" if result.deviation else ""
    return f"{result.verdict} {result.answer or result.reason}{recorded}".strip()
