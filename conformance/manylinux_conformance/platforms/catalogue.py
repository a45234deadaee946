"""The catalogue: every image that can be a platform, one for each architecture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from manylinux_spec.architectures import architectures
from manylinux_spec.input_files import read_toml
from msgspec.structs import replace

from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, nearest
from manylinux_conformance.platforms.architectures import (
    ARCHITECTURES,
    Architecture,
    is_native,
    machine_of,
)
from manylinux_conformance.platforms.platform import (
    ElfClass,
    Fidelity,
    Platform,
    PlatformFile,
)
from manylinux_conformance.platforms.releases import Part, Release, Source

REPOSITORY = "manylinux-conformance"
# The name by which a case selects every container, and a model of each architecture.
EVERYWHERE = "every-architecture"
PLAIN_VERSION = re.compile(r"(\d+)\.(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Container:
    """A release on one architecture."""

    release: Release
    arch: Architecture

    @property
    def name(self) -> str:
        """The platform's name, such as ``debian-12-s390x``."""
        return f"{self.release.name}-{self.arch.name}"

    @property
    def image(self) -> str:
        """The name under which the engine keeps the prepared image."""
        return f"{REPOSITORY}/{self.release.name}:{self.arch.name}"

    @property
    def reference(self) -> str:
        """The image's name at its registry; empty if there is none."""
        return (self.release.registry or "").replace("{arch}", self.arch.name)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that have this architecture, in the order to try them."""
        mirrored = self.release.mirrored or self.release.architectures
        return tuple(
            source
            for source in self.release.sources
            if source is not Source.MIRROR or self.arch.name in mirrored
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """What published packages have of this architecture."""
        return tuple(part for part in self.release.parts if part.arch == self.arch.name)

    def platform(self, machine: str = "") -> Platform:
        """Return what the rules want to know, on an engine of this machine name.

        Raises InputError if the catalogue names no usable glibc version.
        """
        version = PLAIN_VERSION.match(self.release.glibc)
        if version is None:
            raise InputError(
                self.name, f"glibc {self.release.glibc!r} is not a version"
            )
        native = is_native(self.arch.name, machine)
        return Platform(
            name=self.name,
            fidelity=Fidelity.NATIVE if native else Fidelity.EMULATED,
            arch=self.arch.name,
            machine=machine_of(self.arch.name, machine),
            glibc=self.release.glibc,
            major=int(version[1]),
            minor=int(version[2]),
            pointer_bits=ElfClass(architectures()[self.arch.name].bits),
            about=self.release.about,
            # Both are this architecture with this C library, however it came about.
            like=(f"glibc-{self.release.glibc}", self.arch.name, EVERYWHERE),
        )


def read_containers(folder: Path | None = None) -> tuple[Container, ...]:
    """Return every container of the catalogue, in the order of the files.

    Raises InputError for an unknown architecture, a name that is defined twice, or a
    source without what it needs.
    """
    found: dict[str, Container] = {}
    for path in sorted((folder or data_folder("platforms")).glob("*.toml")):
        for container in _containers(path):
            if container.name in found:
                raise InputError(path, f"{container.name!r} is defined twice")
            found[container.name] = container
    return tuple(found.values())


def read_stand_ins(folder: Path | None = None) -> tuple[Release, ...]:
    """Return the releases without images, each with the modelled platform instead.

    Raises InputError for a malformed catalogue.
    """
    paths = sorted((folder or data_folder("platforms")).glob("*.toml"))
    releases = (one for path in paths for one in read_toml(path, PlatformFile).release)
    return tuple(release for release in releases if release.modelled)


def chosen(containers: tuple[Container, ...], pattern: str) -> tuple[Container, ...]:
    """Return the containers whose name a shell pattern matches."""
    return tuple(each for each in containers if fnmatchcase(each.name, pattern))


def elsewhere(
    containers: tuple[Container, ...], engines: Sequence[str]
) -> tuple[Container, ...]:
    """Return the containers with the engines that a user names for them.

    Each is an address for all, or ``PATTERN=ADDRESS`` for those whose name matches; the
    last one counts.  Raises InputError for a pattern that matches none.
    """
    for named in engines:
        pattern, found, address = named.rpartition("=")
        if not chosen(containers, pattern if found else "*"):
            reason = "no platform of this run has such a name"
            near = nearest(pattern, [each.name for each in containers])
            raise InputError(named, reason + near)
        containers = tuple(
            Container(replace(each.release, engine=address), each.arch)
            if fnmatchcase(each.name, pattern if found else "*")
            else each
            for each in containers
        )
    return containers


def _containers(path: Path) -> Iterator[Container]:
    for release in read_toml(path, PlatformFile).release:
        if Source.REGISTRY in release.sources and not release.registry:
            raise InputError(path, f"{release.name}: a registry needs 'registry'")
        if Source.MIRROR in release.sources and not release.suite:
            raise InputError(path, f"{release.name}: a mirror needs 'suite'")
        if Source.CROSS_BUILD in release.sources and not release.suite:
            raise InputError(path, f"{release.name}: a build needs 'suite'")
        for arch in release.architectures:
            if arch not in ARCHITECTURES:
                raise InputError(path, f"{release.name}: no architecture {arch!r}")
            container = Container(release, ARCHITECTURES[arch])
            if Source.PACKAGES in release.sources and not container.parts:
                raise InputError(path, f"{container.name}: packages need 'parts'")
            yield container
