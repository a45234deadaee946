"""The ``retired`` directive: identifiers that name no rule any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from evidence import evidence
from rule_directive import anchor, note_rule
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_conformance.suite.lock import Retired
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class RetiredDirective(SphinxDirective):
    """Every entry of ``retired.toml`` with the anchor that it had."""

    def run(self) -> list[nodes.Node]:
        """Return an anchor and a paragraph for each identifier."""
        retired = evidence(self.env).retired.values()
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


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("retired", RetiredDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
