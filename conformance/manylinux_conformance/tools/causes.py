"""Causes: what a tool does differently, of which kind that is, and where it shows."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import Role

FEWEST_WORDS = 4  # of a reason; "known bug" is none
THREAD = re.compile(  # an issue, a pull request, a discussion, a message of a list
    r"https://[^\s]+/(issues|pull|pulls|merge_requests|discussions|thread|t)/[^\s]+"
)
SOURCE = re.compile(r"https://[^\s]+/blob/[^\s]+\.(py|rs|c|h|json)(#[^\s]*)?")
LINK = re.compile(r"https://[^\s]+")

Patterns = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]


class Kind(enum.StrEnum):
    """Why a tool differs."""

    ACKNOWLEDGED = "acknowledged"  # its maintainers agree that it is wrong
    UNREPORTED = "unreported"  # it looks wrong, and nobody has been asked
    BY_DESIGN = "by-design"  # documented or decided
    DISPUTE = "dispute"  # they hold, or the standard says, that the rule is wrong
    NOT_SUPPORTED = "not-supported"  # the tool does not claim to do this


class Shows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a cause shows; patterns are as in shells.

    ``cases`` are patterns of case names without their rule, ``platforms`` of platform
    names; of a wheel that an auditor is asked about, of its architecture.
    ``versions`` narrows those of the cause: a later release may show it in more places.
    """

    rules: Patterns
    cases: Patterns = ("*",)
    platforms: Patterns = ("*",)
    versions: Patterns = ("*",)

    def concerns(self, rule: str) -> bool:
        """Return whether a rule is among those in which the cause shows here."""
        return one_of(rule, self.rules)

    def covers(self, result: Result, version: str) -> bool:
        """Return whether the cause shows here in a result of a tool's version."""
        return (
            self.concerns(result.rule)
            and one_of(version, self.versions)
            and one_of(result.case.partition("/")[2], self.cases)
            and one_of(result.where, self.platforms)
        )


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a tool does differently.

    ``of`` is the tool in whose file the cause is described, where this one only
    carries or calls that tool; empty for a cause of its own.
    ``since`` is the first release that does so, where it is known.
    ``why_kind`` says why the kind is not that of another tool in the same cases, and
    ``why_each`` why each of several rules that nothing else breaks is broken.
    """

    id: str
    of: str = ""
    kind: Kind
    why: str
    links: tuple[str, ...] = ()
    since: str = ""
    why_kind: str = ""
    why_each: str = ""
    versions: tuple[str, ...] = ("*",)
    roles: tuple[Role, ...] = ()
    shows: tuple[Shows, ...]

    def concerns(self, rule: str) -> bool:
        """Return whether this cause shows in a rule."""
        return any(place.concerns(rule) for place in self.shows)

    def places(self, result: Result, version: str, role: Role) -> Iterator[Shows]:
        """Yield the entries of ``shows`` that a result of a tool's version matches."""
        if one_of(version, self.versions) and (not self.roles or role in self.roles):
            yield from (place for place in self.shows if place.covers(result, version))

    def covers(self, result: Result, version: str, role: Role) -> bool:
        """Return whether this cause shows in a result of a tool's version."""
        return any(True for _ in self.places(result, version, role))


def problems(cause: Cause) -> Iterator[str]:
    """Yield what a cause lacks: a sentence, or the link that its kind needs."""
    for name in ("why", "why_kind", "why_each"):
        text = getattr(cause, name)
        if (text or name == "why") and len(text.split()) < FEWEST_WORDS:
            yield f"{name!r} must be a sentence"
    yield from (
        f"{link!r} is no link" for link in cause.links if not LINK.fullmatch(link)
    )
    documents = [link for link in cause.links if not SOURCE.fullmatch(link)]
    if cause.kind is Kind.ACKNOWLEDGED and not any(map(THREAD.fullmatch, documents)):
        yield "acknowledged needs a link to the issue, pull request or discussion"
    if cause.kind is Kind.BY_DESIGN and not documents:
        yield "by-design needs a link to its document or decision, not to source alone"
    if cause.kind is Kind.DISPUTE and not documents:
        yield "dispute needs a link to the objection or to the standard's text"


def one_of(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a name matches one of several patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
