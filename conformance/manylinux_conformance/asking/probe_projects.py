"""Probe projects: questions to an installer, written as made-up projects of wheels."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import shutil
import threading
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.probe_project import (
    PREFIX,
    VERSION,
    ProbeProject,
    full_tag,
)

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive can hold


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
        """One pinned requirement for each project."""
        return tuple(project.requirement for project in self.projects)

    def write(self) -> None:
        """Write every candidate wheel into the folder, which is a new one.

        Raises InputError if a tag cannot be in a file name, or is offered twice.
        """
        self.links.mkdir(parents=True)
        for project in self.projects:
            for name, content in _wheels(project, self.prefix):
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
    spelled = {marker: offer.tag for marker, offer in project.markers.items()}
    strangers = [name for name in found if name not in spelled]
    if strangers:
        return broken(f"installed a file that no candidate holds: {strangers[0]!r}")
    if len(found) > 1:
        both = " and ".join(spelled[name] for name in found)
        return broken(f"installed more than one candidate: {both}")
    return answered(spelled[found[0]]) if found else None


def _wheels(project: ProbeProject, prefix: str) -> Iterator[tuple[str, bytes]]:
    names = project.filenames(prefix)
    for name, (marker, offer) in zip(names, project.markers.items(), strict=True):
        tag = full_tag(offer.tag, prefix)
        given = tuple(full_tag(each, prefix) for each in offer.wheel)
        yield name, _wheel(project.name, marker, tag, given or _expanded(tag))


def _expanded(tag: str) -> tuple[str, ...]:
    """Return every combination of a compressed tag set (PEP 425)."""
    parts = (part.split(".") for part in tag.split("-"))
    return tuple("-".join(combination) for combination in itertools.product(*parts))


def _wheel(project: str, marker: str, tag: str, lines: tuple[str, ...]) -> bytes:
    information = f"{project}-{VERSION}.dist-info"
    tags = "".join(f"Tag: {line}\n" for line in lines)
    files = {
        f"{project}/{marker}": tag.encode(),
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {project}\nVersion: {VERSION}\n"
        ).encode(),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: manylinux-conformance\n"
            f"Root-Is-Purelib: true\n{tags}"
        ).encode(),
    }
    record = "".join(_record(path, content) for path, content in files.items())
    files[f"{information}/RECORD"] = f"{record}{information}/RECORD,,\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for path, content in files.items():
            writer.writestr(zipfile.ZipInfo(path, EARLIEST), content)
    return archive.getvalue()


def _record(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"{path},sha256={digest.rstrip(b'=').decode()},{len(content)}\n"
