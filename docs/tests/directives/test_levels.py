"""The chapter of levels: its tables say what the data say."""

from __future__ import annotations

import pytest
from manylinux_docs.directives.levels import (
    AddedNodesDirective,
    LevelDirective,
    LibrariesDirective,
)
from manylinux_spec.architectures import architectures
from manylinux_spec.folder import spec_folder
from manylinux_spec.policies import policies

CHAPTER = (spec_folder() / "levels.md").read_text("utf-8")


Directive = type[LevelDirective | AddedNodesDirective | LibrariesDirective]


def rows(directive: Directive, *arguments: str) -> list[list[str]]:
    """Return a table's rows without markup, the heading first."""
    found = directive.rows(directive.__new__(directive), policies(), *arguments)
    return [[cell.replace("`", "") for cell in row] for row in found]


def test_level_2_17_has_the_newest_nodes_of_centos_7() -> None:
    heading, *body = rows(LevelDirective, "2.17")
    found = {row[0]: dict(zip(heading, row, strict=True)) for row in body}
    legacy = [name for name, row in architectures().items() if len(row.legacy) > 0]
    assert list(found) == legacy
    assert {row["GLIBC_"] for row in found.values()} == {"2.17", "2.18"}
    assert found["aarch64"]["GLIBC_"] == "2.18", "for _mcount"
    assert found["x86_64"]["GLIBCXX_"] == "3.4.19"
    assert found["x86_64"]["CXXABI_"] == "1.3.7"
    assert found["x86_64"]["GCC_"] == "4.8.0"
    assert found["x86_64"]["Named nodes"] == "CXXABI_TM_1"


@pytest.mark.parametrize("arch", architectures())
def test_added_nodes_are_all_nodes_of_an_architecture(arch: str) -> None:
    heading, *body = rows(AddedNodesDirective, arch)
    assert heading[1:] == [f"{namespace}_" for namespace in policies().providers]
    shown = {
        (level, namespace, node)
        for level, *cells in body
        for namespace, cell in zip(policies().providers, cells, strict=True)
        for node in cell.split(", ")
        if node != "-"
    }
    assert shown == {
        (level, namespace, node)
        for level, added in policies().nodes[arch].items()
        for namespace, nodes in added.items()
        for node in nodes
    }
    assert f"```{{added-nodes}} {arch}\n" in CHAPTER


def test_libraries_are_those_of_every_kind() -> None:
    _, *body = rows(LibrariesDirective)
    groups = policies().libraries
    assert [row[0] for row in body] == [
        *groups.pep_599,
        *groups.additional,
        *groups.withdrawn,
    ]
    found = {row[0]: row[1:] for row in body}
    assert found["libutil.so.1"] == ["PEP 599", "2.5", "loongarch64: never", "-"]
    assert found["libnsl.so.1"][-1] == policies().missing["libnsl.so.1"]
    assert found["libcrypt.so.1"][0] == "withdrawn"


def test_unknown_architecture_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        rows(AddedNodesDirective, "mips")
