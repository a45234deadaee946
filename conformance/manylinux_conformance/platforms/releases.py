"""Releases: distributions whose images are platforms, one for each architecture."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._/:{}-]*$")]
Suite = Annotated[str, msgspec.Meta(pattern=r"^[a-z]*$")]
PublishedName = Annotated[str, msgspec.Meta(pattern=r"^(@[a-z0-9-]+/)?[a-z0-9_.-]+$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9][0-9a-z.]*$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
InnerPath = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_./-]*)?$")]
Package = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.+-]*$")]


class Source(enum.StrEnum):
    """Where an image comes from."""

    REGISTRY = "registry"  # pulled by digest
    MIRROR = "mirror"  # put together by mmdebstrap
    PACKAGES = "packages"  # put together from published packages
    CROSS_BUILD = "cross-build"  # built with Debian's cross compiler
    ARCHIVE = "archive"  # a file that the user has


class Index(enum.StrEnum):
    """An index of packages, each with a client of its own."""

    NPM = "npm"
    PYPI = "pypi"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a root file system: a folder of an archive in a published package.

    ``arch`` is the architecture that it is for.
    ``sha256`` is the digest of the package's file, which nobody else can vouch for.
    ``archive`` is a tar file in the package, ``folder`` the one that is taken of it;
    empty: everything.  ``without`` are folders in it that are left out, ``to`` is where
    the rest goes.
    """

    arch: str
    index: Index
    package: PublishedName
    version: Version
    sha256: Digest
    archive: InnerPath
    folder: InnerPath = ""
    without: tuple[InnerPath, ...] = ()
    to: InnerPath


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One release of a distribution, for all architectures that it has an image of.

    ``glibc`` is the C library's answer, ``python`` the version of its Python.
    ``interpreters`` are the paths of that Python, the first that exists counts.
    ``sources`` are tried in their order.
    ``registry`` is the image's reference; ``{arch}`` is filled in.
    ``suite`` is the release's code name on a mirror, ``packages`` what is taken.
    ``alias`` is the suite's other name there, for a mirror caught in between two
    states; what comes from it has to have the same code name.
    ``mirrored`` are the architectures that the mirror has, by default all.
    ``parts`` are what the source ``packages`` puts together.
    ``modelled`` is the modelled platform that stands for a release without images.
    ``released`` and ``supported_until`` are the distribution's own dates; security
    support by its makers, without paid extensions.
    ``moving``: it changes from day to day, so that answers are no baseline.
    ``engine`` is the address of another Docker engine; empty: this machine's.
    """

    name: Name
    glibc: str
    python: str
    architectures: tuple[str, ...]
    sources: tuple[Source, ...]
    interpreters: tuple[str, ...] = ("/usr/bin/python3",)
    registry: Reference | None = None
    suite: Suite = ""
    alias: Suite = ""
    packages: tuple[Package, ...] = ()
    mirrored: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    released: dt.date | None = None
    supported_until: dt.date | None = None
    modelled: str = ""
    moving: bool = False
    engine: str = ""
    about: str = ""
