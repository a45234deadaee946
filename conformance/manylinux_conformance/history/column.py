"""A column: what one release answered on one interpreter, or why it did not."""

from __future__ import annotations

from pathlib import Path

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.lines import Result


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answers of one release.

    ``python`` is the interpreter's version, ``released`` the day of the release, empty
    if it is not known; ``seconds`` of processor time were spent.
    ``unasked`` says why there are no answers; empty if there are.
    """

    version: str
    python: str = ""
    released: str = ""
    seconds: float = 0
    unasked: str = ""
    results: tuple[Result, ...] = ()


def read_column(path: Path) -> Column | None:
    """Return a column that was written before; None if there is none.

    Raises InputError if the file is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Column)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise InputError(path, str(error)) from error


def write_column(column: Column, path: Path) -> None:
    """Write a column, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as new:
        new.write_bytes(msgspec.json.encode(column))
