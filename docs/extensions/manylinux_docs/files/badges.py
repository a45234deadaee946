"""Badges: one for each tool in each role, never one across roles."""

from __future__ import annotations

from collections import Counter

import msgspec
from manylinux_conformance.reports.rule_status import RuleStatus
from manylinux_conformance.results.verdicts import Role

from manylinux_docs.evidence.evidence import Evidence


class Badge(msgspec.Struct, frozen=True, rename="camel"):
    """The endpoint format of https://shields.io/badges/endpoint-badge."""

    label: str
    message: str
    color: str
    schema_version: int = 1


def badges(evidence: Evidence, edition: str) -> dict[tuple[Role, str], Badge]:
    """Return a badge for the last version of each tool in each role."""
    last = {(b.header.role, b.header.tool): b.header.version for b in evidence.blocks}
    counts: dict[tuple[Role, str], Counter[RuleStatus]] = {
        key: Counter() for key in last
    }
    for scores in evidence.scores.values():
        for score in scores:
            key = (score.role, score.tool)
            if score.version == last[key]:
                counts[key][score.status] += 1
    return {
        (role, tool): badge(f"manylinux {edition} {role}", last[role, tool], statuses)
        for (role, tool), statuses in counts.items()
    }


def badge(label: str, version: str, statuses: Counter[RuleStatus]) -> Badge:
    """Return the badge of a version: how many rules it follows, and how many not."""
    following = statuses[RuleStatus.FOLLOWS]
    differing = statuses[RuleStatus.DIFFERS] + statuses[RuleStatus.UNEXPLAINED]
    message = f"{following} rules followed, {differing} not"
    color = "inactive" if not following else "yellow" if differing else "brightgreen"
    return Badge(label, f"{version}: {message}".removeprefix(": "), color)
