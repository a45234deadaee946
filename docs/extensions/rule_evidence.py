"""The evidence part of a rule block: its cases, and which tool answers how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fragment import fragment
from manylinux_conformance.reports.rule_status import RuleStatus
from score import Score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from evidence import Evidence

DIFFERING = (RuleStatus.DIFFERS, RuleStatus.UNEXPLAINED)


def evidence_nodes(known: Evidence, rule: str, root: str) -> nodes.raw:
    """Return a rule's cases and answers, folded; ``root`` leads to the site's root."""
    scores = known.scores.get(rule, [])
    return fragment(
        "rule_evidence.html.jinja",
        rule=rule,
        root=root,
        cases=known.cases_of(rule),
        rows=_rows(scores),
        following=sum(score.standing is RuleStatus.FOLLOWS for score in scores),
        differing=_names(score for score in scores if score.standing in DIFFERING),
    )


def _rows(scores: list[Score]) -> dict[tuple[str, str], list[Score]]:
    rows: dict[tuple[str, str], list[Score]] = {}
    for score in scores:
        rows.setdefault((score.role, score.tool), []).append(score)
    return rows


def _names(scores: Iterable[Score]) -> list[str]:
    """Name each tool version once, whatever its roles."""
    return list(dict.fromkeys(f"{s.tool} {s.version}".strip() for s in scores))
