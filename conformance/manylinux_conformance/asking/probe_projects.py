"""Probe projects: questions to an installer, written as made-up projects of wheels."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_fixtures.disguise import UNDISGUISED, Disguise

from manylinux_conformance.asking.offered_files import offered_files
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.probe_project import (
    PREFIX,
    Offer,
    ProbeProject,
)

WRITTEN = 1_000_000_000  # when the first wheel is said to be written, in seconds
MOST_STRANGERS = 5  # projects that nobody asks for, beside disguised ones


@dataclass(frozen=True, slots=True)
class ProbeProjects:
    """The wheels of many projects in one folder, ready to be offered to tools.

    Equal projects give equal bytes.  ``prefix`` stands before a lone platform tag.
    All of them wear the same disguise; beside disguised ones lie some that nobody
    requires, and an index offers the wheels in the order in which they are written.
    ``in_use`` is held while a tool is offered them: what changes then is its doing.
    """

    links: Path
    projects: tuple[ProbeProject, ...]
    prefix: str = PREFIX
    in_use: threading.Lock = field(
        default_factory=threading.Lock, compare=False, repr=False
    )

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements of all projects."""
        ordered = self.disguise.in_order("projects", "requirements", self.projects)
        return tuple(line for each in ordered for line in each.requirements)

    @property
    def disguise(self) -> Disguise:
        """What the projects look like."""
        return self.projects[0].disguise if self.projects else UNDISGUISED

    def write(self) -> None:
        """Write every candidate into the folder, which is a new one.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        self.links.mkdir(parents=True)
        files = (
            file
            for project in (*self.projects, *self._strangers())
            for file in offered_files(project, self.prefix)
        )
        ordered = self.disguise.in_order("projects", "files", files)
        for position, (name, content) in enumerate(ordered):
            (self.links / name).write_bytes(content)
            written = WRITTEN + (position if self.disguise else 0)
            os.utime(self.links / name, (written, written))

    def _strangers(self) -> Iterator[ProbeProject]:
        """Yield projects that nobody requires."""
        if self.disguise:
            count = 1 + self.disguise.number("projects", "strangers", MOST_STRANGERS)
            for number in range(count):
                offers = (Offer("linux_x86_64"), Offer("manylinux_2_17_x86_64"))
                yield ProbeProject(f"stranger/{number}", offers, (), self.disguise)

    def restore(self) -> None:
        """Write the wheels anew after a tool changed them, for those that follow."""
        if self.links.is_symlink():
            self.links.unlink()
        shutil.rmtree(self.links, ignore_errors=True)
        self.write()


def write_probe_projects(
    projects: Iterable[ProbeProject], links: Path, prefix: str = PREFIX
) -> ProbeProjects:
    """Write the wheels of projects into a new folder; see ``ProbeProjects.write``."""
    written = ProbeProjects(links, tuple(projects), prefix)
    written.write()
    return written


@dataclass(slots=True)
class ProbeCache:
    """Probe projects by environment: written once, offered to every tool."""

    folder: Path
    written: dict[str, ProbeProjects] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, environment: Environment, projects: Sequence[ProbeProject]
    ) -> ProbeProjects:
        """Return these projects, written now or earlier."""
        digest = hashlib.sha256(repr(projects).encode()).hexdigest()[:8]
        name = f"{environment.id}-{digest}"
        with self.lock:
            if name not in self.written:
                looking = projects[0].disguise.path(name) if projects else name
                links = self.folder / looking
                self.written[name] = write_probe_projects(projects, links)
            return self.written[name]


def own_prefix(prefix: str, interpreter: Interpreter) -> str:
    """Return an adapter's prefix for an interpreter: ``{cp}`` becomes ``cp311``."""
    return prefix.replace("{cp}", f"cp{interpreter.version.replace('.', '')}")


def read_answer(project: ProbeProject, folder: Path) -> Answer | None:
    """Return which candidate of a project lies in a folder, or None if none does."""
    try:
        found = sorted(path.name for path in (folder / project.name).iterdir())
    except OSError:  # not there, no folder, a knot of links, or not to be read
        return None
    spelled = {marker: offer.answer for marker, offer in project.markers.items()}
    strangers = [name for name in found if name not in spelled]
    if strangers:
        return broken(f"installed a file that no candidate holds: {strangers[0]!r}")
    if len(found) > 1:
        both = " and ".join(spelled[name] for name in found)
        return broken(f"installed more than one candidate: {both}")
    return answered(spelled[found[0]]) if found else None
