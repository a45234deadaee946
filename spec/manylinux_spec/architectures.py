"""The architectures of tags, and how their ELF files look (``architectures.toml``)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml


class Architecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One architecture.

    ``name``: the last part of a platform tag (PEP 600).
    ``e_machine``: the gABI's name, ``e_machine_number`` its value.
    ``bits`` and ``byte_order``: EI_CLASS and EI_DATA (gABI, ELF Identification).
    A file has the ABI that ``e_flags_reason`` names if ``e_flags & e_flags_mask`` is
    ``e_flags_value`` (processor supplements of the gABI); a mask of 0 fits all files.
    ``loader``: PT_INTERP of an executable (glibc, ``shlib-versions``).
    ``largest_page``: of memory, in bytes, of kernels that mainstream systems run.
    ``oldest_kernel``: of the systems whose loader reads NT_GNU_ABI_TAG.
    ``legacy``: the legacy families that exist for the architecture (PEP 513, 571, 599).
    ``kernels``: what ``uname -m`` may say, the tag's own name first.
    ``floor``: the glibc version below which no tool lists tags (informative).
    ``first_glibc``: the release of glibc that brought the port (informative).
    ``oldest_node``: the version of the oldest GLIBC node of its ``libc.so.6`` (glibc,
    ``shlib-versions``).
    ``oldest_system``: glibc of the oldest system; an older claim stands for it.
    ``baseline``: the processor that code without a check at run time is made for.
    """

    name: str
    e_machine: str
    e_machine_number: int
    bits: Literal[32, 64]
    byte_order: Literal["little", "big"]
    e_flags_mask: int
    e_flags_value: int
    e_flags_reason: str
    loader: str
    largest_page: int
    oldest_kernel: str
    legacy: tuple[str, ...]
    kernels: tuple[str, ...]
    floor: str
    first_glibc: str
    oldest_node: str
    oldest_system: str
    baseline: str
    note: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    revision: int
    architecture: tuple[Architecture, ...]


def read_architectures(path: Path) -> tuple[Architecture, ...]:
    """Return the architectures of a file; raises InputError if it is damaged."""
    return read_toml(path, _File).architecture


@functools.cache
def architectures() -> Mapping[str, Architecture]:
    """Return the specification's architectures by name.

    Raises InputError if ``architectures.toml`` is damaged.
    """
    rows = read_architectures(data_file("architectures"))
    return MappingProxyType({row.name: row for row in rows})
