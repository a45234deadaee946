"""The evidence part of a rule block: its cases, and what each tool answers."""

from __future__ import annotations

from docutils import nodes

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.headline import headline
from manylinux_docs.evidence.scores import Score
from manylinux_docs.rendering.templates import fragment


def evidence_node(evidence: Evidence, rule: str, root: str) -> nodes.raw:
    """Return a rule's cases and answers, folded; ``root`` leads to the site's root."""
    scores = evidence.scores.get(rule, [])
    return fragment(
        "rule_evidence.html.jinja",
        rule=rule,
        root=root,
        cases=evidence.cases_of(rule),
        headline=list(headline(scores)),
        rows=_rows(scores),
    )


def _rows(scores: list[Score]) -> dict[tuple[str, str], list[Score]]:
    """Group the scores by role and tool, the newest version of each first."""
    rows: dict[tuple[str, str], list[Score]] = {}
    for score in sorted(scores, key=lambda score: not score.is_newest):
        rows.setdefault((score.role, score.tool), []).append(score)
    return rows
