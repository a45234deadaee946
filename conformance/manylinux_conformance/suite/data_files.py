"""Normative data files: the revision of each, and a digest of what it says."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError

NORMATIVE = ("aliases", "architectures", "glibc", "policies")


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """One normative table; ``digest`` is of its content, comments and layout aside."""

    id: str
    revision: int
    digest: str


def read_data_files(folder: Path) -> dict[str, DataFile]:
    """Read the normative tables of a specification folder, those that it has.

    Raises InputError for one that is no TOML, or has no number as its ``revision``.
    """
    paths = (folder / "data" / f"{name}.toml" for name in NORMATIVE)
    found = [_data_file(path) for path in paths if path.exists()]
    return {each.id: each for each in found}


def _data_file(path: Path) -> DataFile:
    try:
        content = tomllib.loads(read_bytes(path).decode())
        revision = content.pop("revision")
        said = json.dumps(content, sort_keys=True)
        return DataFile(
            id=f"data.{path.stem}",
            revision=int(revision),
            digest=hashlib.sha256(said.encode()).hexdigest(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(path, f"no normative data: {error}") from error
