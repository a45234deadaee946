"""A run: every chosen tool in every role it has, a block of results for each place."""

from __future__ import annotations

import fnmatch
import platform as machine
from collections.abc import Iterable, Iterator, Sequence

from manylinux_fixtures.architectures import ARCHITECTURES

from manylinux_conformance.asking.batches import ProbeShelf
from manylinux_conformance.containers.available import (
    ReadyContainer,
    UnavailableContainers,
    ready_containers,
)
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.images.engines import Engines
from manylinux_conformance.platforms.catalogue import Container, chosen
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.in_container import ASKED_INSIDE
from manylinux_conformance.run.in_containers import AskingInside
from manylinux_conformance.run.on_host import Asking
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox.shim_build import build_shim, preloadable
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool

ASKED = (
    *(Role.INSTALLER, Role.TAG_LIBRARY, Role.AUDITOR, Role.BUILDER),
    Role.LOADER,
)


def run(
    suite: Suite,
    tools: Sequence[Tool],
    roles: Sequence[Role],
    settings: Settings,
    progress: Progress,
) -> Iterator[Block]:
    """Ask every tool in every role it has, and yield a block for each place.

    Whatever ends the run, no container of it is left.
    Raises InputError if the suite's own data cannot be used, and ShimError if the shim
    cannot be built.
    """
    built = build_shim(settings.cache, machine.machine())
    shim = preloadable(built, settings.work / "shim")
    settings.work.mkdir(parents=True, exist_ok=True)
    engines = Engines()
    everywhere = _places(suite.containers, settings, engines)
    shelf = ProbeShelf(settings.work / "probes")
    try:
        for tool in tools:
            for role in tool.adapter.roles:
                if role not in roles or role not in ASKED:
                    continue
                image, places = tool.adapter.provide.image, everywhere
                if image:
                    places = _places(chosen(suite.containers, image), settings, engines)
                elif _is_asked_here(suite, role):
                    asking = Asking(suite, tool, role, settings, shelf, shim)
                    yield asking.block(progress)
                if image or role in ASKED_INSIDE:
                    inside = AskingInside(suite, tool, role, settings, *places)
                    yield from inside.blocks(progress)
    finally:
        settings.live.end()


def _places(
    containers: Iterable[Container], settings: Settings, engines: Engines
) -> tuple[list[ReadyContainer], tuple[NotRun, ...]]:
    """Return the containers that can be started, and why the others cannot."""
    folders = (settings.work, settings.cache, data_folder("tools"))
    with settings.timings.on("image"):
        found = tuple(ready_containers(containers, folders, engines))
    ready = [each for each in found if isinstance(each, ReadyContainer)]
    absent = (each for each in found if isinstance(each, UnavailableContainers))
    return ready, tuple(map(_not_run, absent))


def _not_run(absent: UnavailableContainers) -> NotRun:
    remedy = f"; run: {absent.remedy}" if absent.remedy else ""
    return NotRun(
        platform=", ".join(absent.platforms), reason=f"{absent.reason}{remedy}"
    )


def _is_asked_here(suite: Suite, role: Role) -> bool:
    """Return whether a role is asked outside of containers, as far as is wanted."""
    if role in {Role.INSTALLER, Role.TAG_LIBRARY}:
        return bool(suite.platforms)
    wanted = fnmatch.filter(ARCHITECTURES, suite.wanted.platform)
    return role is not Role.LOADER and bool(wanted)
