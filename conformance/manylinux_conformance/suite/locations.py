"""Locations: in which file, and on which line, a case or a recipe is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_spec.input_files import LARGEST_TOML, read_bytes

from manylinux_conformance.suite.rules import Rule

TABLE = re.compile(r"\[\[(?P<kind>[a-z_]+)\]\]")
EXAMPLE = re.compile(r"```\{case\}\s*(?P<name>\S+)")
TEXT = re.compile(r'(?P<key>rule|name) = "(?P<value>[^"]*)"')


@dataclass(frozen=True, slots=True)
class Written:
    """A table of an array of tables in a TOML file, ``[[choose]]`` or another.

    ``line`` is where it begins, counted from 1; ``name`` is empty if it has none.
    """

    path: Path
    line: int
    kind: str
    rule: str
    name: str

    def below(self, folder: Path) -> str:
        """Return ``path:line``, as editors write it, with a path below a folder."""
        inside = self.path.is_relative_to(folder)
        path = self.path.relative_to(folder) if inside else self.path
        return f"{path.as_posix()}:{self.line}"


def written_below(folder: Path) -> Iterator[Written]:
    """Yield the tables of every TOML file below a folder, in their order.

    A table without a rule of its own has the one at the head of its file.  Only keys
    that stand at the beginning of a line are seen, which is how both are written.

    Raises InputError if a file cannot be read.
    """
    for path in sorted(folder.rglob("*.toml")):
        yield from _written(path)


def examples_in(chapter: Path, rule: Rule) -> Iterator[Written]:
    """Yield the cases in a rule's block, each with the line of its fence."""
    lines = read_bytes(chapter).decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines[rule.line :], rule.line + 1):
        if line.rstrip() == ":::":
            return
        if opening := EXAMPLE.match(line):
            yield Written(chapter, number, "case", rule.id, opening["name"])


def _written(path: Path) -> Iterator[Written]:
    lines = read_bytes(path, LARGEST_TOML).decode("utf-8", "replace").split("\n")
    openings = [
        (number, opening["kind"])
        for number, line in enumerate(lines)
        if (opening := TABLE.fullmatch(line.strip()))
    ]
    ends = [number for number, _ in openings[1:]] + [len(lines)]
    head = _texts(lines[: openings[0][0]] if openings else ())
    for (begin, kind), end in zip(openings, ends, strict=False):
        keys = {"rule": "", "name": ""} | head | _texts(lines[begin:end])
        yield Written(path, begin + 1, kind, keys["rule"], keys["name"])


def _texts(lines: Iterable[str]) -> dict[str, str]:
    """Return the first value of each key in some lines."""
    found = [match for line in lines if (match := TEXT.match(line))]
    return {match["key"]: match["value"] for match in reversed(found)}
