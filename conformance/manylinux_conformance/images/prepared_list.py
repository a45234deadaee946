"""The list of platforms: what the catalogue has, and what an engine has of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.filesize import decimal

from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.images.prepare_all import PreparationResult
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.platforms.releases import Release, Source

PROGRAM = "manylinux-conformance"
COLUMNS = ("platform", "glibc", "Python", "here", "image", "sources", "command")


@dataclass(frozen=True, slots=True)
class Row:
    """One platform.

    ``python`` is the version that its images have, empty if they have none.
    ``fidelity`` is how real it is on the engine, or on this machine without one.
    ``prepared`` is None if no engine could be asked.
    ``size`` is in bytes.  ``command`` prepares it, or asks what needs no preparing.
    """

    name: str
    arch: str
    glibc: str
    python: str
    fidelity: Fidelity
    prepared: bool | None
    size: int
    sources: tuple[Source, ...]
    command: str
    about: str


def row(container: Container, engine: Engine | None) -> Row:
    """Return the row of a platform that has images."""
    image = engine.image(container.image) if engine else None
    machine = engine.machine if engine else ""
    return Row(
        name=container.name,
        arch=container.arch.name,
        glibc=container.release.glibc,
        python=container.release.python,
        fidelity=container.platform(machine).fidelity,
        prepared=image is not None if engine else None,
        size=image.size if image else 0,
        sources=container.sources,
        command=f"{PROGRAM} platforms prepare {container.name}",
        about=container.release.about,
    )


def stand_in_row(release: Release) -> Row:
    """Return the row of a release for which a modelled platform stands."""
    return Row(
        name=release.name,
        arch=os.uname().machine,
        glibc=release.glibc,
        python=release.python,
        fidelity=Fidelity.MODELLED,
        prepared=True,
        size=0,
        sources=(),
        command=f"{PROGRAM} run --platform {release.modelled}",
        about=release.about,
    )


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table for people."""
    table = [COLUMNS, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = map(str.ljust, cells, widths)
        yield "  ".join(padded).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    state = {None: "unknown", False: "-", True: decimal(row.size)}[row.prepared]
    if row.fidelity is Fidelity.MODELLED:
        state = "none"
    command = "" if row.size else row.command
    python = row.python or "none"
    sources = ", ".join(row.sources)
    return (row.name, row.glibc, python, row.fidelity, state, sources, command)


def result_words(result: PreparationResult) -> str:
    """Return what became of a platform in words."""
    prepared = result.prepared
    if prepared is None:
        return f"not prepared: {result.reason}"
    if prepared.source is None:
        return "already prepared"
    how = f"prepared from {prepared.source} in {result.seconds:.1f} s"
    words = f"{how}, {decimal(prepared.image.size)}"
    if not prepared.has_python:
        paths = ", ".join(result.container.release.interpreters)
        words += f"; it has no Python at {paths}: one is mounted, where there is one"
    return words


def disk_use(engines: Iterable[Engine]) -> str:
    """Return what prepared images take on engines, and what room is left.

    Raises EngineError if an engine fails.
    """
    parts = []
    for engine in engines:
        images, free = engine.images(), engine.free()
        used = f"{len(images)} images, {decimal(sum(images.values()))}"
        parts.append(used if free is None else f"{used}, {decimal(free)} free")
    return "; ".join(parts)
