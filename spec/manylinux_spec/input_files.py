"""Reads files within bounds; whatever is wrong with one is an InputError."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
LARGEST_INPUT = 8 * 1024 * 1024  # bytes
LARGEST_TOML = 512 * 1024  # bytes
# tomllib takes time in the square of the parts of a dotted key, and a key cannot
# continue on the next line (TOML 1.0, Keys).
MOST_DOTS = 99


class InputError(Exception):
    """An input cannot be used.

    ``where`` is the file, or the identifier of what is in it; ``reason`` says what is
    wrong with it.
    """

    def __init__(self, where: Path | str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = str(where)
        self.reason = reason


def read_bytes(path: Path, largest: int = LARGEST_INPUT) -> bytes:
    """Return the content of a regular file of at most ``largest`` bytes.

    Raises InputError if it is missing, unreadable, too large, or not a regular file.
    """
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
    """Read a TOML file into a struct.

    Raises InputError if the file cannot be read, is not TOML, or does not have the
    struct's shape; structs that forbid unknown fields refuse unknown keys.
    """
    try:
        return decode_toml(read_bytes(path, LARGEST_TOML), shape)
    except ValueError as error:
        raise InputError(path, str(error)) from error


def decode_toml(content: bytes, shape: type[T]) -> T:
    """Decode a TOML document into a struct.

    Raises ValueError, which says what is wrong with the document.
    """
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
    """Convert a part of a TOML document into a struct.

    ``key`` is where the part is in the document, as ``installer`` or ``choose[0]``.

    Raises InputError for unknown keys and wrong types, by their place in the document.
    """
    try:
        return msgspec.convert(part, type=shape)
    except msgspec.ValidationError as error:
        said, whole = str(error), f"`$.{key}"
        if key:
            known = "`$" in said
            said = said.replace("`$", whole) if known else f"{said} - at {whole}`"
        raise InputError(path, said) from error
