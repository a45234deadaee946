"""Reads the lines of a result file, of today's format and of the older one."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import FORMAT, Footer, Header, Line
from manylinux_conformance.results.older import OLDER_FORMAT, OlderLine, upgraded

PACKED = ".gz"  # the end of the name of a file that gzip has packed
LONGEST_LINE = 1024 * 1024  # bytes

_Decoded = TypeVar("_Decoded")


class _Start(msgspec.Struct, frozen=True):
    """What the first line of a block says about itself, in every format."""

    line: str
    format: int = 0


def read_lines(path: Path) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a result file in today's format, each with its number.

    Raises InputError, with the number, if a line is malformed or of an unknown format.
    """
    start = msgspec.json.Decoder(_Start)
    current: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
    older: msgspec.json.Decoder[OlderLine] = msgspec.json.Decoder(OlderLine)
    header: Header | None = None
    is_older = False
    for number, raw in _raw_lines(path):
        if header is None:
            is_older = _is_older(_decoded(start, raw, path, number), path, number)
        line = (
            upgraded(_decoded(older, raw, path, number), header)
            if is_older
            else _decoded(current, raw, path, number)
        )
        yield number, line
        if isinstance(line, Header | Footer):
            header = line if isinstance(line, Header) else None


def _is_older(start: _Start, path: Path, number: int) -> bool:
    if start.line == "header" and start.format not in {OLDER_FORMAT, FORMAT}:
        known = f"this release reads formats {OLDER_FORMAT} and {FORMAT}"
        reason = f"format {start.format} is unknown: {known}"
        raise InputError(path, f"line {number}: {reason}; use the one that wrote it")
    return start.format == OLDER_FORMAT


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(path) if path.suffix == PACKED else path.open("rb") as file:
            number = 0
            while raw := file.readline(LONGEST_LINE):
                number += 1
                if not raw.endswith(b"\n"):
                    raise InputError(path, f"line {number}: cut off or too long")
                yield number, raw
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error
    except (EOFError, zlib.error) as error:
        raise InputError(path, f"is damaged: {error}") from error


def _decoded(
    decoder: msgspec.json.Decoder[_Decoded], raw: bytes, path: Path, number: int
) -> _Decoded:
    try:
        return decoder.decode(raw)
    except RecursionError as error:
        raise InputError(path, f"line {number}: nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"line {number}: {error}") from error
