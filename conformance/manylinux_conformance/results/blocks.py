"""Reads and writes result files: blocks that prove their own completeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import Footer, Header, NotRun, Result
from manylinux_conformance.results.read_lines import PACKED, read_lines


@dataclass(frozen=True, slots=True)
class Block:
    """What one tool's version answered in one role, in one place.

    A file may have several blocks of the same tool, role and place, of which at most
    one has results: the others list what was not run.
    """

    header: Header
    results: tuple[Result, ...]
    not_run: tuple[NotRun, ...] = ()

    @property
    def footer(self) -> Footer:
        """The line that proves the block is whole."""
        counts = Counter(result.verdict.value for result in self.results)
        header = self.header
        return Footer(
            tool=header.tool,
            version=header.version,
            role=header.role,
            lines=len(self.results) + len(self.not_run),
            counts=dict(sorted(counts.items())),
        )

    @property
    def missing(self) -> tuple[NotRun, ...]:
        """What was not run; in a container's block every line names a platform."""
        if not self.header.platform:
            return self.not_run
        container = (self.header.platform,)
        return tuple(
            msgspec.structs.replace(line, platforms=line.platforms or container)
            for line in self.not_run
        )


def joined(blocks: Iterable[Block]) -> list[Block]:
    """Return one block for each tool, version and role, under its first header."""
    groups: dict[tuple[str, str, str], list[Block]] = {}
    for block in blocks:
        header = block.header
        key = (header.role, header.tool, header.version)
        groups.setdefault(key, []).append(block)
    return [
        Block(
            group[0].header,
            tuple(result for block in group for result in block.results),
            tuple(line for block in group for line in block.missing),
        )
        for group in groups.values()
    ]


def write_blocks(blocks: Iterable[Block], path: Path) -> None:
    """Write a result file, whole or not at all."""
    with whole_file(path) as new, new.open("wb") as file:
        for block in blocks:
            for line in (block.header, *block.not_run, *block.results, block.footer):
                file.write(msgspec.json.encode(line) + b"\n")


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a result file, of today's format or the older one.

    Raises InputError if a line is malformed or a block is not whole.
    """
    header: Header | None = None
    results: list[Result] = []
    not_run: list[NotRun] = []
    for number, line in read_lines(path):
        match line:
            case Header() if header is None:
                header = line
            case Result() if header is not None:
                results.append(line)
            case NotRun() if header is not None:
                not_run.append(line)
            case Footer() if header is not None:
                block = Block(header, tuple(results), tuple(not_run))
                if block.footer != line:
                    reason = "the footer does not fit the lines before it"
                    raise InputError(path, f"line {number}: {reason}")
                yield block
                header, results, not_run = None, [], []
            case _:
                raise InputError(path, f"line {number}: out of place")
    if header is not None:
        reason = f"the block of {header.name} has no footer"
        raise InputError(path, reason)


def read_results(folder: Path) -> list[Block]:
    """Read every result file of a folder, by file name.

    Raises InputError if one of them is damaged.
    """
    return [block for path in result_files(folder) for block in read_blocks(path)]


def result_files(folder: Path) -> list[Path]:
    """Return the result files of a folder, by name; in the wheel they are packed."""
    packed = folder.glob(f"*.jsonl{PACKED}")
    return sorted((*folder.glob("*.jsonl"), *packed))
