"""The corpus, built into the cache once for each state of its recipes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_fixtures.corpus.manifest import MANIFEST, ManifestEntry, manifest_entry
from manylinux_fixtures.files.atomic_file import whole_folder
from manylinux_fixtures.files.write import digest

from manylinux_conformance.corpus.hostile import hostile_wheels
from manylinux_conformance.corpus.manifest import Corpus, read_corpus
from manylinux_conformance.errors import InputError


def built_corpus(cache: Path) -> Corpus:
    """Return the corpus below a cache folder, built now or by an earlier run.

    It holds the wheels of the recipes and the hostile ones that auditors are given.
    Raises InputError if a recipe cannot be built.
    """
    try:
        wheels = _wheels()
    except InputError as error:
        raise InputError("corpus", str(error)) from error
    manifest = msgspec.json.encode([line for line, _ in wheels])
    folder = cache / "corpus" / hashlib.sha256(manifest).hexdigest()[:16]
    if not folder.exists():
        with whole_folder(folder) as new:
            for line, content in wheels:
                path = new / line.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            (new / MANIFEST).write_bytes(manifest)
    return read_corpus(folder)


def _wheels() -> list[tuple[ManifestEntry, bytes]]:
    """Return every wheel with its line, sorted by path."""
    built = ((fixture, fixture.content()) for fixture in fixtures())
    wheels = [
        (manifest_entry(fixture, digest(wheel)), wheel) for fixture, wheel in built
    ]
    return sorted([*wheels, *hostile_wheels()], key=lambda each: each[0].path)
