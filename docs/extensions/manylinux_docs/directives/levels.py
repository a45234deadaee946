"""Directives over ``policies.toml``: what a level is, in numbers, and the libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from docutils import nodes
from manylinux_spec.policies import Policies, read_policies
from sphinx.util.docutils import SphinxDirective

EMPTY_CELL = "-"
NUMBER = re.compile(r"\d+(\.\d+)*")


class _PoliciesDirective(SphinxDirective):
    """What these directives share: the data, and that each shows one table."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        path = Path(self.env.srcdir, "spec", "data", "policies.toml")
        self.env.note_dependency(str(path))
        try:
            rows = list(self.rows(read_policies(path), *self.arguments))
        except (KeyError, ValueError):
            raise self.error(f"no data about {self.arguments[0]!r}") from None
        content = self.parse_text_to_nodes(table(rows))
        return [nodes.container("", *content, classes=["spec-table", self.name])]

    def rows(self, data: Policies, *arguments: str) -> Iterator[Sequence[str]]:
        """Yield the heading and then each row, as Markdown cells."""
        raise NotImplementedError


class LevelDirective(_PoliciesDirective):
    """The newest nodes that a level lists, for each architecture that has it."""

    required_arguments = 1

    def rows(self, data: Policies, *arguments: str) -> Iterator[Sequence[str]]:
        """Yield the newest node of each namespace, and the named nodes."""
        yield "Architecture", *(f"`{each}_`" for each in data.providers), "Named nodes"
        [level] = arguments
        end = data.levels.index(level) + 1
        for arch in data.nodes:
            listed = {
                namespace: [
                    node
                    for older in data.levels[:end]
                    for node in data.added_nodes(arch, older, namespace)
                ]
                for namespace in data.providers
            }
            if any(listed.values()):
                newest = (code(numbered(each)[-1:]) for each in listed.values())
                yield f"`{arch}`", *newest, code(named(listed))


class AddedNodesDirective(_PoliciesDirective):
    """The nodes that each level adds on one architecture."""

    required_arguments = 1

    def rows(self, data: Policies, *arguments: str) -> Iterator[Sequence[str]]:
        """Yield all nodes that a level adds to the level before."""
        yield "Level", *(f"`{each}_`" for each in data.providers)
        [arch] = arguments
        for level in data.levels_of(arch):
            added = [data.added_nodes(arch, level, each) for each in data.providers]
            if any(added):
                yield level, *map(code, added)


class LibrariesDirective(_PoliciesDirective):
    """The external libraries: from which level on, where, and who lacks them."""

    def rows(self, data: Policies, *_: str) -> Iterator[Sequence[str]]:
        """Yield each library with its levels and with the systems without it."""
        yield "Library", "From", "First level", "Elsewhere", "Not on"
        groups = {
            "PEP 599": data.libraries.pep_599,
            "auditwheel": data.libraries.additional,
        }
        for source, libraries in groups.items():
            for library, level in libraries.items():
                missing = data.missing.get(library, EMPTY_CELL)
                other = ", ".join(elsewhere(data.exceptions, library)) or EMPTY_CELL
                yield f"`{library}`", source, level, other, missing
        for library, why in data.libraries.withdrawn.items():
            yield f"`{library}`", "withdrawn", EMPTY_CELL, EMPTY_CELL, why


def elsewhere(exceptions: Mapping[str, Mapping[str, str]], name: str) -> Iterator[str]:
    """Yield ``architecture: level`` where a library is there later, or never."""
    for arch, libraries in exceptions.items():
        if name in libraries:
            yield f"{arch}: {libraries[name]}"


def numbered(listed: Iterable[str]) -> list[str]:
    """Return the nodes that are plain numbers."""
    return [node for node in listed if NUMBER.fullmatch(node)]


def named(listed: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the nodes that are no plain numbers, with their namespaces."""
    return [
        f"{namespace}_{node}"
        for namespace, found in listed.items()
        for node in found
        if not NUMBER.fullmatch(node)
    ]


def code(names: Iterable[str]) -> str:
    """Return one cell with names as code."""
    return ", ".join(f"`{name}`" for name in names) or EMPTY_CELL


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; its first row is the heading."""
    heading, *body = rows
    lines = [heading, ["---"] * len(heading), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
