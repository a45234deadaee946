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


def renewed(column: Column, again: Column) -> Column:
    """Return a column with the answers to some questions that were asked again."""
    new = {(each.case, each.where) for each in again.results}
    kept = (each for each in column.results if (each.case, each.where) not in new)
    return msgspec.structs.replace(
        column,
        seconds=round(column.seconds + again.seconds, 1),
        results=(*kept, *again.results),
    )


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
