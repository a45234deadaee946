"""Places: where a tool is asked, this machine or a container, behind one protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from manylinux_conformance.asking.plan import Batch, ShownPlatform
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.results.lines import NotRun
from manylinux_conformance.run.settings import Progress
from manylinux_conformance.sandbox.provide import ProvidedTool

Answers = Mapping[str, Answer]  # by the key of the question
Ask = Callable[[Batch[Any], Path], Answers]  # in a new folder


@dataclass(frozen=True, slots=True)
class Origin:
    """What a header says about where answers come from; see ``Header``."""

    host: str
    platform: str = ""
    emulator: str = ""
    python: str = ""
    program: str = ""
    said_version: str = ""
    image: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


class OpenPlace(Protocol):
    """A place at which a tool is ready to be asked."""

    @property
    def tool(self) -> ProvidedTool:
        """The tool, provided there."""

    def shown(self) -> Iterator[ShownPlatform | NotRun]:
        """Yield the platforms that can be shown to the tool, and why others cannot."""

    def wants(self, batch: Batch[Any]) -> bool:
        """Return whether a batch is asked here."""

    def ask_each(
        self, batches: Iterable[Batch[Any]], ask: Ask
    ) -> Iterator[tuple[Batch[Any], Answers]]:
        """Yield the answers to each batch, in their order."""


class Place(Protocol):
    """Where one tool is asked in one role.

    ``folder`` is a new folder, which will hold the evidence.
    """

    @property
    def folder(self) -> Path:
        """The folder of what is asked here."""

    @property
    def probes(self) -> ProbeCache:
        """The probe projects that are written already."""

    @property
    def words(self) -> str:
        """The tool and the place, for people."""

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms of which nothing is known if the tool cannot be asked."""

    def origin(self, tool: ProvidedTool | None) -> Origin:
        """Return where the answers come from; without a tool, what is known then."""

    def opened(self, progress: Progress) -> AbstractContextManager[OpenPlace]:
        """Provide the tool, and keep the place open for as long as the body runs.

        Raises UnavailableError, also for trouble with the engine or the network.
        """
