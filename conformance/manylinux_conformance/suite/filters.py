"""What of the suite is wanted: shell patterns for platforms, rules and cases."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from manylinux_fixtures.corpus.manifest import ManifestEntry

from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.rules import Rule
from manylinux_conformance.suite.shard import WHOLE, Shard

Patterns = tuple[str, ...]


class Where(enum.StrEnum):
    """Where tools are asked."""

    MODELLED = "modelled"  # this machine, and the platforms that a shim shows on it
    CONTAINERS = "containers"  # containers, and what a shim shows in them
    REAL = "real"  # containers as they are


@dataclass(frozen=True, slots=True)
class Wanted:
    """Shell patterns for what of the suite is asked; none: everything is.

    What one of several patterns matches is asked.
    ``cases`` match a case's name or its whole identifier.
    ``where`` are kinds of places, ``shard`` is a part of the whole.
    """

    platforms: Patterns = ()
    rules: Patterns = ()
    cases: Patterns = ()
    where: frozenset[Where] = frozenset()
    shard: Shard = WHOLE

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING

    @property
    def on_host(self) -> bool:
        """Whether tools are asked on this machine itself."""
        return not self.where or Where.MODELLED in self.where

    @property
    def in_containers(self) -> bool:
        """Whether tools are asked in containers."""
        return self.where != {Where.MODELLED}

    @property
    def models_in_containers(self) -> bool:
        """Whether a shim shows other platforms in containers."""
        return not self.where or Where.CONTAINERS in self.where

    def has_platform(self, name: str) -> bool:
        """Return whether a platform is asked, or an architecture."""
        return matches(name, self.platforms)

    def has_rule(self, rule: str) -> bool:
        """Return whether a rule's cases may be asked."""
        return matches(rule, self.rules)

    def has_case(self, rule: str, identifier: str) -> bool:
        """Return whether a case is asked."""
        name = identifier.partition("/")[2]
        named = (matches(each, self.cases) for each in (name, identifier))
        return self.has_rule(rule) and any(named)

    def has_wheel(self, line: ManifestEntry) -> bool:
        """Return whether auditors are asked about a fixture wheel.

        The wheels of one recipe have its name; ``platforms`` match an architecture.
        """
        case = line.id.removesuffix(f"/{line.arch}")
        return self.has_platform(line.arch) and self.has_case(line.rule, case)


def matches(name: str, patterns: Patterns) -> bool:
    """Return whether one of some patterns matches a name, or there is none."""
    return not patterns or any(fnmatchcase(name, each) for each in patterns)


def rules_of_bases(
    rules: Iterable[Rule], patterns: Patterns, bases: Collection[str]
) -> Patterns:
    """Return patterns of the rules that some patterns match and that have a basis.

    No ``bases`` leave the patterns as they are.  Raises InputError if no rule is left.
    """
    if not bases:
        return patterns
    found = (rule.id for rule in rules if rule.basis in bases)
    named = tuple(each for each in found if matches(each, patterns))
    if not named:
        raise InputError(", ".join(patterns), f"no rule of basis {' or '.join(bases)}")
    return named


EVERYTHING = Wanted()
