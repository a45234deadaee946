"""Available containers: those whose image an engine has, and why others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from manylinux_conformance.containers.files import can_mount
from manylinux_conformance.containers.live_containers import remove_orphans
from manylinux_conformance.containers.mounted_python import MountedPython
from manylinux_conformance.errors import UnavailableError
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.results.lines import NotRun


@dataclass(slots=True)
class ReadyContainer:
    """A container that can be started on an engine.

    ``shared``: the engine can mount this machine's files.  ``digest`` is the image's.
    ``mounted`` is a Python of this machine in the place of the image's own.
    ``interpreter`` and ``model_failures`` (what keeps an older C library from being
    shown there, by platform name; empty if nothing does) are filled in by whoever looks
    first, for all tools.
    """

    container: Container
    engine: Engine
    shared: bool = True
    digest: str = ""
    mounted: MountedPython | None = None
    interpreter: Interpreter | None = field(default=None, compare=False)
    model_failures: dict[str, str] = field(default_factory=dict, compare=False)

    def with_python(self, mounted: MountedPython) -> ReadyContainer:
        """Return the container with another Python mounted into it."""
        release = replace(
            self.container.release,
            python=mounted.version,
            interpreters=(str(mounted.path),),
        )
        container = Container(release, self.container.arch)
        return ReadyContainer(container, self.engine, self.shared, self.digest, mounted)

    @property
    def platform(self) -> Platform:
        """The container as a platform, on its engine's machine."""
        return self.container.platform(self.engine.machine)


def ready_containers(
    containers: Iterable[Container], folders: Sequence[Path], engines: Engines
) -> Iterator[ReadyContainer | NotRun]:
    """Yield each container that is prepared, then why the others are not available.

    ``folders`` of this machine are what an engine may be asked to mount.
    The containers of an engine that cannot be used are one group, and so are those of
    one release that are not prepared.
    Raises InputError for an address that cannot be one, and EngineError if an engine
    breaks off after it was connected to.
    """
    by_address: dict[str, list[Container]] = {}
    for container in containers:
        by_address.setdefault(container.release.engine, []).append(container)
    missing: list[NotRun] = []
    for group in by_address.values():
        try:
            engine = engines.of(group[0])
        except UnavailableError as error:
            names = tuple(container.name for container in group)
            reason = f"{error.where}: {error.reason}"
            missing.append(NotRun(platforms=names, reason=reason, remedy=error.remedy))
            continue
        remove_orphans(engine)
        images = {each: engine.image(each.image) for each in group}
        prepared = {each: image for each, image in images.items() if image}
        shared = bool(prepared) and can_mount(folders, engine, next(iter(prepared)))
        for each, image in prepared.items():
            yield ReadyContainer(each, engine, shared, image.digest)
        missing += _unprepared([each for each in group if each not in prepared])
    yield from missing


def _unprepared(absent: Iterable[Container]) -> Iterator[NotRun]:
    """Yield the containers that have no image, by release."""
    releases: dict[str, list[Container]] = {}
    for container in absent:
        releases.setdefault(container.release.name, []).append(container)
    for release, group in releases.items():
        names = tuple(container.name for container in group)
        pattern = names[0] if len(names) == 1 else f"'{release}-*'"
        address = group[0].release.engine
        where = f" --engine {address}" if address else ""
        remedy = f"manylinux-conformance platforms prepare {pattern}{where}"
        yield NotRun(platforms=names, reason="not prepared", remedy=remedy)
