"""The archive source: image archives that a user has, checked before loading."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.errors import InputError
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.platforms.catalogue import Container

CHUNK = 1 << 20
LARGEST_TEXT = 4 << 20  # bytes of a manifest or an image's configuration
MOST_MEMBERS = 10_000
MANIFEST = "manifest.json"
BROKEN = (
    tarfile.TarError,
    EOFError,
    OSError,
    msgspec.DecodeError,
    RecursionError,  # of JSON that is nested deeply
)
Members = dict[str, tarfile.TarInfo]
Names = Annotated[tuple[str, ...], msgspec.Meta(max_length=1000)]


class ImageInArchive(msgspec.Struct, frozen=True, rename="pascal"):
    """An entry of ``manifest.json``, as ``docker save`` writes it."""

    config: str
    repo_tags: Names | None = None
    layers: Names = ()


class RootFileSystem(msgspec.Struct, frozen=True):
    """The layers' digests, uncompressed."""

    diff_ids: Names = ()


class Configuration(msgspec.Struct, frozen=True):
    """The part of an image's configuration that is checked."""

    architecture: str
    rootfs: RootFileSystem


def archive_path(container: Container, folder: Path) -> Path:
    """Return where a folder of archives has a platform's image."""
    return folder / f"{container.name}.tar"


def load_archive(engine: Engine, container: Container, folder: Path) -> None:
    """Load a platform's image from a folder of archives.

    Raises InputError, and loads nothing, if the file is not whole, or holds anything
    but this platform's image for its architecture.
    """
    path = archive_path(container, folder)
    check_archive(path, container)
    engine.load(_pieces(path))


def save_archive(engine: Engine, container: Container, folder: Path) -> Path:
    """Write a platform's image into a folder of archives, whole or not at all.

    Raises InputError if the folder cannot be written to, and EngineError if the engine
    breaks off.
    """
    path = archive_path(container, folder)
    try:
        with whole_file(path) as new:
            with new.open("wb") as file:
                file.writelines(engine.save(container.image))
                os.fsync(file.fileno())
            check_archive(new, container)
    except OSError as error:
        raise InputError(path, error.strerror or str(error)) from error
    return path


def check_archive(path: Path, container: Container) -> None:
    """Raise InputError unless a file is a whole archive of a platform's image."""
    try:
        with tarfile.open(path, "r:") as archive:
            _check(archive, path, container)
    except FileNotFoundError as error:
        raise InputError(path, "no such archive") from error
    except BROKEN as error:
        reason = f"is not a whole image archive: {error or type(error).__name__}"
        raise InputError(path, reason) from error


def _check(archive: tarfile.TarFile, path: Path, container: Container) -> None:
    members = _members(archive, path)
    manifest = _read(archive, members, MANIFEST)
    images = msgspec.json.decode(manifest, type=tuple[ImageInArchive, ...])
    names = tuple(name for image in images for name in image.repo_tags or ())
    if len(images) != 1 or names != (container.image,):
        found = ", ".join(names) or "no name"
        raise InputError(path, f"is not {container.image}: it holds {found}")
    image = images[0]
    text = _read(archive, members, image.config)
    configuration = msgspec.json.decode(text, type=Configuration)
    if configuration.architecture != container.arch.image:
        is_for = f"is for {configuration.architecture}, not for {container.arch.image}"
        raise InputError(path, is_for)
    if len(image.layers) != len(configuration.rootfs.diff_ids):
        raise InputError(path, "its manifest and its configuration differ in layers")
    for layer, digest in zip(image.layers, configuration.rootfs.diff_ids, strict=True):
        found = f"sha256:{_digest(archive, members, layer)}"
        # Newer engines name a layer after its digest, and may have compressed it.
        if found not in {digest, f"sha256:{layer.rpartition('/')[2]}"}:
            raise InputError(path, f"{layer} is damaged: its digest is {found}")


def _members(archive: tarfile.TarFile, path: Path) -> Members:
    found: Members = {}
    for member in archive:
        found[member.name] = member
        if len(found) > MOST_MEMBERS:
            raise InputError(path, f"has more than {MOST_MEMBERS} members")
    return found


def _read(archive: tarfile.TarFile, members: Members, name: str) -> bytes:
    file = _file(archive, members, name)
    if members[name].size > LARGEST_TEXT:
        raise tarfile.TarError(f"{name} has {members[name].size} bytes")
    return file.read()


def _digest(archive: tarfile.TarFile, members: Members, name: str) -> str:
    file = _file(archive, members, name)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _file(archive: tarfile.TarFile, members: Members, name: str) -> io.BufferedReader:
    member = members.get(name)
    file = archive.extractfile(member) if member else None
    if not isinstance(file, io.BufferedReader):
        raise tarfile.TarError(f"it lacks {name}")
    return file


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
