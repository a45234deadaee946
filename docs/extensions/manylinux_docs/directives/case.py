"""The ``case`` directive: an example inside a rule block, shown and put to tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from evidence import evidence
from fragment import fragment
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class CaseDirective(SphinxDirective):
    """An example; the suite reads the same lines, so they are shown as it read them."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the example in words."""
        rule = self.env.current_document.get("rule", "")
        name = f"{rule}/{self.arguments[0]}"
        for case in evidence(self.env).cases:
            if case.id == name:
                return [fragment("case.html.jinja", case=case)]
        raise self.error(f"the suite does not read {name} as an example of a rule")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("case", CaseDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
