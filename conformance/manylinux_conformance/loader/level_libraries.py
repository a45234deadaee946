"""The external libraries of a level with their version nodes (``policies.toml``)."""

from __future__ import annotations

from manylinux_spec.policies import policies

from manylinux_conformance.loader.glibc_exports import Release

LIBGCC = "libgcc_s.so.1"


def as_release(level: str) -> Release:
    """Turn ``"2.17"`` into ``(2, 17)``."""
    major, _, minor = level.partition(".")
    return int(major), int(minor)


def level_libraries(
    arch: str, release: Release, *, glibc_nodes: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return the external libraries of the newest level that is not above the release.

    Maps each SONAME to its version nodes.  A library of glibc's own whose symbols
    nobody lists (libmvec, libnsl) gets all of ``glibc_nodes``.
    """
    found: dict[str, list[str]] = {
        soname: []
        for soname, since in policies().allowed_libraries(arch).items()
        if as_release(since) <= release
    }
    for level, added in policies().nodes.get(arch, {}).items():
        if as_release(level) <= release:
            _add_nodes(found, added)
    for soname in policies().providers["GLIBC"]:
        if soname in found:
            found[soname] += glibc_nodes
    if LIBGCC in found and arch in policies().libgcc_nodes:
        found[LIBGCC].append(policies().libgcc_nodes[arch])
    return {soname: tuple(nodes) for soname, nodes in found.items()}


def _add_nodes(found: dict[str, list[str]], added: dict[str, tuple[str, ...]]) -> None:
    for namespace, suffixes in added.items():
        if namespace == "GLIBC":  # what glibc has is not the policy's to say
            continue
        for soname in policies().providers[namespace]:
            if soname in found:
                found[soname] += [f"{namespace}_{suffix}" for suffix in suffixes]
