"""Selection: the platforms that the patterns of a command line name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from manylinux_conformance.errors import InputError, SuiteError, nearest
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.images.prepared_list import Row, row, stand_in_row
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
    read_stand_ins,
)


def named(patterns: Sequence[str]) -> tuple[Container, ...]:
    """Return what patterns name, in the catalogue's order.

    Raises InputError for a pattern that names nothing.
    """
    catalogue = read_containers()
    found = {pattern: chosen(catalogue, pattern) for pattern in patterns}
    for pattern, matches in found.items():
        if not matches:
            reason = "no such platform; see 'platforms list'"
            near = nearest(pattern, [each.name for each in catalogue])
            raise InputError(pattern, reason + near)
    names = {each.name for matches in found.values() for each in matches}
    return tuple(each for each in catalogue if each.name in names)


def prepared(
    patterns: Sequence[str], engines: Engines
) -> Iterator[tuple[Container, Engine]]:
    """Yield what patterns name and an engine has.

    Raises InputError if that is nothing, and what connecting to an engine raises.
    """
    pairs = [(each, engines.of(each)) for each in named(patterns)]
    found = [(each, engine) for each, engine in pairs if engine.image(each.image)]
    if not found:
        raise InputError(", ".join(patterns), "none of these platforms is prepared")
    yield from found


def rows_of(
    patterns: Sequence[str], engines: Engines, tell: Callable[[str], None]
) -> Iterator[Row]:
    """Yield the rows that patterns name, also of releases that have no images.

    What is wrong with an engine is told once, and its platforms are yielded all the
    same.  Raises InputError for a pattern that names nothing.
    """
    stand_ins = {release.name: release for release in read_stand_ins()}
    left = []
    for pattern in patterns:
        matches = [name for name in stand_ins if fnmatchcase(name, pattern)]
        yield from (stand_in_row(stand_ins.pop(name)) for name in matches)
        if not matches or chosen(read_containers(), pattern):
            left.append(pattern)
    told: set[str] = set()
    for container in named(left):
        try:
            yield row(container, engines.of(container))
        except (InputError, SuiteError) as error:
            if str(error) not in told:
                tell(f"which are prepared is not known: {error}")
            told.add(str(error))
            yield row(container, None)
