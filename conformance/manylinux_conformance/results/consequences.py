"""Consequences: what a tool refuses where it takes no wheel of the platform at all.

The plainest wheel of a platform names its own architecture and its own glibc version.
A tool that refuses it refuses every other manylinux wheel there for the same cause, the
forbidden ones too, and shows nothing about the rules that these are about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Verdict

PLAINEST = "installer.glibc.at-least/same-version"
# What a platform is, and what its version means: broken there, they are the cause.
NAMING = ("platform.", "tag.architecture.", "installer.glibc.newer-major")
LISTING = "installer.architecture.known"  # that such a platform has tags at all
FAMILY = "manylinux"
NONE = ("any", "nothing")  # answers of those who took no wheel for a platform
BREACH = "a breach"


@dataclass(frozen=True, slots=True)
class UnknownPlatforms:
    """Platforms of which a tool, in one role, refuses the plainest wheel.

    ``named`` are those among them on which it breaks a rule that says what the platform
    is: that is the cause there, and elsewhere the rule of the plainest question itself.
    """

    platforms: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    def is_consequence(self, result: Result) -> bool:
        """Return whether a wrong answer has its cause in another rule there."""
        if result.where not in self.platforms or not _refuses(result):
            return False
        if result.rule == _rule(PLAINEST):
            return result.where in self.named
        return not (result.rule.startswith(NAMING) or result.rule == LISTING)

    def is_silent(self, result: Result) -> bool:
        """Return whether a right answer shows nothing: no wheel is ever taken there."""
        is_right = result.verdict is Verdict.PASS
        return result.where in self.platforms and is_right and _takes_none(result)


EVERY_PLATFORM_IS_KNOWN = UnknownPlatforms()


def counts_as(
    result: Result, unknown: UnknownPlatforms = EVERY_PLATFORM_IS_KNOWN
) -> str:
    """Return what a wrong answer shows, in a few words."""
    if result.draft:
        return "nothing (draft)"
    if unknown.is_consequence(result):
        return "no breach (the platform's own wheels are refused)"
    return "no breach (control)" if result.control else BREACH


def unknown_platforms(results: Iterable[Result]) -> UnknownPlatforms:
    """Find them among all that a tool answered in one role."""
    refused = [one for one in results if _refuses(one) and not one.draft]
    platforms = frozenset(one.where for one in refused if one.case == PLAINEST)
    named = frozenset(
        one.where
        for one in refused
        if one.where in platforms and one.rule.startswith(NAMING) and not one.control
    )
    return UnknownPlatforms(platforms, named)


def _refuses(result: Result) -> bool:
    """Return whether an answer is wrong, and no manylinux wheel was taken."""
    return result.verdict in DIFFERING and FAMILY not in result.answer.lower()


def _takes_none(result: Result) -> bool:
    """Return whether no wheel for any platform was taken."""
    return result.answer.endswith(NONE)


def _rule(case: str) -> str:
    return case.partition("/")[0]
