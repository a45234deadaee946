"""Merges the results of several runs, on one machine or on several, into one set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.baseline import BlockKey, block_key
from manylinux_conformance.results.blocks import Block, read_blocks
from manylinux_conformance.results.lines import EDITION, Header
from manylinux_conformance.results.shards import Found, whole

Tool = tuple[str, str, str]  # role, name, version


def merged(paths: Sequence[Path], rules_lock: str) -> tuple[Block, ...]:
    """Return the blocks of result files, each once; none may be missing a part.

    What one run could not ask, and another did, counts as asked.  ``rules_lock`` is the
    digest of the rules that all have to be about.
    Raises InputError if a file is not whole, is of another edition, answers what
    another one answers differently, or is a part of a run that has others.
    """
    found = [(path, block) for path in paths for block in _blocks(path, rules_lock)]
    found = list(whole(found))
    answered = list(_once(each for each in found if each[1].results))
    places = {block_key(block.header) for block in answered}
    silent = _silent((block for _, block in found if not block.results), places)
    return tuple(_listed_once([*answered, *silent]))


def _blocks(path: Path, rules_lock: str) -> list[Block]:
    blocks = list(read_blocks(path))
    if not blocks:
        raise InputError(path, "holds no block of results")
    for header in (block.header for block in blocks):
        if (header.edition, header.rules_lock) != (EDITION, rules_lock):
            theirs = f"edition {header.edition}, rules.lock {header.rules_lock[:12]}"
            ours = f"edition {EDITION}, rules.lock {rules_lock[:12]}"
            reason = f"is about {theirs}, not {ours}; run again with the same release"
            raise InputError(path, reason)
    return blocks


def _once(found: Iterable[Found]) -> Iterator[Block]:
    """Yield each answered block once; two of one place have to say the same."""
    seen: dict[tuple[BlockKey, str, str], Found] = {}
    for path, block in found:
        header = block.header
        key = (block_key(header), header.host, header.python)
        first, before = seen.setdefault(key, (path, block))
        if before is block:
            yield block
        elif before != block:
            where = header.platform or header.host
            said = f"{header.name} as {header.role} on {where}"
            reason = f"{said} has other answers in {first}; leave one of them out"
            raise InputError(path, reason)


def _silent(blocks: Iterable[Block], answered: AbstractSet[BlockKey]) -> list[Block]:
    """Return one block for each tool and place with what its blocks could not ask.

    That nothing could be asked in a place is said once, unless a run did ask there.
    """
    groups: dict[BlockKey, Block] = {}
    for block in blocks:
        place = block_key(block.header)
        before = groups.get(place, Block(block.header, ()))
        said = place in answered or not all(line.platforms for line in before.not_run)
        lines = [line for line in block.missing if line.platforms or not said]
        groups[place] = Block(before.header, (), (*before.not_run, *lines))
    return list(groups.values())


def _listed_once(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks that list each platform once for a tool, and only if none asked."""
    known: dict[Tool, set[str]] = defaultdict(set)
    for block in blocks:
        names = (result.where for result in block.results)
        known[_tool(block.header)].update(names)
    for block in blocks:
        seen, lines = known[_tool(block.header)], []
        for line in block.missing:
            if left := line.without(seen):
                seen.update(left.platforms)
                lines.append(left)
        if block.results or lines:
            yield Block(block.header, block.results, tuple(lines))


def _tool(header: Header) -> Tool:
    return block_key(header)[:3]
