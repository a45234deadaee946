"""A run: every chosen tool in every role it has, at every place, block by block.

``run`` chooses the places of each tool; at each of them ``Asking.block`` plans, asks,
judges and explains; whoever iterates over the blocks writes them.
"""

from __future__ import annotations

import platform as machine
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.run.asking import Asking, header_of
from manylinux_conformance.run.place import Origin
from manylinux_conformance.run.places import Places
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox.shim_build import build_shim, preloadable
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool


def run(
    suite: Suite,
    tools: Sequence[Tool],
    roles: Collection[Role],
    settings: Settings,
    progress: Progress,
) -> Iterator[Block]:
    """Ask every tool in every role it has, and yield a block for each place.

    Whatever ends the run, no container of it is left.
    Raises InputError if the suite's own data cannot be used.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    probes = ProbeCache(settings.work / "probes")
    places = Places(suite, settings, _shim(settings), probes)
    try:
        for tool, role in _asked(tools, roles):
            ask = partial(
                Asking, suite, tool, role, settings.cache, disguise=settings.disguise
            )
            if host := places.host(tool, role):
                yield _finished(ask(host), settings, progress)
            inside = [ask(container) for container in places.containers(tool, role)]
            yield from _at_once(inside, settings, progress)
            missing = places.missing(tool, role)
            if (
                missing or suite.wanted.shard.count > 1
            ):  # each part says that it was run
                nowhere = header_of(suite, tool, role, Origin(machine.machine()))
                yield Block(nowhere, (), missing)
    finally:
        settings.live.end()


def _asked(
    tools: Sequence[Tool], roles: Collection[Role]
) -> Iterator[tuple[Tool, Role]]:
    """Yield each tool with each of its roles that is wanted and can be asked."""
    for tool in tools:
        for role in tool.adapter.roles:
            if role in roles and role in ROLES:
                yield tool, role


def _shim(settings: Settings) -> Path:
    built = build_shim(settings.cache, machine.machine())
    return preloadable(built, settings.work / "shim")


def _finished(asking: Asking, settings: Settings, progress: Progress) -> Block:
    """Return the block of a place, asked now or before the run was interrupted."""
    journal, header = settings.journal, asking.header(asking.place.origin(None))
    if journal is None:
        return asking.block(progress)
    if (before := journal.finished(header)) is not None:
        return before
    block = asking.block(progress)
    journal.keep(block)
    return block


def _at_once(
    asking: Sequence[Asking], settings: Settings, progress: Progress
) -> Iterator[Block]:
    """Ask in some containers at a time; blocks come in their order."""
    with ThreadPoolExecutor(settings.jobs) as pool:
        try:
            yield from pool.map(lambda one: _finished(one, settings, progress), asking)
        except BaseException:
            # Only with its containers gone do the workers end.
            settings.live.end()
            pool.shutdown(cancel_futures=True)
            raise
