"""Ready containers: those whose image an engine has, and why others are not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.containers.files import are_seen
from manylinux_conformance.containers.live_containers import remove_orphans
from manylinux_conformance.errors import InputError
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
    wanted = list(containers)
    engines: dict[str, Engine | NotRun] = {}
    shared: dict[str, bool] = {}
    missing: dict[str, list[Container]] = {}
    for container in wanted:
        address = container.release.engine
        if address not in engines:
            names = [e.name for e in wanted if e.release.engine == address]
            engines[address] = _connected(address, names)
            if isinstance(known := engines[address], NotRun):
                yield known
        engine = engines[address]
        if isinstance(engine, NotRun):
            continue
        if engine.image(container.image):
            if address not in shared:
                shared[address] = are_seen(folders, engine, container)
            yield Ready(container, engine, shared[address])
        else:
            missing.setdefault(container.release.name, []).append(container)
    for release, absent in missing.items():
        yield _unprepared(release, absent)


def _connected(address: str, names: Sequence[str]) -> Engine | NotRun:
    try:
        engine = connect(address)
    except InputError as error:
        reason = f"{error.where}: {error.reason}"
        return NotRun(platforms=tuple(names), reason=reason, remedy=error.remedy)
    remove_orphans(engine)
    return engine


def _unprepared(release: str, absent: list[Container]) -> NotRun:
    names = tuple(container.name for container in absent)
    pattern = names[0] if len(names) == 1 else f"'{release}-*'"
    where = f" --engine {engine}" if (engine := absent[0].release.engine) else ""
    remedy = f"manylinux-conformance platforms prepare {pattern}{where}"
    return NotRun(platforms=names, reason="not prepared", remedy=remedy)
