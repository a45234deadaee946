"""A run: every chosen tool in every role it has, a block of results for each place."""

from __future__ import annotations

import fnmatch
import platform as machine
from collections.abc import Iterable, Iterator, Sequence

from manylinux_fixtures.elf.architectures import ARCHITECTURES

from manylinux_conformance.adapters import Role
from manylinux_conformance.ask import ProbeShelf
from manylinux_conformance.asking import Asking
from manylinux_conformance.containers.ask_inside import ASKED_INSIDE
from manylinux_conformance.containers.asking_inside import AskingInside
from manylinux_conformance.containers.catalogue import Container, chosen
from manylinux_conformance.containers.ready import Ready, ready_containers
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.input_error import InputError
from manylinux_conformance.results import NotRun
from manylinux_conformance.results_file import Block
from manylinux_conformance.settings import Progress, Settings
from manylinux_conformance.shim_build import ShimError, build_shim, preloadable
from manylinux_conformance.suite import Suite
from manylinux_conformance.tool_choice import Tool

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
    Raises InputError if the suite's own data or compiler cannot be used.
    """
    try:
        built = build_shim(settings.cache, machine.machine())
        shim = preloadable(built, settings.work / "shim")
    except ShimError as error:
        raise InputError("modelled platforms", str(error)) from error
    settings.work.mkdir(parents=True, exist_ok=True)
    everywhere = _places(suite.containers, settings)
    shelf = ProbeShelf(settings.work / "probes")
    try:
        for tool in tools:
            for role in tool.adapter.roles:
                if role not in roles or role not in ASKED:
                    continue
                image, places = tool.adapter.provide.image, everywhere
                if image:
                    places = _places(chosen(suite.containers, image), settings)
                elif _is_asked_here(suite, role):
                    asking = Asking(suite, tool, role, settings, shelf, shim)
                    yield asking.block(progress)
                if image or role in ASKED_INSIDE:
                    inside = AskingInside(suite, tool, role, settings, *places)
                    yield from inside.blocks(progress)
    finally:
        settings.live.end()


def _places(
    containers: Iterable[Container], settings: Settings
) -> tuple[list[Ready], tuple[NotRun, ...]]:
    """Return the containers that can be started, and why the others cannot."""
    folders = (settings.work, settings.cache, data_folder("tools"))
    with settings.spent.on("image"):
        found = tuple(ready_containers(containers, folders))
    ready = [each for each in found if isinstance(each, Ready)]
    return ready, tuple(each for each in found if isinstance(each, NotRun))


def _is_asked_here(suite: Suite, role: Role) -> bool:
    """Return whether a role is asked outside of containers, as far as is wanted."""
    if role in {Role.INSTALLER, Role.TAG_LIBRARY}:
        return bool(suite.platforms)
    wanted = fnmatch.filter(ARCHITECTURES, suite.wanted.platform)
    return role is not Role.LOADER and bool(wanted)
