"""Linux systems and their glibc: which tags run where (``distributions.toml``)."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml


class Distribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One system with its release.

    ``glibc``: the version of its glibc, such as ``2.17``.
    ``newest_node``: the newest GLIBC node that its libc exports, on the first of
    ``architectures``, those that were surveyed.
    ``source``: where the figures were read.
    """

    name: str
    glibc: str
    newest_node: str
    architectures: tuple[str, ...]
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    distribution: tuple[Distribution, ...]


def read_distributions(path: Path) -> tuple[Distribution, ...]:
    """Return the distributions of a file; raises InputError if it is damaged."""
    return read_toml(path, _File).distribution


@functools.cache
def distributions() -> tuple[Distribution, ...]:
    """Return the specification's distributions.

    Raises InputError if ``distributions.toml`` is damaged.
    """
    return read_distributions(data_file("distributions"))
