"""The base of directives that fill a page from data: no content, one fragment."""

from __future__ import annotations

import abc

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from manylinux_docs.evidence.evidence import Evidence, load_evidence
from manylinux_docs.rendering.templates import fragment, to_root


class GeneratedPage(SphinxDirective, abc.ABC):
    """A directive that renders a template with what is known about the rules."""

    template = ""

    @abc.abstractmethod
    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the names that the template uses besides ``root``."""

    def run(self) -> list[nodes.Node]:
        """Return the filled-in template."""
        values = self.values(load_evidence(self.env))
        root = to_root(self.env.docname)
        return [fragment(self.template, root=root, **values)]
