"""Definitions: words that decide verdicts, in normative blocks of their own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InputError

OPENING = re.compile(r":::\{definition\}\s*(?P<id>\S*)\s*$")
REVISION = re.compile(r":revision:\s*(?P<revision>[0-9]+)\s*$")
IDENTIFIER = re.compile(r"term\.[a-z0-9]+(-[a-z0-9]+)*")


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What a word means in every rule; ``text`` has its line breaks folded."""

    id: str
    revision: int
    text: str
    chapter: str
    line: int

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_definitions(folder: Path) -> dict[str, Definition]:
    """Read the definition blocks of every chapter of a folder.

    Raises InputError for one that is malformed, empty or there twice.
    """
    found: dict[str, Definition] = {}
    for path in sorted(folder.glob("*.md")):
        for definition in _read_chapter(path):
            if definition.id in found:
                where = f"line {definition.line}"
                raise InputError(path, f"{where}: {definition.id} is defined twice")
            found[definition.id] = definition
    return found


def _read_chapter(path: Path) -> Iterator[Definition]:
    lines = enumerate(read_bytes(path).decode("utf-8", "replace").split("\n"), 1)
    for number, line in lines:
        opening = OPENING.match(line)
        if opening:
            yield _definition(path, number, opening["id"], lines)


def _definition(
    path: Path, number: int, identifier: str, lines: Iterator[tuple[int, str]]
) -> Definition:
    where = f"line {number}: definition {identifier!r}"
    revision, text = 1, list[str]()
    for _, line in lines:
        if line.rstrip() == ":::":
            break
        if option := REVISION.match(line):
            revision = int(option["revision"])
        else:
            text.append(line)
    else:
        raise InputError(path, f"{where}: the block is never closed")
    if not IDENTIFIER.fullmatch(identifier):
        raise InputError(path, f"{where}: identifiers read like term.some-words")
    said = " ".join(" ".join(text).split())
    if not said:
        raise InputError(path, f"{where}: says nothing")
    return Definition(
        id=identifier, revision=revision, text=said, chapter=path.stem, line=number
    )
