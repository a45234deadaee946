"""Reads files from outside, within bounds; an error names the file and the reason."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TypeVar

import msgspec

from manylinux_conformance.errors import InputError

T = TypeVar("T")
LARGEST_INPUT = 8 * 1024 * 1024
LARGEST_TOML = 512 * 1024
# A key a.b.c costs tomllib the square of its parts, and a key stands on one line.
MOST_DOTS = 99


def read_bytes(path: Path, largest: int = LARGEST_INPUT) -> bytes:
    """Return a file's content, or raise InputError if it is missing or too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(path, "is not a regular file")
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error
    if len(content) > largest:
        raise InputError(path, f"larger than {largest} bytes")
    return content


def read_toml(path: Path, shape: type[T]) -> T:
    """Read a TOML file into a struct; unknown keys and wrong types are InputErrors."""
    try:
        return decode_toml(read_bytes(path, LARGEST_TOML), shape)
    except ValueError as error:
        raise InputError(path, str(error)) from error


def decode_toml(content: bytes, shape: type[T]) -> T:
    """Decode a TOML document within bounds; ValueError says what is wrong with it."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.count(b".") > MOST_DOTS:
            raise ValueError(f"line {number}: more than {MOST_DOTS} dots")
    try:
        return msgspec.toml.decode(content, type=shape)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


def convert_part(path: Path, part: object, shape: type[T], key: str) -> T:
    """Convert a part of a TOML document; ``key`` is where it stands in the document.

    Raises InputError for unknown keys and wrong types, by their place in the document.
    """
    try:
        return msgspec.convert(part, type=shape)
    except msgspec.ValidationError as error:
        said = str(error)
        if key:
            whole = f"`$.{key}"
            said = (
                said.replace("`$", whole) if "`$" in said else f"{said} - at {whole}`"
            )
        raise InputError(path, said) from error
