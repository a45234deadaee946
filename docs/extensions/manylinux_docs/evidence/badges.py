"""Badges: two for each tool in each role, never one across roles; proposals apart."""

from __future__ import annotations

from collections import defaultdict

from manylinux_conformance.reports.badges import Badge, badge, proposals_badge
from manylinux_conformance.reports.rule_status import Standing
from manylinux_conformance.results.verdicts import Role

from manylinux_docs.evidence.evidence import Evidence


def badges(evidence: Evidence) -> dict[tuple[Role, str], Badge]:
    """Return two badges for the newest version of each tool in each role.

    One is about the MUSTs of the standards and what follows from them; the other,
    named ``TOOL-proposals``, about what this specification merely proposes.
    """
    standings: dict[tuple[Role, str], dict[str, Standing]] = defaultdict(dict)
    for rule, scores in evidence.scores.items():
        for score in scores:
            if score.is_newest:
                standings[score.role, score.tool][rule] = score.standing
    found: dict[tuple[Role, str], Badge] = {}
    for (role, tool), mine in standings.items():
        found[role, tool] = badge(role, mine, evidence.rules)
        found[role, f"{tool}-proposals"] = proposals_badge(role, mine, evidence.rules)
    return found
