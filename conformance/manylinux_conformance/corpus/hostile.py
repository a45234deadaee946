"""The hostile wheels that auditors are asked about, as lines of the corpus.

Only those with one right answer: a wheel that cannot be read is not confirmed, one that
is merely unusual is.  What may be answered either way is not asked.
Bombs and crowds are not asked either: every tool would fill gigabytes and minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

from manylinux_fixtures.corpus.manifest import ManifestEntry
from manylinux_fixtures.files.write import digest
from manylinux_fixtures.hostile.inputs import HostileInput, Outcome, hostile_inputs
from manylinux_fixtures.recipes.recipe import Ask, Expectation

HOSTILE = "auditor.input.hostile"
ARCH = "x86_64"
EXPECTED = {
    Outcome.REFUSED: Expectation.VIOLATES,
    Outcome.ANSWERED: Expectation.HOLDS,
}
COSTLY = ("bomb-", "crowd-")


def hostile_wheels() -> Iterator[tuple[ManifestEntry, bytes]]:
    """Yield each hostile wheel that is a question, with its line."""
    for hostile in hostile_inputs():
        if hostile.outcome in EXPECTED and not hostile.name.startswith(COSTLY):
            content = hostile.content()
            yield _line(hostile, digest(content)), content


def _line(hostile: HostileInput, sha256: str) -> ManifestEntry:
    platforms = hostile.filename.removesuffix(".whl").rpartition("-")[2].split(".")
    claims = tuple(tag for tag in platforms if tag.startswith("manylinux"))
    expected = EXPECTED[hostile.outcome]
    return ManifestEntry(
        id=f"{HOSTILE}/{hostile.name}/{ARCH}",
        path=f"{HOSTILE}/{hostile.name}/{hostile.filename}",
        sha256=sha256,
        rule=HOSTILE,
        arch=ARCH,
        expectation=expected,
        tags=claims,
        false=claims if expected is Expectation.VIOLATES else (),
        oldest="unstated",
        twin="",
        about=hostile.about,
        ask=Ask.UNREADABLE,
        probe="",
        unloadable={},
    )
