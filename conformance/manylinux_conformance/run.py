"""A run: provide tools, plan, ask, judge, and collect blocks of results."""

from __future__ import annotations

import functools
import platform as machine
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from manylinux_conformance.adapters import Role
from manylinux_conformance.ask import Asker, ProbeShelf
from manylinux_conformance.deviations import annotate
from manylinux_conformance.input_error import InputError
from manylinux_conformance.plan import plan
from manylinux_conformance.platforms import Fidelity, Platform
from manylinux_conformance.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.results import FORMAT, Header, NotRun, Result
from manylinux_conformance.results_file import Block
from manylinux_conformance.shim_build import ShimError, build_shim
from manylinux_conformance.sight import why_not_seen
from manylinux_conformance.suite import EDITION, Suite
from manylinux_conformance.tool_choice import Tool

# Asked once for each platform and interpreter, whatever the number of tools.
_why_not_seen = functools.cache(why_not_seen)
ASKED = (Role.INSTALLER, Role.TAG_LIBRARY)
EVERYWHERE = "every platform"


class Progress(Protocol):
    """Told what is being done, how much of it is done, and how much there is."""

    def __call__(self, words: str, done: int, total: int) -> None:
        """Take note."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may use: folders, the network, and how much at a time.

    ``work`` is an empty folder; afterwards it holds the evidence of each tool's runs.
    """

    cache: Path
    work: Path
    jobs: int
    offline: bool


def run(
    suite: Suite,
    tools: Sequence[Tool],
    roles: Sequence[Role],
    settings: Settings,
    progress: Progress,
) -> Iterator[Block]:
    """Ask every tool in every role it has, and yield a block for each.

    Raises InputError if the suite's own data or compiler cannot be used.
    """
    try:
        shim = build_shim(settings.cache, machine.machine())
    except ShimError as error:
        raise InputError("modelled platforms", str(error)) from error
    shelf = ProbeShelf(settings.work / "probes")
    for tool in tools:
        for role in tool.adapter.roles:
            if role in roles and role in ASKED:
                asking = Asking(suite, tool, role, settings, shelf, shim)
                yield asking.block(progress)


@dataclass(frozen=True, slots=True)
class Asking:
    """One tool in one role."""

    suite: Suite
    tool: Tool
    role: Role
    settings: Settings
    shelf: ProbeShelf
    shim: Path

    def block(self, progress: Progress) -> Block:
        """Provide the tool and ask it everything; say why if that cannot be."""
        provided = provide(
            self.tool.adapter,
            self.tool.version,
            self.settings.cache,
            offline=self.settings.offline,
            progress=functools.partial(progress, done=0, total=0),
        )
        if isinstance(provided, NotProvided):
            nowhere = NotRun(platform=EVERYWHERE, reason=provided.reason)
            return Block(self._header(""), (), (nowhere,))
        missing = self._unseen(provided)
        unseen = {one.platform for one in missing}
        places = [one for one in self.suite.platforms if one.name not in unseen]
        results = self._ask(provided, places, progress)
        tool = self.tool
        known = annotate(results, tool.deviations, tool.version, self.role)
        header = self._header(provided.interpreter.version)
        return Block(header, tuple(known), missing)

    def _unseen(self, provided: ProvidedTool) -> tuple[NotRun, ...]:
        """Return the platforms that the shim does not manage to show here.

        No tool is graded on them: what it answered there would be no fault of its own.
        """
        places = [
            one for one in self.suite.platforms if one.fidelity is Fidelity.MODELLED
        ]
        check = functools.partial(
            _why_not_seen, interpreter=provided.interpreter, shim=self.shim
        )
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            reasons = zip(places, pool.map(check, places), strict=True)
            return tuple(
                NotRun(platform=place.name, reason=f"the model does not work: {reason}")
                for place, reason in reasons
                if reason
            )

    def _header(self, python: str) -> Header:
        return Header(
            format=FORMAT,
            edition=EDITION,
            rules_lock=self.suite.lock_digest,
            tool=self.tool.adapter.name,
            version=self.tool.version,
            role=self.role,
            python=python,
            host=machine.machine(),
        )

    def _ask(
        self, provided: ProvidedTool, places: Sequence[Platform], progress: Progress
    ) -> list[Result]:
        """Ask all batches, some at a time; results stand in the order of the plan."""
        python = provided.interpreter.version.replace(".", "")
        suite = self.suite
        batches = [
            batch
            for place in places
            for batch in plan(self.role, suite.cases, suite.rules, place, python)
        ]
        name = f"{self.tool.name} as {self.role.value}"
        folder = self.settings.work / name.replace(" ", "-")
        asker = Asker(provided, self.role, self.shelf, folder, self.shim)
        results: list[Result] = []
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            for done, found in enumerate(pool.map(asker.answer, batches), 1):
                results += found
                progress(name, done, len(batches))
        return results
