"""The ``case`` directive: an example inside a rule block, shown and put to tools."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.rendering.templates import fragment


class CaseDirective(SphinxDirective):
    """An example; the suite reads the same lines, so they are shown as it read them."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the example in words."""
        rule = self.env.current_document.get("rule", "")
        identifier = f"{rule}/{self.arguments[0]}"
        for case in load_evidence(self.env).cases:
            if case.id == identifier:
                return [fragment("case.html.jinja", case=case)]
        raise self.error(f"{identifier!r} is not an example that the suite reads")
