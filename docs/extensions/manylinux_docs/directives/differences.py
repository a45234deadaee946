"""The ``differences`` directive: what this specification decides, and no standard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from manylinux_conformance.reports.rule_status import BREACHED
from manylinux_conformance.suite.rules import Basis, Rule
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.evidence.scores import nobody_breaks, peers

# A chapter refers to its neighbours by their names alone; this page lies elsewhere.
RELATIVE = re.compile(r"\{doc\}`(?=[a-z])")


class DifferencesDirective(SphinxDirective):
    """The proposals on one side of a line: a standard answers otherwise, or not at all.

    The argument is ``answered`` or ``silent``.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a block for each proposal."""
        evidence = load_evidence(self.env)
        wants_answer = self.arguments[0] == "answered"
        rules = [
            rule
            for rule in evidence.rules.values()
            if rule.basis is Basis.PROPOSAL and bool(rule.differs) is wants_answer
        ]
        if not rules:
            return [nodes.paragraph("", "There is none.")]
        return [self._block(evidence, rule) for rule in rules]

    def _block(self, evidence: Evidence, rule: Rule) -> nodes.container:
        fields = (self._field(*fact) for fact in _facts(evidence, rule))
        head = self.parse_text_to_nodes(f"{{rule}}`{rule.id}`")
        facts = nodes.field_list("", *fields, classes=["rule-facts"])
        return nodes.container("", *head, facts, classes=["difference"])

    def _field(self, name: str, text: str) -> nodes.field:
        inline, messages = self.parse_inline(text)
        body = nodes.paragraph("", "", *inline, *messages)
        return nodes.field("", nodes.field_name("", name), nodes.field_body("", body))


def _facts(evidence: Evidence, rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is said about a proposal, as Markdown, under its names."""
    yield "This specification", rule.text
    if rule.differs:  # otherwise the heading of the section says that they are silent
        yield "The standards", rule.differs
    reason = RELATIVE.sub("{doc}`/spec/", rule.reason)
    yield "Reason", reason or f"Its source: {rule.source}."
    scores = peers(evidence.scores.get(rule.id, []))
    breaching = {one.name for one in scores if one.status in BREACHED}
    yield "Would have to change", ", ".join(sorted(breaching)) or nobody_breaks(scores)
