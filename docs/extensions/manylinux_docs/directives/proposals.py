"""The ``proposals`` directive: what was proposed, what became of it, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generated_page import GeneratedPage

if TYPE_CHECKING:
    from evidence import Evidence
    from proposal import Proposal
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class ProposalsDirective(GeneratedPage):
    """All proposals, a table for each class."""

    template = "proposals.html.jinja"

    def values(self, known: Evidence) -> dict[str, object]:
        """Return the proposals by heading; each must name rules that exist."""
        groups: dict[str, list[Proposal]] = {}
        for proposal in known.proposals:
            for rule in proposal.rules:
                if rule not in known.rules:
                    raise self.error(f"{proposal.row} names {rule!r}, which is no rule")
            groups.setdefault(proposal.heading, []).append(proposal)
        return {"groups": groups}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("proposals", ProposalsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
