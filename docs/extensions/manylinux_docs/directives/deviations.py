"""The ``deviations`` directive: every recorded difference, tool by tool."""

from __future__ import annotations

from manylinux_conformance.tools.deviations import Deviation

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence


class DeviationsDirective(GeneratedPage):
    """The deviation files as lists."""

    template = "deviations.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return each tool's entries, and a function from an entry to its rules."""

        def rules_of(entry: Deviation) -> list[str]:
            return [rule for rule in evidence.rules if entry.concerns(rule)]

        tools = {tool: found for tool, found in evidence.deviations.items() if found}
        return {"tools": tools, "rules_of": rules_of}
