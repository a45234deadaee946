"""The legacy tags and what each is another spelling of (``aliases.toml``)."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml


class Alias(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One legacy tag (PEP 600, Legacy manylinux tags).

    ``legacy`` and ``perennial`` are whole platform tags.
    ``family``: the part of the legacy tag before the architecture.
    ``major`` and ``minor``: the glibc version of the family.
    ``attribute``: what decides the family in a ``_manylinux`` module.
    ``pep``: the number of the PEP that introduced the family.
    """

    legacy: str
    perennial: str
    family: str
    major: int
    minor: int
    arch: str
    attribute: str
    pep: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    revision: int
    alias: tuple[Alias, ...]


def read_aliases(path: Path) -> tuple[Alias, ...]:
    """Return the aliases of a file; raises InputError if it is damaged."""
    return read_toml(path, _File).alias


@functools.cache
def aliases() -> tuple[Alias, ...]:
    """Return the specification's aliases.

    Raises InputError if ``aliases.toml`` is damaged.
    """
    return read_aliases(data_file("aliases"))


def spellings(level: str, arch: str) -> tuple[str, ...]:
    """Return every tag of a level such as ``2.17``: the legacy one first, if any.

    This is byte order too, in which PEP 425 wants compressed tag sets written.
    Raises InputError if ``aliases.toml`` is damaged.
    """
    perennial = f"manylinux_{level.replace('.', '_')}_{arch}"
    legacy = [alias.legacy for alias in aliases() if alias.perennial == perennial]
    return (*legacy, perennial)
