"""Probe projects: questions to an installer, written as made-up projects of wheels."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.asking.offered_files import offered_files
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.probe_project import (
    PREFIX,
    ProbeProject,
)


@dataclass(frozen=True, slots=True)
class ProbeProjects:
    """The wheels of many projects in one folder, ready to be offered to tools.

    Equal projects give equal bytes.  ``prefix`` stands before a lone platform tag.
    """

    links: Path
    projects: tuple[ProbeProject, ...]
    prefix: str = PREFIX

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements of all projects."""
        return tuple(line for each in self.projects for line in each.requirements)

    def write(self) -> None:
        """Write every candidate into the folder, which is a new one.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        self.links.mkdir(parents=True)
        for project in self.projects:
            for name, content in offered_files(project, self.prefix):
                (self.links / name).write_bytes(content)

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
                self.written[name] = write_probe_projects(projects, self.folder / name)
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
