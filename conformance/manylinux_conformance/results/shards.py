"""Puts the parts of a run together again, and proves that none is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.baseline import BlockKey, block_key
from manylinux_conformance.results.blocks import Block

FORM = re.compile(r"([1-9]\d*)/([1-9]\d*) of (.*)", re.ASCII)
Found = tuple[Path, Block]
Run = tuple[BlockKey, str, int]  # a tool in a role; of which run, of how many parts


def whole(found: Iterable[Found]) -> Iterator[Found]:
    """Yield blocks as a run without parts would have written them.

    Raises InputError if a part is missing, is of another run, or answers what another
    part answers.
    """
    parts: dict[Run, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for path, block in found:
        if not block.header.shard:
            yield path, block
            continue
        number, count, scope = _read(path, block.header.shard)
        run = (*block_key(block.header)[:3], ""), scope, count
        if (path, block) not in parts[run][number]:
            parts[run][number].append((path, block))
    for run, numbered in parts.items():
        yield from _put_together(run, numbered)


def _read(path: Path, shard: str) -> tuple[int, int, str]:
    found = FORM.fullmatch(shard)
    if found is None or int(found[1]) > int(found[2]):
        raise InputError(path, f"{shard!r} is no part of a run")
    return int(found[1]), int(found[2]), found[3]


def _put_together(run: Run, numbered: dict[int, list[Found]]) -> Iterator[Found]:
    (role, tool, version, _), _, count = run
    blocks = [each for number in sorted(numbered) for each in numbered[number]]
    missing = [str(each) for each in range(1, count + 1) if each not in numbered]
    if missing:
        name = f"{tool} {version}".strip()
        said = f"{name} as {role} is not whole: part {', '.join(missing)} of {count}"
        raise InputError(blocks[0][0], f"{said} is missing")
    places: dict[tuple[object, ...], list[Found]] = defaultdict(list)
    for path, block in blocks:
        header = block.header
        places[block_key(header), header.host, header.python].append((path, block))
    for group in places.values():
        yield group[0][0], _joined(group)


def _joined(group: list[Found]) -> Block:
    """Return the blocks of one place as one; no question may be answered twice."""
    seen: set[tuple[str, str]] = set()
    for path, block in group:
        for result in block.results:
            key = result.case, result.where
            if key in seen:
                raise InputError(path, f"{key[0]} on {key[1]} is in two parts")
            seen.add(key)
    header = msgspec.structs.replace(group[0][1].header, shard="")
    results = (result for _, block in group for result in block.results)
    lines = tuple(line for _, block in group for line in block.not_run)
    ordered = sorted(results, key=lambda one: (one.where, one.case))
    return Block(header, tuple(ordered), lines)
