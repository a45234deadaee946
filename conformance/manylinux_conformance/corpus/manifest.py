"""A built corpus: a folder of fixture wheels with its manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from manylinux_fixtures.corpus.manifest import MANIFEST, ManifestEntry
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError


@dataclass(frozen=True, slots=True)
class Corpus:
    """The wheels of a folder; ``lines`` say what is expected of each."""

    folder: Path
    lines: tuple[ManifestEntry, ...]

    def wheel(self, line: ManifestEntry) -> Path:
        """Return where a line's wheel lies."""
        return self.folder / line.path

    def only(self, wanted: Callable[[ManifestEntry], bool]) -> Corpus:
        """Return the part of the corpus that is wanted."""
        return replace(self, lines=tuple(line for line in self.lines if wanted(line)))


def read_corpus(folder: Path) -> Corpus:
    """Read the manifest of a built corpus.

    Raises InputError for a manifest that cannot be read or that names a wheel outside
    of the folder.
    """
    path = folder / MANIFEST
    try:
        lines = msgspec.json.decode(read_bytes(path), type=tuple[ManifestEntry, ...])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, str(error)) from error
    for line in lines:
        if not (folder / line.path).resolve().is_relative_to(folder.resolve()):
            raise InputError(path, f"{line.path!r} leaves its folder")
    return Corpus(folder, lines)
