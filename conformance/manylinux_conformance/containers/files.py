"""The files of this machine that a container uses: shared with it, or copied to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import docker.errors
from docker.types import Mount

from manylinux_conformance.containers.file_transfer import Owner, pack, unpack, walk
from manylinux_conformance.errors import InvariantError
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import LABEL, Engine, translated
from manylinux_conformance.platforms.catalogue import Container

CLOSED_TO_OTHERS = Path("/root")
ROOT: Owner = (0, 0)
NOBODY = 65534
Signature = tuple[int, int, int, int]


class ContainerFiles(Protocol):
    """Files and folders that have the same paths in a container."""

    def mounts(self) -> list[Any]:
        """Return the mounts to create a container with."""

    def send(self, container: str, folder: Path) -> None:
        """Bring files to a container; its programs may change those of the folder.

        Raises OSError if a file goes away meanwhile.
        """

    def fetch(self, container: str, folder: Path) -> None:
        """Bring back what programs did in a folder.

        Raises TransferError if that does not fit the folder.
        """


@dataclass(frozen=True, slots=True)
class SharedFiles:
    """Files that an engine of this machine mounts."""

    readable: Sequence[Path]
    writable: Path

    def mounts(self) -> list[Any]:
        """Return bind mounts."""
        paths = dict.fromkeys((*self.readable, self.writable))
        binds = [
            Mount(str(path), str(path), type="bind", read_only=path != self.writable)
            for path in paths
        ]
        if any(path.is_relative_to(CLOSED_TO_OTHERS) for path in paths):
            # Paths are the same inside, where somebody else has to read them.
            door = self.writable / "open-root"
            door.mkdir(exist_ok=True)
            binds.append(Mount(str(CLOSED_TO_OTHERS), str(door), type="bind"))
        return binds

    def send(self, container: str, folder: Path) -> None:
        """Let the container's user change a folder that root has made.

        By descriptors: something left behind in the container may move folders
        meanwhile.  Raises InvariantError for a folder that is not the container's.
        """
        if not folder.is_relative_to(self.writable):
            raise InvariantError(folder, f"is not writable in container {container}")
        if os.getuid() != 0:
            return
        user, group = container_user()
        for _, folders, files, descriptor in os.fwalk(folder):
            for name in (".", *folders, *files):
                os.chown(name, user, group, dir_fd=descriptor, follow_symlinks=False)

    def fetch(self, container: str, folder: Path) -> None:
        """Do nothing: it is the same folder."""


@dataclass(slots=True)
class CopiedFiles:
    """Files for an engine that does not see this machine's: copies in volumes.

    What programs may read and not change belongs to root there; they do not.
    """

    engine: Engine
    readable: Sequence[Path]
    writable: Path
    _container: str = ""
    _sent: dict[Path, Signature] = field(default_factory=dict)

    def mounts(self) -> list[Any]:
        """Return anonymous volumes, which go with the container."""
        return [
            Mount(str(path), None, type="volume", no_copy=True)
            for path in self._volumes()
        ]

    def send(self, container: str, folder: Path) -> None:
        """Copy what is new or has changed since the container's last command."""
        if container != self._container:
            self._container, self._sent = container, {}
        found = {path: ROOT for root in self.readable for path in walk(root)}
        found |= dict.fromkeys(walk(folder), container_user())
        new = {path: _signature(path) for path in found}
        new = {path: facts for path, facts in new.items() if self._is_new(path, facts)}
        for volume in self._volumes():
            paths = [path for path in new if path.is_relative_to(volume)]
            if paths:
                self._put(volume, [(path, found[path]) for path in paths])
        self._sent |= new

    def fetch(self, container: str, folder: Path) -> None:
        """Copy a folder back; raises TransferError for an archive that does not fit."""
        pieces, _ = self.engine.client.api.get_archive(container, str(folder))
        unpack(pieces, folder)
        self._sent |= {path: _signature(path) for path in walk(folder)}

    def _is_new(self, path: Path, facts: Signature) -> bool:
        return self._sent.get(path) != facts

    def _put(self, volume: Path, paths: list[tuple[Path, Owner]]) -> None:
        outer = dict.fromkeys(
            parent
            for path, _ in paths
            for parent in reversed(path.parents)
            if parent.is_relative_to(volume) and parent not in self._sent
        )
        listed = {path for path, _ in paths}
        folders = [(path, ROOT) for path in outer if path not in listed]
        with tempfile.TemporaryFile() as file:
            pack([*folders, *paths], volume, file)
            file.seek(0)
            self.engine.client.api.put_archive(self._container, str(volume), file)

    def _volumes(self) -> Iterator[Path]:
        """Yield the folders that all files are in, none of them inside another."""
        paths = (*self.readable, self.writable)
        volumes = {path if path.is_dir() else path.parent for path in paths}
        if any(path.is_relative_to(CLOSED_TO_OTHERS) for path in volumes):
            volumes.add(CLOSED_TO_OTHERS)
        for path in sorted(volumes):
            if not volumes & set(path.parents):
                yield path


def can_mount(folders: Sequence[Path], engine: Engine, container: Container) -> bool:
    """Return whether an engine can mount folders of this machine.

    In the first of them, one is made that no other machine has.
    Asked, not guessed: an engine behind a local socket may be in a virtual machine, and
    one that is reached through a network may be this machine's own.
    Raises EngineError if the engine breaks off.
    """
    api = engine.client.api
    first, *others = folders
    with (
        tempfile.TemporaryDirectory(dir=first) as made_here,
        translated(engine.address),
    ):
        mounts = [
            Mount(f"/seen/{number}", str(path), type="bind", read_only=True)
            for number, path in enumerate((made_here, *others))
        ]
        try:
            made = api.create_container(
                container.image,
                platform=container.arch.platform,
                command=["-"],
                labels={LABEL: owner()},
                host_config=api.create_host_config(mounts=mounts),
            )
        except docker.errors.APIError:
            return False
        api.remove_container(made["Id"], force=True)
    return True


def container_user() -> Owner:
    """Return who a container's programs are: never root."""
    return (os.getuid(), os.getgid()) if os.getuid() else (NOBODY, NOBODY)


def _signature(path: Path) -> Signature:
    facts = path.lstat()
    if path.is_dir() and not path.is_symlink():
        return (facts.st_mode, 0, 0, 0)
    return (facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ino)
