"""Locations: in which file, and on which line of it, a rule can be looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.suite.rules import Rule
from manylinux_fixtures.recipes import read_recipe_files


@dataclass(frozen=True, slots=True)
class Location:
    """A file of the repository, and a line of it, counted from 1; 0 means the file.

    ``label`` says what is found there, ``path`` is relative to the repository's root.
    """

    label: str
    path: str
    line: int = 0

    def __str__(self) -> str:
        """Return ``path:line``, as compilers and editors write it."""
        return f"{self.path}:{self.line}" if self.line else self.path


def locate(root: Path, rules: Iterable[Rule]) -> dict[str, list[Location]]:
    """Return the locations of every rule: its text, then its fixture recipes.

    Raises FixtureError if a recipe file is malformed.
    """
    found = {
        rule.id: [Location("Text", f"spec/{rule.chapter}.md", rule.line)]
        for rule in rules
    }
    recipes = root / "fixtures" / "recipes"
    for path, file in read_recipe_files(recipes) if recipes.is_dir() else ():
        location = Location("Fixture recipes", path.relative_to(root).as_posix())
        found.setdefault(file.rule, []).append(location)
    return found
