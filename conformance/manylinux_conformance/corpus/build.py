"""The corpus, built into the cache once for each state of its recipes."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from manylinux_fixtures.corpus.fixtures import Fixture, fixtures
from manylinux_fixtures.corpus.manifest import MANIFEST, ManifestEntry, manifest_entry
from manylinux_fixtures.disguise import Disguise
from manylinux_fixtures.files.atomic_file import whole_folder
from manylinux_fixtures.files.write import digest

from manylinux_conformance.corpus.hostile import hostile_wheels
from manylinux_conformance.corpus.manifest import Corpus, read_corpus
from manylinux_conformance.errors import InputError


@functools.cache
def built_corpus(cache: Path) -> Corpus:
    """Return the corpus below a cache folder, built now or by an earlier run.

    One process makes it once, whatever the number of auditors.
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
        _store(folder, wheels)
    return read_corpus(folder)


def disguised_corpus(
    folder: Path, disguise: Disguise, wanted: Callable[[ManifestEntry], bool]
) -> Corpus:
    """Return wheels in a disguise, built below a folder unless they are there.

    Each recipe gives a wheel of one of its wanted architectures, by turns with the
    seed, which keeps a seed cheap.  The hostile wheels are about their very bytes; they
    have no other appearance and are left out.
    Raises InputError if a recipe cannot be built.
    """
    chosen = one_of_each(
        [each for each in fixtures(disguise=disguise) if wanted(manifest_entry(each))],
        disguise,
    )
    place = folder / f"wheels-{disguise.seed}"
    if not place.exists():
        _store(place, [_disguised(fixture) for fixture in chosen])
    return read_corpus(place)


def one_of_each(fixtures: Iterable[Fixture], disguise: Disguise) -> list[Fixture]:
    """Return the fixture of one architecture for each recipe."""
    recipes: dict[str, list[Fixture]] = {}
    for fixture in fixtures:
        recipes.setdefault(fixture.id.rpartition("/")[0], []).append(fixture)
    undisguised = Disguise()
    return [
        found[
            (undisguised.number(recipe, "turn", len(found)) + disguise.seed)
            % len(found)
        ]
        for recipe, found in recipes.items()
    ]


def _disguised(fixture: Fixture) -> tuple[ManifestEntry, bytes]:
    content = fixture.content()
    line = manifest_entry(fixture, digest(content))
    place = fixture.disguise.name(fixture.id, "folder")
    name = line.path.rpartition("/")[2]
    return msgspec.structs.replace(line, path=f"{place}/{name}"), content


def _store(folder: Path, wheels: Sequence[tuple[ManifestEntry, bytes]]) -> None:
    """Write wheels and their manifest into a new folder."""
    with whole_folder(folder) as new:
        for line, content in wheels:
            path = new / line.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        manifest = msgspec.json.encode([line for line, _ in wheels])
        (new / MANIFEST).write_bytes(manifest)


def _wheels() -> list[tuple[ManifestEntry, bytes]]:
    """Return every wheel with its line, sorted by path."""
    built = ((fixture, fixture.content()) for fixture in fixtures())
    wheels = [
        (manifest_entry(fixture, digest(wheel)), wheel) for fixture, wheel in built
    ]
    return sorted([*wheels, *hostile_wheels()], key=lambda each: each[0].path)
