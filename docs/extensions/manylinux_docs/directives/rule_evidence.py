"""The evidence part of a rule block: its cases, and what each tool answers."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from manylinux_conformance.reports.rule_status import RuleStatus

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.scores import Score
from manylinux_docs.rendering.templates import fragment

DIFFERING = (RuleStatus.DIFFERS, RuleStatus.UNEXPLAINED)


def evidence_node(evidence: Evidence, rule: str, root: str) -> nodes.raw:
    """Return a rule's cases and answers, folded; ``root`` leads to the site's root."""
    scores = evidence.scores.get(rule, [])
    return fragment(
        "rule_evidence.html.jinja",
        rule=rule,
        root=root,
        cases=evidence.cases_of(rule),
        rows=_rows(scores),
        following=sum(score.status is RuleStatus.FOLLOWS for score in scores),
        differing=_names(score for score in scores if score.status in DIFFERING),
    )


def _rows(scores: list[Score]) -> dict[tuple[str, str], list[Score]]:
    rows: dict[tuple[str, str], list[Score]] = {}
    for score in scores:
        rows.setdefault((score.role, score.tool), []).append(score)
    return rows


def _names(scores: Iterable[Score]) -> list[str]:
    """Name each tool version once, whatever its roles."""
    return list(dict.fromkeys(f"{s.tool} {s.version}".strip() for s in scores))
