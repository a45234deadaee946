"""Locations: in which file, and on which line of it, a rule can be looked up."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.errors import InputError, InvariantError
from manylinux_conformance.forcing.deciders import Decider, read_deciders
from manylinux_conformance.suite.locations import Written, written_below
from manylinux_conformance.suite.rules import Rule, read_rules
from manylinux_conformance.tools.adapters import read_adapter
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

REFERENCE = "conformance/tools/reference.toml"
REFERENCE_CODE = "reference/manylinux_reference"


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file of the repository, counted from 1.

    ``name`` says what is found there, ``path`` is relative to the repository's root.
    """

    name: str
    path: str
    line: int

    def __str__(self) -> str:
        """Return ``path:line``, as compilers and editors write it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class RuleLocations:
    """Where a rule, its questions and the functions that decide it are written."""

    text: Location
    cases: tuple[Location, ...]
    recipes: tuple[Location, ...]
    deciders: tuple[Location, ...]

    def __iter__(self) -> Iterator[Location]:
        """Yield all of them."""
        yield from (self.text, *self.cases, *self.recipes, *self.deciders)


def load_locations(env: BuildEnvironment) -> Mapping[str, RuleLocations]:
    """Return the locations of each rule of the project being built.

    Raises SphinxError if a file cannot be read or the reference does not answer.
    """
    try:
        return _locate(Path(env.srcdir), env.config.inputs_digest)
    except (InputError, InvariantError) as error:
        raise SphinxError(str(error)) from error


@functools.lru_cache(maxsize=2)
def _locate(root: Path, _inputs_digest: str) -> Mapping[str, RuleLocations]:
    return locate(root)


def locate(root: Path) -> dict[str, RuleLocations]:
    """Return the locations of every rule: text, cases, fixture recipes, deciders.

    The reference is asked for the functions that decide, if it is among the tools.

    Raises InputError if a file cannot be read, InvariantError if the reference does
    not answer.
    """
    cases = tuple(written_below(root / "conformance" / "cases"))
    recipes = tuple(written_below(root / "fixtures" / "recipes"))
    adapter = root / REFERENCE
    deciders = read_deciders(read_adapter(adapter)) if adapter.exists() else {}
    return {
        rule.id: RuleLocations(
            text=Location("", f"spec/{rule.chapter}.md", rule.line),
            cases=(*_written(rule, cases, root), *_examples(rule, root)),
            recipes=tuple(_written(rule, recipes, root)),
            deciders=tuple(map(_decider, deciders.get(rule.id, ()))),
        )
        for rule in read_rules(root / "spec").values()
    }


def _written(
    rule: Rule, written: tuple[Written, ...], root: Path
) -> Iterator[Location]:
    for each in written:
        if each.rule == rule.id:
            path = each.path.relative_to(root).as_posix()
            yield Location(each.name or each.kind, path, each.line)


def _examples(rule: Rule, root: Path) -> Iterator[Location]:
    """Yield the ``{case}`` blocks inside a rule's block."""
    path = f"spec/{rule.chapter}.md"
    lines = (root / path).read_text("utf-8", "replace").splitlines()
    for name in rule.examples:
        opening = f"```{{case}} {name}"
        inside = enumerate(lines[rule.line :], rule.line + 1)
        line = next((n for n, text in inside if text.rstrip() == opening), rule.line)
        yield Location(name, path, line)


def _decider(decider: Decider) -> Location:
    path = f"{REFERENCE_CODE}/{decider.file}"
    return Location(decider.function, path, decider.line)
