"""Prints which names glibc has under which versions: ``python -m`` this module.

The reference keeps them as ``reading/glibc_names.txt``.  A line begins with a library,
or with ``-`` for those that every Python process has, ``=`` if these have the names for
old files alone, which ask for them under a version; then follow the versions of each
architecture, and the names.  A test compares the two.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping

from manylinux_conformance.loader.glibc_exports import SONAMES, glibc_exports
from manylinux_conformance.loader.sysroots import (
    GONE,
    NEVER,
    exports_of,
    for_old_files_since,
)
from manylinux_conformance.platforms.architectures import ARCHITECTURES

# What python is linked with; the rest of glibc's libraries, it may lack.
LIBRARIES = frozenset(("c", "m", "dl", "pthread", "util", "ld"))
OF_PYTHON, FOR_OLD_FILES = "-", "="
ANY = "*"  # whatever the version, of architectures that Zig does not describe
LIKE = {"ppc64": "ppc64le"}  # where such a one has its names from
HEADER = "# Written by manylinux_conformance.loader.glibc_names from Zig's tables."

Name = tuple[str, str]  # library and symbol


def glibc_names() -> str:
    """Return the lines; raises MissingProgramError without ``ziglang``."""
    described = {
        arch: _versions(arch)
        for arch in ARCHITECTURES
        if glibc_exports().describes(arch)
    }
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name in sorted(set().union(*described.values())):
        library, symbol = name
        groups[library, _parts(name, described)].append(symbol)
    lines = [" ".join([*when, *symbols]) for when, symbols in sorted(groups.items())]
    return "".join(f"{line}\n" for line in [HEADER, *lines])


def _parts(name: Name, described: Mapping[str, Mapping[Name, str]]) -> str:
    """Return the versions of a name with the architectures that have it under these."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for arch in ARCHITECTURES:
        if arch in described and name in described[arch]:
            alike[described[arch][name]].append(arch)
        elif arch in LIKE:
            known = described[LIKE[arch]].get(name, "")
            alike[f"{known},{ANY}".removeprefix(",")].append(arch)
    return ";".join(f"{','.join(alike[each])}={each}" for each in sorted(alike))


def _versions(arch: str) -> dict[Name, str]:
    """Return the versions of each name that glibc has not lost since."""
    found: defaultdict[Name, list[tuple[int, int, int]]] = defaultdict(list)
    nodes: dict[tuple[int, int, int], str] = {}
    for export in exports_of(arch):
        if export.symbol not in GONE:
            own = export.library in LIBRARIES
            library = OF_PYTHON if own else SONAMES[export.library]
            found[library, export.symbol].append(export.version)
            nodes[export.version] = export.node.removeprefix("GLIBC_")
    names: dict[Name, str] = {}
    for (library, symbol), versions in found.items():
        is_kept = for_old_files_since(symbol) < NEVER and min(versions) > min(nodes)
        group = FOR_OLD_FILES if is_kept and library == OF_PYTHON else library
        names[group, symbol] = ",".join(nodes[each] for each in sorted(set(versions)))
    return names


if __name__ == "__main__":
    sys.stdout.write(glibc_names())
