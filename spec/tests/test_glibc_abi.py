"""The lists of glibc's nodes, libraries and symbols are those of glibc's ABI lists."""

from __future__ import annotations

import functools

import msgspec
import pytest
from manylinux_spec.architectures import architectures
from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml
from manylinux_spec.policies import NEVER, policies

FROM_ELSEWHERE = {"2.0"}  # libgcc_s.so.1's node where libc.so.6 has none so old
CARRIED_BACK = {("aarch64", "2.18"): "2.17"}  # CentOS 7, for _mcount
LIBRARIES = ("libanl.so.1", "libmvec.so.1", "libnsl.so.1", "libutil.so.1")


class Marker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first release with a marker node, and the architectures that have it."""

    since: str
    architectures: tuple[str, ...]


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """glibc's ABI lists, condensed; what the fields mean stands in the file."""

    revision: int
    newest: str
    later: dict[str, dict[str, str]]
    own: dict[str, dict[str, list[str]]]
    frame_registration: tuple[str, ...]
    markers: dict[str, Marker]
    symbols_of_2_18: dict[str, tuple[str, ...]] = msgspec.field(name="symbols-of-2-18")
    nodes: dict[str, dict[str, tuple[str, ...]]]


@functools.cache
def lists() -> Lists:
    return read_toml(data_file("glibc"), Lists)


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def listed(arch: str) -> dict[str, str]:
    """Return each GLIBC node of an architecture with the first level that lists it."""
    return {
        node: level
        for level in policies().nodes[arch]
        for node in policies().added_nodes(arch, level, "GLIBC")
    }


def level_of(node: str, arch: str) -> str:
    """Return the first level with data at or after the release of a node."""
    release = version(CARRIED_BACK.get((arch, node), node))[:2]
    levels = policies().levels[policies().levels.index(policies().first_level[arch]) :]
    return next(level for level in levels if version(level) >= release)


@pytest.mark.parametrize("arch", architectures())
def test_numbered_nodes_are_those_of_glibc_at_their_release(arch: str) -> None:
    defined = {node for nodes in lists().nodes[arch].values() for node in nodes}
    expected = {node: level_of(node, arch) for node in defined}
    found = {
        node: level
        for node, level in listed(arch).items()
        if not node.startswith("ABI_") and version(node)[:2] <= version(lists().newest)
    }
    for node in FROM_ELSEWHERE & (found.keys() - expected.keys()):
        assert found.pop(node) == policies().first_level[arch]
    assert found == expected


@pytest.mark.parametrize("arch", architectures())
def test_markers_are_those_of_glibc_at_their_release(arch: str) -> None:
    expected = {
        name: level_of(marker.since, arch)
        for name, marker in lists().markers.items()
        if arch in marker.architectures
    }
    found = {node: level for node, level in listed(arch).items() if "ABI_" in node}
    assert found == expected


@pytest.mark.parametrize("arch", architectures())
def test_libraries_are_allowed_where_glibc_has_them(arch: str) -> None:
    allowed, nodes = policies().allowed_libraries(arch), lists().nodes[arch]
    for library in LIBRARIES:
        assert (library in allowed) == (library in nodes), library
    if "libmvec.so.1" in nodes:
        first = version(min(nodes["libmvec.so.1"], key=version))
        assert version(allowed["libmvec.so.1"]) >= first


@pytest.mark.parametrize("arch", architectures())
def test_oldest_node_is_the_first_of_libc(arch: str) -> None:
    oldest = min(lists().nodes[arch]["libc.so.6"], key=version)
    assert architectures()[arch].oldest_node == oldest


def test_forbidden_symbols_of_2_18_are_those_that_glibc_introduced() -> None:
    forbidden = {
        symbol
        for entry in policies().forbidden
        if entry.below == "2.18"
        for symbol in entry.symbols
    }
    introduced = set().union(*lists().symbols_of_2_18.values())
    assert introduced - forbidden == {"_mcount"}, "CentOS 7 has it on aarch64"
    assert forbidden <= introduced
    assert [
        arch for arch, names in lists().symbols_of_2_18.items() if "_mcount" in names
    ] == ["aarch64"]


def test_no_library_is_never_allowed_everywhere() -> None:
    for library in set().union(*policies().exceptions.values()):
        levels = [
            policies().allowed_libraries(arch).get(library, NEVER)
            for arch in architectures()
        ]
        assert set(levels) != {NEVER}
