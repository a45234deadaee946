"""The ``disguises`` directive: how many verdicts are the same in other appearances."""

from __future__ import annotations

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence


class DisguisesDirective(GeneratedPage):
    """The table of what kept."""

    template = "disguises.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return what is on file."""
        return {"kept": evidence.kept}
