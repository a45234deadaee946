"""The one error a reader of files raises: which file, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
LARGEST_INPUT = 8 * 1024 * 1024


class InputError(Exception):
    """A file from outside cannot be used; the message names the file and the reason."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = str(path)
        self.reason = reason


def read_bytes(path: Path) -> bytes:
    """Return a file's content, or raise InputError if it is missing or too large."""
    try:
        if path.stat().st_size > LARGEST_INPUT:
            raise InputError(path, f"larger than {LARGEST_INPUT} bytes")
        return path.read_bytes()
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error


def read_toml(path: Path, shape: type[T]) -> T:
    """Read a TOML file into a struct; unknown keys and wrong types are InputErrors."""
    try:
        return msgspec.toml.decode(read_bytes(path), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, str(error)) from error
