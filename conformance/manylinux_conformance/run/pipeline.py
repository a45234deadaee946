"""A run: every chosen tool in every role it has, at every place, block by block.

``run`` chooses the places of each tool; at each of them ``Asking.block`` plans, asks,
judges and explains; whoever iterates over the blocks writes them.
"""

from __future__ import annotations

import platform as machine
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import Header, NotRun
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.run.asking import Asking, header_of
from manylinux_conformance.run.place import Origin
from manylinux_conformance.run.places import Places
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.run.slots import Line, Slots
from manylinux_conformance.sandbox.shim_build import build_shim, preloadable
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.selection import Tool

WHOLE = "the whole run"


@dataclass(frozen=True, slots=True)
class Part:
    """One tool in one role at one place; ``seconds`` is what that usually takes."""

    ask: Callable[[Progress], Block]
    seconds: float = 0


@dataclass(slots=True)
class Whole:
    """How much of a run is done, by the seconds that its parts usually take."""

    parts: Sequence[Part]
    progress: Progress
    done: dict[int, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def block(self, number: int) -> Block:
        """Return what becomes of a part, and tell how it goes on."""

        def tell(words: str, done: int, total: int) -> None:
            self.progress(words, done, total)
            if total and done < total:
                self._take_note(number, done / total)

        block = self.parts[number].ask(tell)
        self._take_note(number, 1)
        return block

    def _take_note(self, number: int, share: float) -> None:
        """Take note of the share of a part that is done; one part is no whole."""
        usual = [part.seconds for part in self.parts]
        if len(list(filter(None, usual))) <= 1:
            return
        with self.lock:
            self.done[number] = share
            done = sum(usual[each] * self.done[each] for each in self.done)
            is_over = len(self.done) == len(usual) and min(self.done.values()) == 1
            percent = 100 if is_over else min(99, int(100 * done / sum(usual)))
            self.progress(WHOLE, percent, 100)


def run(
    suite: Suite,
    tools: Sequence[Tool],
    roles: Collection[Role],
    settings: Settings,
    progress: Progress,
) -> Iterator[Block]:
    """Ask every tool in every role it has, and yield a block for each place.

    As many places as jobs are open at a time, so that one tool is installed, and asked
    its first questions, while another one is asked its last.  So many batches as there
    are jobs are asked at a time, those of the tools that come first before others.
    Whatever ends the run, no container of it is left.
    Raises InputError if the suite's own data cannot be used.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    probes = ProbeCache(settings.work / "probes")
    slots = Slots(settings.jobs)
    places = Places(suite, settings, _shim(settings), probes, slots)
    opened = ThreadPoolExecutor(settings.jobs)
    try:
        whole = Whole(list(_parts(places, tools, roles)), progress)
        yield from opened.map(whole.block, range(len(whole.parts)))
    finally:
        settings.live.end()  # only with their containers gone do the workers end
        slots.close()
        opened.shutdown(cancel_futures=True)


def _parts(
    places: Places, tools: Sequence[Tool], roles: Collection[Role]
) -> Iterator[Part]:
    """Yield the parts of a run in the order of its blocks."""
    suite, settings = places.suite, places.settings
    for tool, role in _asked(tools, roles):
        ask = partial(
            Asking,
            suite,
            tool,
            role,
            settings.cache,
            disguise=settings.disguise,
            offline=settings.offline,
        )
        if host := places.host(tool, role):
            yield Part(partial(_finished, ask(host), settings), tool.seconds)
        for container in places.containers(tool, role):
            inside = partial(_finished, ask(container), settings)
            line = places.slots.line()
            yield Part(partial(_in_slot, line, inside), tool.seconds)
        missing = places.missing(tool, role)
        if missing or suite.wanted.shard.count > 1:  # each part says that it was run
            nowhere = header_of(suite, tool, role, Origin(machine.machine()))
            yield Part(partial(_without_answers, nowhere, missing))


def _in_slot(line: Line, ask: Callable[[Progress], Block], progress: Progress) -> Block:
    with line.slot():
        return ask(progress)


def _without_answers(
    header: Header, missing: tuple[NotRun, ...], _progress: Progress
) -> Block:
    return Block(header, (), missing)


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
    """Return the block of a place, asked now or before the run was interrupted.

    What ends after that is not kept: tools were killed, and answered no more.
    """
    journal, header = settings.journal, asking.header(asking.place.origin(None))
    if journal is None:
        return asking.block(progress)
    if (before := journal.finished(header)) is not None:
        return before
    block = asking.block(progress)
    if not settings.live.ended:
        journal.keep(block)
    return block
