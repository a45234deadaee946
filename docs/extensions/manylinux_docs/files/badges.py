"""Badges: one for each tool in each role, never one across roles; proposals apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
from manylinux_conformance.reports.rule_status import BREACHED, RuleStatus
from manylinux_conformance.reports.summary import MODELS, is_demanded, is_proposal
from manylinux_conformance.results.systems import System
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.rules import Rule

from manylinux_docs.evidence.evidence import Evidence

DECIDED = (RuleStatus.KEEPS, *BREACHED)


class Badge(msgspec.Struct, frozen=True, rename="camel"):
    """The endpoint format of https://shields.io/badges/endpoint-badge."""

    label: str
    message: str
    color: str
    schema_version: int = 1


def badges(evidence: Evidence, title: str) -> dict[tuple[Role, str], Badge]:
    """Return two badges for the newest version of each tool in each role.

    ``title`` names the edition, or says that this is a draft.
    One is about the MUSTs of the standards and what follows from them; the other,
    named ``TOOL-proposals``, about what this specification merely proposes.
    """
    found: dict[tuple[Role, str], Badge] = {}
    for role, tool, version in _newest(evidence):
        for name, kind, counts in (
            (tool, "MUST", is_demanded),
            (f"{tool}-proposals", "proposals", is_proposal),
        ):
            kept = _kept(evidence, role, tool, counts)
            label = f"{title} {role} {kind}"
            found[role, name] = badge(label, version, kept)
    return found


def badge(label: str, version: str, kept: Mapping[str, Counter[bool]]) -> Badge:
    """Return a badge: of how many rules decided somewhere how many are kept there."""
    parts = (
        f"{counts[True]}/{counts.total()}{where}" for where, counts in kept.items()
    )
    message = ", ".join(parts) or "nothing decided"
    decided = [counts for counts in kept.values() if counts]
    color = "yellow" if any(one[False] for one in decided) else "brightgreen"
    said = f"{version}: {message}".removeprefix(": ")
    return Badge(label, said, color if decided else "inactive")


def _newest(evidence: Evidence) -> dict[tuple[Role, str, str], None]:
    return {
        (score.role, score.tool, score.version): None
        for scores in evidence.scores.values()
        for score in scores
        if score.is_newest
    }


def _kept(
    evidence: Evidence, role: Role, tool: str, counts: Callable[[Rule], bool]
) -> dict[str, Counter[bool]]:
    """Return of how many rules each kind of place has decided that they are kept."""
    kept: dict[str, Counter[bool]] = {}
    places = {
        " on real systems": frozenset((System.REAL,)),
        " on models": MODELS,
        "": frozenset((System.WHEEL,)),
    }
    for rule, scores in evidence.scores.items():
        if rule not in evidence.rules or not counts(evidence.rules[rule]):
            continue
        for score in scores:
            if (score.role, score.tool, score.is_newest) != (role, tool, True):
                continue
            for where, systems in places.items():
                tallies = score.standing.tallies
                mine = [tallies[each] for each in systems if each in tallies]
                if mine:
                    holds = all(tally.kept == tally.asked for tally in mine)
                    kept.setdefault(where, Counter())[holds] += 1
    return {where: kept[where] for where in places if where in kept}
