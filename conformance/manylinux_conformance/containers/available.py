"""Ready containers: those whose image an engine has, and why others are not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.containers.files import are_seen
from manylinux_conformance.containers.live_containers import remove_orphans
from manylinux_conformance.errors import UnavailableError
from manylinux_conformance.images.engine import Engine, connect
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.results.lines import NotRun


@dataclass(frozen=True, slots=True)
class Ready:
    """A container that can be started on an engine.

    ``shared``: the engine can mount this machine's files.
    ``known``: its interpreter, once somebody has looked.  ``models``: what keeps each
    older C library from being shown in it, as far as somebody has looked.
    """

    container: Container
    engine: Engine
    shared: bool = True
    known: list[Interpreter] = field(default_factory=list, compare=False)
    models: dict[str, str] = field(default_factory=dict, compare=False)


def ready_containers(
    containers: Iterable[Container], folders: Sequence[Path]
) -> Iterator[Ready | NotRun]:
    """Yield each container that is prepared, and for the others what would prepare it.

    ``folders`` of this machine are what an engine may be asked to mount.
    The containers of an engine that does not answer are one line, and so are those of
    one release that are not prepared.
    """
    by_engine: dict[str, list[Container]] = {}
    for container in containers:
        by_engine.setdefault(container.release.engine, []).append(container)
    for address, wanted in by_engine.items():
        try:
            engine = connect(address)
        except UnavailableError as error:
            names = tuple(container.name for container in wanted)
            said = f"{error.where}: {error.reason}"
            yield NotRun(platforms=names, reason=said, remedy=error.remedy)
        else:
            remove_orphans(engine)
            yield from _of(engine, wanted, folders)


def _of(
    engine: Engine, containers: Iterable[Container], folders: Sequence[Path]
) -> Iterator[Ready | NotRun]:
    """Yield the containers of an engine that are prepared, then those that are not."""
    shared: bool | None = None
    missing: dict[str, list[Container]] = {}
    for container in containers:
        if engine.image(container.image):
            if shared is None:
                shared = are_seen(folders, engine, container)
            yield Ready(container, engine, shared)
        else:
            missing.setdefault(container.release.name, []).append(container)
    for release, absent in missing.items():
        yield _unprepared(release, absent)


def _unprepared(release: str, absent: list[Container]) -> NotRun:
    names = tuple(container.name for container in absent)
    pattern = names[0] if len(names) == 1 else f"'{release}-*'"
    where = f" --engine {engine}" if (engine := absent[0].release.engine) else ""
    remedy = f"manylinux-conformance platforms prepare {pattern}{where}"
    return NotRun(platforms=names, reason="not prepared", remedy=remedy)
