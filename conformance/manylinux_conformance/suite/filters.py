"""What of the suite is wanted: shell patterns for platforms, rules and cases."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from manylinux_fixtures.corpus.manifest import ManifestEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Shell patterns for what of the suite is asked.

    ``case`` matches a case's name or its whole identifier.
    """

    platform: str = "*"
    rule: str = "*"
    case: str = "*"

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING

    def has_case(self, rule: str, identifier: str) -> bool:
        """Return whether a case is asked."""
        name = identifier.partition("/")[2]
        matches = (fnmatchcase(each, self.case) for each in (name, identifier))
        return fnmatchcase(rule, self.rule) and any(matches)

    def has_wheel(self, line: ManifestEntry) -> bool:
        """Return whether auditors are asked about a fixture wheel.

        The wheels of one recipe have its name; ``platform`` matches an architecture.
        """
        here = fnmatchcase(line.arch, self.platform)
        return here and self.has_case(line.rule, line.id.removesuffix(f"/{line.arch}"))


EVERYTHING = Wanted()
