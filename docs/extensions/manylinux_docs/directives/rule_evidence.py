"""The evidence part of a rule block: who keeps it, and where to read more."""

from __future__ import annotations

from docutils import nodes

from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.headline import headline
from manylinux_docs.rendering.templates import fragment


def evidence_node(evidence: Evidence, rule: str, root: str) -> nodes.raw:
    """Return who keeps a rule, and a link to its page.

    ``root`` leads to the site's root.
    """
    scores = evidence.scores.get(rule, [])
    return fragment(
        "rule_evidence.html.jinja",
        rule=rule,
        root=root,
        cases=evidence.cases_of(rule),
        headline=list(headline(scores)),
    )
