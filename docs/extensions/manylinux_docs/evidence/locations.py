"""Locations: in which file, and on which line of it, a rule can be looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.suite.locations import written_below
from manylinux_conformance.suite.rules import Rule


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file of the repository, counted from 1.

    ``label`` says what is found there, ``path`` is relative to the repository's root.
    """

    label: str
    path: str
    line: int

    def __str__(self) -> str:
        """Return ``path:line``, as compilers and editors write it."""
        return f"{self.path}:{self.line}"


def locate(root: Path, rules: Iterable[Rule]) -> dict[str, list[Location]]:
    """Return the locations of every rule: its text, its cases, its fixture recipes.

    Raises InputError if a file cannot be read.
    """
    found = {
        rule.id: [Location("Text", f"spec/{rule.chapter}.md", rule.line)]
        for rule in rules
    }
    for label, folder in (
        ("Case", root / "conformance" / "cases"),
        ("Recipe", root / "fixtures" / "recipes"),
    ):
        for each in written_below(folder):
            path = each.path.relative_to(root).as_posix()
            location = Location(f"{label} {each.name or each.kind}", path, each.line)
            found.setdefault(each.rule, []).append(location)
    return found
