"""What each level allows a file to need from outside its wheel (``policies.toml``)."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml

NEVER = "never"  # the level of a library that an architecture does not have


class Libraries(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"
):
    """The external libraries by SONAME.

    ``pep_599`` and ``additional`` map to the first level that allows the library,
    ``withdrawn`` to where it once was allowed; it is at no level now.  ``glibc`` are
    those that glibc installs besides the providers of its namespace.
    """

    pep_599: dict[str, str]
    additional: dict[str, str]
    withdrawn: dict[str, str]
    glibc: dict[str, str]


class Forbidden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Symbols that no file may need of a library at a level older than ``below``.

    Without ``below`` they are forbidden at every level.
    """

    library: str
    why: str
    symbols: tuple[str, ...]
    below: str | None = None


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the data depart from auditwheel's, or look wrong and are not.

    ``found``: what the sources or the surveyed systems have; ``decided``: what is
    listed, and why.  ``nodes``: architecture, level and node, such as
    ``i686 2.27 GLIBCXX_3.4.25``, that every surveyed system has and no list.
    """

    about: str
    found: str
    decided: str
    nodes: tuple[str, ...] = ()


class Policies(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The policy data; everything is written as an addition to the levels before.

    ``revision``: raised with every change.
    ``levels``: glibc versions such as ``2.17``, oldest first.
    ``first_level``: the first level with data, by architecture.
    ``exceptions``: architecture -> library -> the level from which on it is there, or
    ``never``, where that differs from ``libraries``.
    ``missing``: allowed library -> the mainstream systems that do not have it.
    ``providers``: namespace of version nodes -> SONAMEs that define them.
    ``libgcc_nodes``: architecture -> the GLIBC node that ``libgcc_s.so.1`` defines.
    ``nodes``: architecture -> level -> namespace -> nodes that the level adds, without
    the namespace (``2.17`` for ``GLIBC_2.17``).
    """

    revision: int
    levels: tuple[str, ...]
    first_level: dict[str, str]
    libraries: Libraries
    exceptions: dict[str, dict[str, str]]
    missing: dict[str, str]
    providers: dict[str, tuple[str, ...]]
    libgcc_nodes: dict[str, str]
    forbidden: tuple[Forbidden, ...]
    decision: tuple[Decision, ...]
    nodes: dict[str, dict[str, dict[str, tuple[str, ...]]]]

    def levels_of(self, arch: str) -> tuple[str, ...]:
        """Return the levels from an architecture's first to its last one with data.

        Raises KeyError for an architecture without data.
        """
        first = self.levels.index(self.first_level[arch])
        last = max(self.levels.index(level) for level in self.nodes[arch])
        return self.levels[first : last + 1]

    def allowed_libraries(self, arch: str) -> dict[str, str]:
        """Return the external libraries of an architecture with their first level."""
        everywhere = {**self.libraries.pep_599, **self.libraries.additional}
        own = {**everywhere, **self.exceptions.get(arch, {})}
        return {library: level for library, level in own.items() if level != NEVER}

    def added_nodes(self, arch: str, level: str, namespace: str) -> tuple[str, ...]:
        """Return the nodes of a namespace that a level adds, in the data's order.

        Raises KeyError for an architecture without data.
        """
        return self.nodes[arch].get(level, {}).get(namespace, ())


def read_policies(path: Path) -> Policies:
    """Return the policies of a file; raises InputError if it is damaged."""
    return read_toml(path, Policies)


@functools.cache
def policies() -> Policies:
    """Return the specification's policies.

    Raises InputError if ``policies.toml`` is damaged.
    """
    return read_policies(data_file("policies"))
