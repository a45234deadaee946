"""Asks one tool in one role everything, and returns the block of its results."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.asking.auditor import ask_auditor
from manylinux_conformance.asking.batches import Asker, ProbeShelf
from manylinux_conformance.asking.builder import ask_builder
from manylinux_conformance.asking.plan import plan
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.lines import NotRun, Result
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.run.heading import heading
from manylinux_conformance.run.settings import Progress, Settings
from manylinux_conformance.sandbox.provide import NotProvided, ProvidedTool, provide
from manylinux_conformance.sandbox.shim_check import shim_failure_reason
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.deviations import annotate
from manylinux_conformance.tools.selection import Tool

EVERYWHERE = "every platform"
# Asked once for each platform and interpreter, whatever the number of tools.
_shim_failure_reason = functools.cache(shim_failure_reason)


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
            return Block(heading(self.suite, self.tool, self.role), (), (nowhere,))
        results, missing = self._results(provided, progress)
        tool = self.tool
        known = annotate(results, tool.deviations, tool.version, self.role)
        header = heading(self.suite, tool, self.role, provided.interpreter.version)
        return Block(header, tuple(known), missing)

    def _results(
        self, provided: ProvidedTool, progress: Progress
    ) -> tuple[list[Result], tuple[NotRun, ...]]:
        if self.role is Role.AUDITOR:
            return self._audit(provided, progress), ()
        if self.role is Role.BUILDER:
            return ask_builder(
                provided,
                self.suite,
                self._folder,
                self.settings.cache,
                lambda done, total: progress(self._name, done, total),
            )
        missing = self._unseen(provided)
        unseen = {one.platform for one in missing}
        places = [one for one in self.suite.platforms if one.name not in unseen]
        return self._ask(provided, places, progress), missing

    def _audit(self, provided: ProvidedTool, progress: Progress) -> list[Result]:
        """Ask an auditor about the part of the corpus that is wanted."""
        corpus = built_corpus(self.settings.cache).only(self.suite.wanted.has_wheel)
        total = len(corpus.lines)
        return ask_auditor(
            provided,
            corpus,
            self._folder,
            jobs=self.settings.jobs,
            progress=lambda done: progress(self._name, done, total),
        )

    @property
    def _name(self) -> str:
        return f"{self.tool.name} as {self.role.value}"

    @property
    def _folder(self) -> Path:
        return self.settings.work / self._name.replace(" ", "-")

    def _unseen(self, provided: ProvidedTool) -> tuple[NotRun, ...]:
        """Return the platforms that the shim does not manage to show here.

        No tool is graded on them: what it answered there would be no fault of its own.
        """
        places = [
            one for one in self.suite.platforms if one.fidelity is Fidelity.MODELLED
        ]
        check = functools.partial(
            _shim_failure_reason, interpreter=provided.interpreter, shim=self.shim
        )
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            reasons = zip(places, pool.map(check, places), strict=True)
            return tuple(
                NotRun(platform=place.name, reason=f"the model does not work: {reason}")
                for place, reason in reasons
                if reason
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
        asker = Asker(
            provided,
            self.role,
            self.shelf,
            self._folder,
            self.shim,
            self.settings.cache,
        )
        results: list[Result] = []
        if batches:
            progress(self._name, 0, len(batches))
        with ThreadPoolExecutor(self.settings.jobs) as pool:
            for done, found in enumerate(pool.map(asker.answer, batches), 1):
                results += found
                progress(self._name, done, len(batches))
        return results
