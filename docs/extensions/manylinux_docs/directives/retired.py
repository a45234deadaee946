"""The ``retired`` directive: identifiers that are no longer in use."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from manylinux_conformance.suite.lock import Retired
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rule_anchors import anchor, note_rule


class RetiredDirective(SphinxDirective):
    """Every entry of ``retired.toml`` with the anchor that it had."""

    def run(self) -> list[nodes.Node]:
        """Return an anchor and a paragraph for each identifier."""
        retired = load_evidence(self.env).retired.values()
        if not retired:
            return [nodes.paragraph("", "No identifier is retired.")]
        return [node for entry in retired for node in self._entry(entry)]

    def _entry(self, entry: Retired) -> Iterator[nodes.Node]:
        note_rule(self.env, entry.id, self.get_location())
        yield anchor(entry.id)
        became = (
            f"See {{rule}}`{entry.successor}`." if entry.successor else entry.reason
        )
        text = f"`{entry.id}` (retired in edition {entry.since}): {became}"
        yield from self.parse_text_to_nodes(text)
