"""Sysroots: stub libraries of one glibc release on one architecture, built on demand.

What a sysroot knows, and does not:

- glibc's own libraries (c, m, pthread, dl, rt, util, resolv and the loader) have every
  symbol with its version, from Zig's tables.
- ``libanl`` has its four functions from its own first release on.
- The other external libraries of the level have the version nodes that the policy data
  lists, and no symbols: whether such a symbol exists is not judged.
- ``ppc64`` is not in Zig's tables: its symbols are read from an installed glibc and
  cut off at the release.
- Every external library of the level is there, also where no distribution installs it
  by itself.
- ``GLIBC_PRIVATE`` is nowhere, although a real library of the very same build has it.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from manylinux_fixtures.files.atomic_file import whole_folder
from manylinux_spec.architectures import architectures
from manylinux_spec.policies import policies

from manylinux_conformance.loader.glibc_exports import (
    SONAMES,
    Export,
    Release,
    glibc_exports,
)
from manylinux_conformance.loader.installed_glibc import installed_exports
from manylinux_conformance.loader.level_libraries import level_libraries
from manylinux_conformance.loader.loaders import loader_name
from manylinux_conformance.loader.stub_library import Stub, StubSymbol, write_stub

FIRST_RELEASE: Release = (2, 5)  # of manylinux1, the oldest level
NEVER: Release = (3, 0)
FORMAT = b"2"  # raise when the stubs' content changes with the same data

# Nodes that no symbol has: (library, architectures, since, node).  No architectures:
# all of them.
EMPTY_NODES: tuple[tuple[str, tuple[str, ...], Release, str], ...] = (
    # A placeholder for what moved between glibc's libraries (glibc 2.34 NEWS).
    ("ld", (), (2, 34), "GLIBC_2.34"),
    # Marks support of DT_RELR (glibc 2.36 NEWS).
    ("c", (), (2, 36), "GLIBC_ABI_DT_RELR"),
    # CentOS 7's glibc 2.17 has the node (spec/data/policies.toml, decisions).
    ("c", ("aarch64",), (2, 17), "GLIBC_2.18"),
    # For the functions that register frames (elf/Versions), which Zig leaves out.
    ("c", ("i686", "s390x"), FIRST_RELEASE, "GCC_3.0"),
    # Some systems carried them back to 2.39 and later (spec/data/policies.toml).
    ("c", ("x86_64", "i686"), (2, 43), "GLIBC_ABI_GNU2_TLS"),
    ("c", ("x86_64",), (2, 43), "GLIBC_ABI_DT_X86_64_PLT"),
    ("c", ("i686",), (2, 43), "GLIBC_ABI_GNU_TLS"),
)


# libanl's functions, which Zig knows in libc.so.6 only, where they went with 2.34.
LIBANL = ("gai_cancel", "gai_error", "gai_suspend", "getaddrinfo_a")
LIBANL_SINCE = (2, 2, 3)
# Libraries whose functions went to libc.so.6 one by one, most of them with 2.34; each
# got a new version there and kept the old one.
MOVING = ("pthread", "dl", "rt", "util", "resolv", "anl")
FIRST_MOVE: Release = (2, 32)
# Symbols that left for libc_malloc_debug.so.0, which no level allows.
GONE: dict[str, Release] = {"malloc_get_state": (2, 34), "malloc_set_state": (2, 34)}
# What glibc has for old files alone from a release on (``compat_symbol``; its NEWS).
# Without a version, nobody finds more of it than the very first one.
FOR_OLD_FILES: tuple[tuple[str, Release], ...] = (
    (r"__\w+_finite", (2, 31)),
    (r"__rpc_thread_\w+|xdr_(u_)?quad_t", (2, 32)),
    (r"pthread_mutex(_consistent|attr_[gs]etrobust)_np", (2, 34)),
)


@functools.cache
def exports_of(arch: str) -> tuple[Export, ...]:
    """Return every export of an architecture's glibc.

    Raises MissingProgramError if what describes it is not installed.
    """
    if not glibc_exports().describes(arch):
        return installed_exports(arch)
    found = glibc_exports().of(arch)
    since = max(LIBANL_SINCE, min(export.version for export in found))
    return found + tuple(Export("anl", symbol, since) for symbol in LIBANL)


def releases(arch: str) -> list[Release]:
    """Return the releases a sysroot can be built for, oldest first."""
    known = [export.version[:2] for export in exports_of(arch)]
    described = glibc_exports().describes(arch)
    newest = glibc_exports().newest() if described else max(known)
    oldest = max(min(known), FIRST_RELEASE)
    return [(2, minor) for minor in range(oldest[1], newest[1] + 1)]


def glibc_stubs(arch: str, release: Release) -> Iterator[Stub]:
    """Yield glibc's own libraries as they were in that release."""
    exports = exports_in(arch, release)
    newest: dict[tuple[str, str], tuple[int, int, int]] = {}
    for each in exports:
        key = (each.library, each.symbol)
        newest[key] = max(each.version, newest.get(key, each.version))
    for library in sorted({each.library for each in exports}):
        own = [each for each in exports if each.library == library]
        nodes = {each.version: each.node for each in own}
        names = [nodes[version] for version in sorted(nodes)]
        more = _empty_nodes(library, arch, release)
        names += [node for node in more if node not in names]
        symbols = (
            StubSymbol(
                each.symbol,
                each.node,
                each.size,
                each.version == newest[library, each.symbol]
                and release < for_old_files_since(each.symbol),
            )
            for each in own
        )
        soname = SONAMES.get(library, loader_name(arch))
        yield Stub(soname, tuple(names), tuple(symbols))


@functools.cache
def for_old_files_since(symbol: str) -> Release:
    """Return the release from which on new files do not get a symbol."""
    found = (since for names, since in FOR_OLD_FILES if re.fullmatch(names, symbol))
    return next(found, NEVER)


def exports_in(arch: str, release: Release) -> list[Export]:
    """Return what a release exports; what moved to ``libc.so.6`` by then is in both.

    The old library keeps its version nodes, so it stays as it was; a symbol is found
    by name and version wherever it is.
    """
    present = [
        each
        for each in exports_of(arch)
        if each.version[:2] <= release < GONE.get(each.symbol, NEVER)
    ]
    moved = {
        each.symbol
        for each in present
        if each.library == "c" and each.version[:2] >= FIRST_MOVE
    }
    return present + [
        dataclasses.replace(each, library="c")
        for each in present
        if each.library in MOVING and each.symbol in moved
    ]


def _empty_nodes(library: str, arch: str, release: Release) -> list[str]:
    return [
        node
        for owner, only, since, node in EMPTY_NODES
        if owner == library and arch in (only or (arch,)) and release >= since
    ]


def stubs(arch: str, release: Release) -> list[Stub]:
    """Return every library of the sysroot: glibc's own, then the level's others."""
    there = {*policies().allowed_libraries(arch), loader_name(arch)}
    own = [stub for stub in glibc_stubs(arch, release) if stub.soname in there]
    nodes = next(stub.nodes for stub in own if stub.soname == "libc.so.6")
    covered = {stub.soname for stub in own}
    others = level_libraries(arch, release, glibc_nodes=nodes)
    return own + [
        Stub(soname, names) for soname, names in others.items() if soname not in covered
    ]


def sysroot(arch: str, release: Release, cache: Path) -> Path:
    """Return the folder of the release's stubs, written first if it is not there.

    A folder appears whole or not at all, also when several processes ask at once.
    """
    found = stubs(arch, release)
    digest = hashlib.sha256(FORMAT + repr((arch, release, found)).encode()).hexdigest()
    folder = cache / "sysroots" / f"{arch}-{release[0]}.{release[1]}-{digest[:12]}"
    if folder.is_dir():
        return folder
    with whole_folder(folder) as new:
        for stub in found:
            (new / stub.soname).write_bytes(write_stub(stub, architectures()[arch]))
    return folder
