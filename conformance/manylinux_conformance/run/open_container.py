"""A container in which a tool is ready: what is shown to it, and asking it twice."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from manylinux_conformance.asking.plan import Batch, CaseBatch, ShownPlatform
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.containers.probe import (
    model_failure_reason,
    older_platforms,
)
from manylinux_conformance.containers.running_container import RunningContainer
from manylinux_conformance.errors import LostContainerError, UnavailableError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.run.place import Answers, Ask
from manylinux_conformance.sandbox.provide import ProvidedTool

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class OpenContainer:
    """A running container with a tool in it.

    ``shim`` shows older C libraries there; None: none is shown.
    """

    ready: ReadyContainer
    tool: ProvidedTool
    running: RunningContainer
    folder: Path
    shim: Path | None

    @property
    def platform(self) -> Platform:
        """The container as a platform."""
        return self.ready.platform

    def shown(self) -> Iterator[ShownPlatform | NotRun]:
        """Yield the container as it is, then older C libraries that a shim shows."""
        yield ShownPlatform(self.platform)
        for model in older_platforms(self.platform) if self.shim else ():
            names = (model.name,)
            try:
                reason = self._unseen(model)
            except UnavailableError as error:
                yield NotRun(platforms=names, reason=error.full_reason, due=True)
                continue
            if reason:
                yield NotRun(platforms=names, reason=reason)
            else:
                yield ShownPlatform(model, self.shim)

    def wants(self, batch: Batch[Any]) -> bool:
        """Return whether a batch is asked in a container.

        Under emulation only what shares one run of the tool is: what a module or a
        target does is the same on every architecture, and each would cost an emulated
        run of its own.  Another C library, for the tool alone or at another time, can
        only be modelled, so it is asked outside.
        """
        if not isinstance(batch, CaseBatch):
            return True
        environment = batch.environment
        if self.platform.fidelity is Fidelity.EMULATED:
            return environment == Environment(environment.platform)
        return not (environment.tool_glibc or environment.stored_on)

    def ask_each(
        self, batches: Iterable[Batch[Any]], ask: Ask
    ) -> Iterator[tuple[Batch[Any], Answers]]:
        """Ask one batch after the other, each once more if the container broke."""
        for batch in batches:
            folder = self.folder / (batch.platform.name if batch.platform else "")
            attempt = functools.partial(self._attempt, ask, batch, folder)
            try:
                yield batch, asked_twice(self.running, attempt)
            except UnavailableError as error:
                lost = Answer(Verdict.INFRASTRUCTURE, reason=error.full_reason)
                yield batch, {question.key: lost for question in batch.questions}

    def _attempt(
        self, ask: Ask, batch: Batch[Any], folder: Path, attempt: str
    ) -> Answers:
        return ask(batch, folder / attempt / batch.name)

    def _unseen(self, model: Platform) -> str:
        """Say why a model is not asked; empty if it is.

        Raises UnavailableError if the container does not live to say it.
        """

        def see(attempt: str) -> str:
            folder = self.folder / "models" / attempt
            return model_failure_reason(
                self.running, self.tool, model, folder, self.shim
            )

        known = self.ready.model_failures
        if model.name not in known:
            known[model.name] = asked_twice(self.running, see)
        return known[model.name]


def asked_twice(running: RunningContainer, ask: Callable[[str], _Said]) -> _Said:
    """Ask in a container, and once more if it or its emulator broke.

    Each attempt is given its own name, for a folder that does not exist yet.
    """
    try:
        return ask("")
    except LostContainerError:
        running.stop()
        return ask("again")
