"""The ``proposals`` directive: what was proposed, what became of it, and why."""

from __future__ import annotations

from manylinux_docs.directives.generated_page import GeneratedPage
from manylinux_docs.evidence.evidence import Evidence
from manylinux_docs.evidence.proposals import Proposal


class ProposalsDirective(GeneratedPage):
    """All proposals: what is not accepted first, then a table for each class."""

    template = "proposals.html.jinja"

    def values(self, evidence: Evidence) -> dict[str, object]:
        """Return the proposals by heading; each must name rules that exist."""
        groups: dict[str, list[Proposal]] = {}
        undecided: list[Proposal] = []
        for proposal in evidence.proposals:
            for rule in proposal.rules:
                if rule not in evidence.rules:
                    raise self.error(f"{proposal.row}: {rule!r} is not a rule")
            if proposal.is_open:
                undecided.append(proposal)
            else:
                groups.setdefault(proposal.heading, []).append(proposal)
        rules = evidence.rules
        return {"undecided": undecided, "groups": groups, "rules": rules}
