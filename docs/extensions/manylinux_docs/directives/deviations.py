"""The ``deviations`` directive: why each tool differs, cause by cause."""

from __future__ import annotations

from manylinux_conformance.tools.causes import Shows

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence


class DeviationsDirective(GeneratedPage):
    """The deviation files as lists."""

    template = "deviations.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return each tool's causes, and a function that finds rules of the site."""

        def rules_of(place: Shows) -> list[str]:
            return [rule for rule in evidence.rules if place.concerns(rule)]

        tools = {tool: found for tool, found in evidence.deviations.items() if found}
        return {"tools": tools, "rules_of": rules_of}
