"""What every surveyed system of a level has is listed, or a decision says why not.

The other direction, that every system has what is listed, is tested with the policy
that audits read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from manylinux_spec.folder import data_file
from manylinux_spec.input_files import read_toml
from manylinux_spec.policies import policies

ENDED_BEFORE_THE_TAG = {"ubuntu-13.04"}  # as the decision about it says
UNKNOWN = "None"  # the library was there without a node, or was not surveyed
System = dict[str, str | list[str]]
Survey = dict[str, dict[str, System]]


@functools.cache
def survey() -> Survey:
    return read_toml(data_file("survey"), Survey)


def version(text: object) -> tuple[int, ...]:
    return tuple(map(int, str(text).split(".")))


def systems(arch: str, level: str) -> list[System]:
    """Return the systems that accept a level, if one is older than the level after."""
    later = [each for each in policies().levels if version(each) > version(level)]
    accepting = [
        found[arch]
        for name, found in survey().items()
        if arch in found and name not in ENDED_BEFORE_THE_TAG
        if version(found[arch]["glibc"]) >= version(level)
    ]
    own = [
        each
        for each in accepting
        if not later or version(each["glibc"]) < version(later[0])
    ]
    return accepting if own else []


def missing(arch: str, level: str) -> Iterator[str]:
    """Yield the nodes that every system of a level has and the level does not list.

    Of numbered nodes the newest; GLIBC's are compared with the claim.
    """
    listed = {
        f"{namespace}_{node}"
        for older in policies().nodes[arch]
        if version(older) <= version(level)
        for namespace in policies().providers
        for node in policies().added_nodes(arch, older, namespace)
    }
    there = systems(arch, level)
    for namespace in set(policies().providers) - {"GLIBC"}:
        newest = [str(each.get(namespace, UNKNOWN)) for each in there]
        if newest and UNKNOWN not in newest:
            node = f"{namespace}_{min(newest, key=version)}"
            yield from {node} - listed
    named = [set(each["named"]) for each in there if "named" in each]
    if named and len(named) == len(there):
        yield from set.intersection(*named) - listed


def test_what_every_system_of_a_level_has_is_listed_or_decided() -> None:
    found = {
        f"{arch} {level} {node}"
        for arch in policies().nodes
        for level in policies().levels
        if version(level) >= version(policies().first_level[arch])
        for node in missing(arch, level)
    }
    decided = [node for entry in policies().decision for node in entry.nodes]
    assert len(decided) == len(set(decided))
    assert found == set(decided), "a decision that nothing calls for is stale"


@pytest.mark.parametrize("arch", ["x86_64", "i686"])
def test_markers_of_2_43_are_on_every_system_of_2_43(arch: str) -> None:
    marker = "GLIBC_ABI_GNU2_TLS"
    of_2_43 = systems(arch, "2.43")
    assert of_2_43
    for each in of_2_43:
        assert marker in each["named"]
    older = [
        each for each in systems(arch, "2.42") if version(each["glibc"]) == (2, 42)
    ]
    assert not all(marker in each["named"] for each in older), (
        "so 2.42 has no claim to it"
    )
