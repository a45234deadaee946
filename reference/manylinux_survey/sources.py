"""Finds wheels: below folders, in lists of addresses, on the pages of an index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from manylinux_reference.commands.many_wheels import wheels_below

from manylinux_survey.errors import SourceError
from manylinux_survey.rows import Offer
from manylinux_survey.simple_index import offers_of_index

MARKS = ("manylinux", "linux_")  # of platform tags that make a wheel worth judging
SCHEMES = ("http://", "https://")


def offers(
    sources: Iterable[str], projects: Path | None, *, everything: bool, agent: str
) -> Iterator[Offer]:
    """Yield the wheels for Linux that the sources have.

    A source is a folder, a wheel, a file with an address or a path on each line, or
    the address of a simple index, of which ``projects`` names the projects that are
    wanted, one on each line.  ``everything``: not the newest release of each project
    of an index alone.

    Raises SourceError if a source cannot be read.
    """
    for source in sources:
        if source.startswith(SCHEMES):
            names = _lines(projects) if projects else None
            found = offers_of_index(source, names, everything=everything, agent=agent)
            yield from (offer for offer in found if is_for_linux(offer.filename))
        elif Path(source).is_dir() or source.endswith(".whl"):
            yield from _local(source)
        else:
            yield from _listed(Path(source))


def is_for_linux(filename: str) -> bool:
    """Return whether a wheel's name says that it is for Linux with glibc."""
    platforms = filename.removesuffix(".whl").rpartition("-")[2].split(".")
    return filename.endswith(".whl") and any(
        platform.startswith(MARKS) for platform in platforms
    )


def _local(source: str) -> Iterator[Offer]:
    for path in wheels_below([source]):
        if not is_for_linux(path):
            continue
        digest, size = _content(Path(path))
        yield Offer(path.rpartition("/")[2], path, digest, size)


def _content(path: Path) -> tuple[str, int]:
    """Return hash and size of a file, or nothing: the auditor says what is wrong."""
    try:
        if path.is_file():  # a FIFO would wait for its writer
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError:
        pass
    return "", 0


def _listed(path: Path) -> Iterator[Offer]:
    for line in _lines(path):
        if line.startswith(SCHEMES):
            address, fragment = urldefrag(line)
            filename = unquote(urlsplit(address).path.rpartition("/")[2])
            digest = fragment.partition("sha256=")[2].lower()
            if is_for_linux(filename):
                yield Offer(filename, address, digest)
        else:
            yield from _local(line)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if (text := line.strip()) and not text.startswith("#"):
                    yield text
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not a list of addresses"
        raise SourceError(f"{path}: {reason}") from error
