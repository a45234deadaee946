"""The manifest of a release: hashes of its rules, its corpus and its results.

A release attests this one file, and it stands for everything that the release says.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import msgspec
from manylinux_fixtures.corpus.lock import read_lock
from manylinux_fixtures.files.data_folder import data_path
from manylinux_spec.folder import spec_folder
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.results.blocks import result_files
from manylinux_conformance.results.lines import EDITION
from manylinux_conformance.results.read_lines import PACKED

FORMAT = 1
LARGEST = 64 * 1024 * 1024  # bytes of a result file


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """SHA-256 of each part; wheels by rule and file name, results by file name."""

    format: int
    edition: str
    suite: str
    rules_lock: str
    corpus: dict[str, str]
    results: dict[str, str]


def manifest() -> Manifest:
    """Return the manifest of this release.

    Raises InputError if a part of it cannot be read.
    """
    lock = read_lock(data_path("corpus.lock"))
    entries = (each for tier in lock.tiers.values() for each in tier.values())
    return Manifest(
        format=FORMAT,
        edition=EDITION,
        suite=version("manylinux-conformance"),
        rules_lock=_digest(spec_folder() / "rules.lock"),
        corpus={entry.path: entry.sha256 for entry in entries},
        results={
            _unpacked_name(path): _digest(path)
            for path in result_files(data_folder("results"))
        },
    )


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises InputError if the file is none.
    """
    try:
        return msgspec.json.decode(read_bytes(path), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, str(error)) from error


def unlike(path: Path, said: Manifest) -> Iterator[str]:
    """Yield what of a result file, or of a folder of wheels, is not as it is said.

    Raises InputError if there is nothing of which the manifest says anything.
    """
    if path.is_dir():
        yield from _wheels_unlike(path, said)
    elif (name := _unpacked_name(path)) not in said.results:
        raise InputError(path, "the manifest names no results of this file name")
    elif _digest(path) != said.results[name]:
        yield f"{path}: is not what the manifest says"


def _wheels_unlike(folder: Path, said: Manifest) -> Iterator[str]:
    found = sorted(folder.rglob("*.whl"))
    if not found:
        raise InputError(folder, "holds no wheel")
    for wheel in found:
        name = wheel.relative_to(folder).as_posix()
        if name not in said.corpus:
            yield f"{wheel}: the manifest knows no such wheel"
        elif _digest(wheel) != said.corpus[name]:
            yield f"{wheel}: is not what the manifest says"


def _unpacked_name(path: Path) -> str:
    return path.name.removesuffix(PACKED)


def _digest(path: Path) -> str:
    """Return the digest of a file, or of what is packed in it."""
    if path.suffix != PACKED:
        return hashlib.sha256(read_bytes(path, LARGEST)).hexdigest()
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(path, f"cannot be unpacked: {error}") from error
    if len(content) > LARGEST:
        raise InputError(path, f"holds more than {LARGEST} bytes")
    return hashlib.sha256(content).hexdigest()
