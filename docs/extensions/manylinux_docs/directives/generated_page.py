"""The base of directives that fill a page from data: no content, one fragment."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from evidence import Evidence, evidence
from fragment import fragment, to_root
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from docutils import nodes


class GeneratedPage(SphinxDirective, abc.ABC):
    """A directive that renders a template with what is known about the rules."""

    template = ""

    @abc.abstractmethod
    def values(self, known: Evidence) -> dict[str, object]:
        """Return the names that the template uses besides ``root``."""

    def run(self) -> list[nodes.Node]:
        """Return the filled-in template."""
        values = self.values(evidence(self.env))
        root = to_root(self.env.docname)
        return [fragment(self.template, root=root, **values)]
