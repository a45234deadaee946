"""The rule on names that glibc does not have under the version that is asked for."""

from __future__ import annotations

from manylinux_reference.reading.elf.dynamic import readable
from manylinux_reference.reading.elf.file import Elf, VersionNeed
from manylinux_reference.reading.glibc_names import glibc_names, not_listed
from manylinux_reference.reading.policy import NEVER, Policy, Version, dotted
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings
from manylinux_reference.rules.wheel.header import origin
from manylinux_reference.rules.wheel.scopes import has, scope_of
from manylinux_reference.rules.wheel.versions import MARKERS

OF_GLIBC = (
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"),
    *("libutil.so.1", "libresolv.so.2", "libanl.so.1"),
)


@decides("wheel.symbols.versioned")
def versioned(wheel: Wheel, policy: Policy) -> Findings:
    """Yield a finding for each file with a name that glibc lacks under its version.

    glibc looks in all that is loaded, and for the very version (``check_match`` in
    ``elf/dl-lookup.c``).
    """
    asked: dict[str, set[str]] = {}
    for elf in wheel.elves:
        for need in _needs(elf, policy):
            asked.setdefault(need.node, set()).update(map(readable, need.names))
    lost, elsewhere = not_listed(policy.arch, asked) if asked else ({}, {})
    lost |= {node: asked[node] for node in asked if node.startswith(MARKERS)}
    if not elsewhere and not any(lost.values()):
        return
    for elf in wheel.elves:
        if any(origin(elf, policy)):
            continue
        for need in _needs(elf, policy):
            for symbol in sorted(need.names):
                name = readable(symbol)
                libraries = elsewhere.get(f"{name}@{need.node}", set())
                is_lost = libraries or name in lost.get(need.node, ())
                if is_lost and not _is_loaded(elf, symbol, need.node, libraries):
                    since = _since(name, policy) if libraries else NEVER
                    yield _finding(elf, need, name, since)
                    break


def _needs(elf: Elf, policy: Policy) -> list[VersionNeed]:
    """Return the needs of versions that lists know of a library of glibc's own."""
    return [
        need
        for need in elf.version_needs
        if need.names
        and need.node in policy.nodes
        and need.library in (*OF_GLIBC, policy.loader_name)
        and elf.links.get(need.library) is None
    ]


def _is_loaded(elf: Elf, symbol: bytes, node: str, libraries: set[str]) -> bool:
    """Return whether a contained library that is loaded may have the name instead.

    Or one of glibc's libraries that not every process has is loaded.
    """
    return any(
        has(each, symbol, node) or not libraries.isdisjoint(each.needed)
        for each in scope_of(elf)
    )


def _since(name: str, policy: Policy) -> Version:
    """Return since when every process has the name, under its old version, too."""
    if policy.names is None:
        policy.names = glibc_names(policy.arch)
    return policy.names.get(name, NEVER)


def _finding(elf: Elf, need: VersionNeed, name: str, since: Version) -> Finding:
    known = "no library of glibc has"
    if since < NEVER:
        known = f"libc.so.6 has since {dotted(since)}"
    text = f"refers to {name} under {need.node} of {need.library}, which {known}"
    return Finding(
        "wheel.symbols.versioned", elf.name, text, min_level=since,
        library=need.library, version=need.node, symbol=name,
    )  # fmt: skip
