"""The ``deviations`` directive: every recorded difference, tool by tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generated_page import GeneratedPage

if TYPE_CHECKING:
    from evidence import Evidence
    from manylinux_conformance.tools.deviations import Deviation
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class DeviationsDirective(GeneratedPage):
    """The deviation files as tables."""

    template = "deviations.html.jinja"

    def values(self, known: Evidence) -> dict[str, object]:
        """Return the entries of each tool and a way from an entry to its rules."""

        def rules(entry: Deviation) -> list[str]:
            return [rule for rule in known.rules if entry.concerns(rule)]

        tools = {tool: entries for tool, entries in known.deviations.items() if entries}
        return {"tools": tools, "rules": rules}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("deviations", DeviationsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
