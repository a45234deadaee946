"""Prints which names every Python process has from glibc: ``python -m`` this module.

The reference keeps them as ``reading/glibc_names.txt``: since which release which
architectures have the names, and the names.  A test compares the two.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping

from manylinux_conformance.loader.glibc_exports import Release, glibc_exports
from manylinux_conformance.platforms.architectures import ARCHITECTURES

# What python is linked with; the rest of glibc's libraries, it may lack.
LIBRARIES = frozenset(("c", "m", "dl", "pthread", "util", "ld"))
OLDEST = (2, 5)  # level of all: what is older, is there always
LIKE = {"ppc64": "ppc64le"}  # an architecture that is not described
HEADER = "# Written by manylinux_conformance.loader.glibc_names from Zig's tables."


def glibc_names() -> str:
    """Return the lines; raises MissingProgramError without ``ziglang``."""
    since: defaultdict[str, defaultdict[Release, list[str]]]
    since = defaultdict(lambda: defaultdict(list))
    for arch in ARCHITECTURES:
        for name, release in _names(LIKE.get(arch, arch)).items():
            since[name][release].append(arch)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name, releases in sorted(since.items()):
        parts = (f"{r[0]}.{r[1]}={','.join(releases[r])}" for r in sorted(releases))
        groups[";".join(parts)].append(name)
    lines = [" ".join([when, *names]) for when, names in sorted(groups.items())]
    return "".join(f"{line}\n" for line in [HEADER, *lines])


def _names(arch: str) -> Mapping[str, Release]:
    """Return the names and the first release of each."""
    found: dict[str, Release] = {}
    for export in glibc_exports().of(arch):
        if export.library in LIBRARIES:
            release = max(export.version[:2], OLDEST)
            found[export.symbol] = min(found.get(export.symbol, release), release)
    return found


if __name__ == "__main__":
    sys.stdout.write(glibc_names())
