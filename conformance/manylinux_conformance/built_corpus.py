"""The corpus, built into the cache once for each state of its recipes."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from manylinux_fixtures.corpus import digest, fixtures, place
from manylinux_fixtures.fixture_error import FixtureError
from manylinux_fixtures.manifest import MANIFEST, manifest_of

from manylinux_conformance.corpus import Corpus, read_corpus
from manylinux_conformance.input_error import InputError


def built_corpus(cache: Path) -> Corpus:
    """Return the corpus below a cache folder, built now or by an earlier run.

    Raises InputError if a recipe cannot be built.
    """
    try:
        chosen = fixtures()
        content = {fixture.path: fixture.content() for fixture in chosen}
        digests = {path: digest(wheel) for path, wheel in content.items()}
        manifest = manifest_of(chosen, digests)
    except FixtureError as error:
        raise InputError("corpus", str(error)) from error
    folder = cache / "corpus" / hashlib.sha256(manifest).hexdigest()[:16]
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent))
        for path, wheel in content.items():
            place(unfinished / path, wheel)
        place(unfinished / MANIFEST, manifest)
        _settle(unfinished, folder)
    return read_corpus(folder)


def _settle(unfinished: Path, folder: Path) -> None:
    """Let a finished folder take its name; another run may have been faster."""
    try:
        os.rename(unfinished, folder)  # noqa: PTH104 - Path.rename says the same less plainly
    except OSError:
        shutil.rmtree(unfinished)
