"""Writes a new adapter file from a few answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.tools.adapters import read_adapter
from manylinux_conformance.tools.recording import as_toml


@dataclass(frozen=True, slots=True)
class NewAdapter:
    """What somebody answered; commands as one types them into a shell."""

    name: str
    role: Role
    command: str
    version: str
    pypi: str


def write_adapter(path: Path, said: NewAdapter) -> None:
    """Write an adapter file, and see that it can be used.

    Raises InputError if not; there is no file then.
    """
    try:
        text = "\n".join(_lines(said)) + "\n"
    except ValueError as error:  # a quotation that does not end
        raise InputError(path, f"the command cannot be read: {error}") from error
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        read_adapter(path)
    except InputError:
        path.unlink()
        raise


def _lines(said: NewAdapter) -> Iterator[str]:
    yield f"name = {as_toml(said.name)}"
    yield f"roles = {as_toml([said.role.value])}"
    if said.version:
        yield f"version = {as_toml(shlex.split(said.version))}"
    if said.pypi:
        yield ""
        yield "[provide]"
        yield f"pypi = {as_toml([said.pypi])}"
        if "{tool}" not in said.command:
            yield "inside = true  # the command begins with the target's {python}"
    yield ""
    yield f"[{said.role.table_key}]"
    yield f"command = {as_toml(shlex.split(said.command))}"
