"""The list of platforms: what the catalogue has, and what an engine has of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from manylinux_conformance.containers.catalogue import Container
from manylinux_conformance.containers.engine import Engine
from manylinux_conformance.releases import Source

COLUMNS = ("platform", "glibc", "Python", "here", "image", "sources", "to prepare it")


@dataclass(frozen=True, slots=True)
class Row:
    """One platform.

    ``python`` is the version that its images have, empty if they have none.
    ``fidelity`` is how real it is on the engine, or on this machine without one.
    ``prepared`` is None if no engine could be asked.
    ``size`` is in bytes.  ``command`` prepares it.
    """

    name: str
    arch: str
    glibc: str
    python: str
    fidelity: str
    prepared: bool | None
    size: int
    sources: tuple[Source, ...]
    command: str


def prepared_list(
    containers: Sequence[Container], engine: Engine | None
) -> tuple[Row, ...]:
    """Return a row for each platform."""
    images = engine.images() if engine else {}
    machine = engine.machine if engine else ""
    return tuple(
        Row(
            name=each.name,
            arch=each.arch.name,
            glibc=each.release.glibc,
            python=each.release.python,
            fidelity=each.platform(machine).fidelity.value,
            prepared=each.image in images if engine else None,
            size=images.get(each.image, 0),
            sources=each.sources,
            command=f"manylinux-conformance platforms prepare {each.name}",
        )
        for each in containers
    )


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table for people."""
    table = [COLUMNS, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = map(str.ljust, cells, widths)
        yield "  ".join(padded).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    state = {None: "unknown", False: "-", True: size(row.size)}[row.prepared]
    command = "" if row.prepared else row.command
    python = row.python or "none"
    sources = ", ".join(row.sources)
    return (row.name, row.glibc, python, row.fidelity, state, sources, command)


def size(number: int) -> str:
    """Return a number of bytes for people."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"  # noqa: PLR2004 - SI
