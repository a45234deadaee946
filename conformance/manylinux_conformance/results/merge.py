"""Merges the results of several runs, on one machine or on several, into one set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import Block, read_blocks
from manylinux_conformance.results.lines import EDITION, Header, NotRun

SEPARATOR = ", "  # between the platforms of one not-run line

Tool = tuple[str, str, str]  # role, name, version
Asked = Mapping[
    Tool, AbstractSet[str]
]  # the platforms that any of the runs asked it on
Found = tuple[Path, Block]


def merged(paths: Sequence[Path], rules_lock: str) -> tuple[Block, ...]:
    """Return the blocks of result files, each once; none may be missing a part.

    What one run could not ask, and another did, counts as asked.  ``rules_lock`` is the
    digest of the rules that all have to be about.
    Raises InputError if a file is not whole, is of another edition, or answers what
    another one answers differently.
    """
    found = [(path, block) for path in paths for block in _blocks(path, rules_lock)]
    asked: dict[Tool, set[str]] = {}
    for _, block in found:
        names = {result.platform for result in block.results}
        asked.setdefault(_tool(block.header), set()).update(names)
    answered = tuple(_once([each for each in found if each[1].results], asked))
    silent = [block for _, block in found if not block.results]
    return (*answered, *_reasons(silent, answered, asked))


def _blocks(path: Path, rules_lock: str) -> Iterator[Block]:
    number = 0
    for number, block in enumerate(read_blocks(path), 1):  # noqa: B007 - is counted
        header = block.header
        if (header.edition, header.rules_lock) != (EDITION, rules_lock):
            theirs = f"edition {header.edition}, rules.lock {header.rules_lock[:12]}"
            ours = f"edition {EDITION}, rules.lock {rules_lock[:12]}"
            reason = f"is about {theirs}, not {ours}; run again with the same release"
            raise InputError(path, reason)
        yield block
    if not number:
        raise InputError(path, "holds no block of results")


def _once(found: Iterable[Found], asked: Asked) -> Iterator[Block]:
    """Yield each answered block once; two of one place have to say the same."""
    seen: dict[tuple[Tool, str, str, str], Found] = {}
    for path, block in found:
        header = block.header
        place = (*_place(header), header.host, header.python)
        first, before = seen.setdefault(place, (path, block))
        if before is block:
            left = tuple(_still_missing(block, asked[_tool(header)]))
            yield Block(header, block.results, left)
        elif before != block:
            name = " ".join(filter(None, (header.tool, header.version)))
            where = header.platform or f"the modelled platforms of {header.host}"
            reason = f"{name} as {header.role} on {where} answers otherwise in {first}"
            raise InputError(path, f"{reason}; leave one of them out")


def _reasons(
    silent: Iterable[Block], answered: Iterable[Block], asked: Asked
) -> Iterator[Block]:
    """Yield what no run asked: a block for each tool and place, each platform once."""
    places = {_place(block.header) for block in answered}
    groups: dict[tuple[Tool, str], Block] = {}
    for block in silent:
        place = _place(block.header)
        if place in places:
            continue
        before = groups.get(place, Block(block.header, ()))
        said = {name for line in before.not_run for name in _names(line)}
        known = asked.get(_tool(block.header), set()) | said
        lines = (*before.not_run, *_still_missing(block, known))
        groups[place] = Block(before.header, (), lines)
    yield from (block for block in groups.values() if block.not_run)


def _still_missing(block: Block, known: AbstractSet[str]) -> Iterator[NotRun]:
    for line in block.not_run:
        left = [name for name in _names(line) if name not in known]
        if left:
            yield msgspec.structs.replace(line, platform=SEPARATOR.join(left))


def _names(line: NotRun) -> list[str]:
    return line.platform.split(SEPARATOR)


def _place(header: Header) -> tuple[Tool, str]:
    return _tool(header), header.platform


def _tool(header: Header) -> Tool:
    return (header.role, header.tool, header.version)
