"""Reads and writes result files: blocks that prove their own completeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import FORMAT, Footer, Header, NotRun, Result

Line = Header | Result | NotRun | Footer
LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Block:
    """Everything one tool's version answered in one role."""

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
            tuple(line for block in group for line in block.not_run),
        )
        for group in groups.values()
    ]


def write_blocks(blocks: Iterable[Block], path: Path) -> None:
    """Write a result file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as file:
        for block in blocks:
            for line in (block.header, *block.not_run, *block.results, block.footer):
                file.write(msgspec.json.encode(line) + b"\n")
    temporary.replace(path)


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a result file.

    Raises InputError if a line is malformed or a block is not whole.
    """
    header: Header | None = None
    results: list[Result] = []
    not_run: list[NotRun] = []
    for number, line in _lines(path):
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
        reason = f"the block of {header.tool} {header.version} has no footer"
        raise InputError(path, reason)


def read_results(folder: Path) -> list[Block]:
    """Read every result file of a folder, by file name."""
    paths = sorted(folder.glob("*.jsonl"))
    return [block for path in paths for block in read_blocks(path)]


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    decoder = msgspec.json.Decoder(type=Line)
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(LONGEST_LINE):
                number += 1
                if not raw.endswith(b"\n"):
                    raise InputError(path, f"line {number}: cut off or too long")
                yield number, _decoded(decoder, raw, path, number)
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error


def _decoded(
    decoder: msgspec.json.Decoder[Line], raw: bytes, path: Path, number: int
) -> Line:
    try:
        line = decoder.decode(raw)
    except RecursionError as error:
        raise InputError(path, f"line {number}: nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"line {number}: {error}") from error
    if isinstance(line, Header) and line.format != FORMAT:
        raise InputError(path, f"line {number}: format {line.format}, not {FORMAT}")
    return line
