"""The ``definition`` directive: what a word means in every rule, with an anchor."""

from __future__ import annotations

from docutils import nodes
from manylinux_conformance.suite.definitions import REVISION
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.rendering.rule_anchors import anchor


class DefinitionDirective(SphinxDirective):
    """A definition block; ``read_definitions`` reads it for linter and lock."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the anchor and the block."""
        identifier = self.arguments[0]
        block = nodes.container(classes=["rule", "definition"])
        self.set_source_info(block)
        block += nodes.paragraph(
            "", "", nodes.literal("", identifier), classes=["rule-head"]
        )
        block += nodes.container("", *self._text(), classes=["rule-text"])
        label = self.env.domains.standard_domain.anonlabels
        label[identifier] = (self.env.docname, identifier)
        return [anchor(identifier), block]

    def _text(self) -> list[nodes.Node]:
        head = sum(bool(REVISION.match(line)) for line in self.content[:1])
        self.content = self.content[head:]
        self.content_offset += head
        return self.parse_content_to_nodes()
