"""The ``proposals`` directive: what was proposed, what became of it, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from evidence import Evidence
from generated_page import GeneratedPage
from manylinux_conformance.input_error import read_toml

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One proposed requirement and the decision about it."""

    row: str
    outcome: str
    rules: tuple[str, ...] = ()
    reason: str = ""
    text: str = ""


class ProposalFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a ``proposals*.toml``."""

    proposal: tuple[Proposal, ...] = ()


class ProposalsDirective(GeneratedPage):
    """All proposals, file by file."""

    template = "proposals.html.jinja"

    def values(self, known: Evidence) -> dict[str, object]:
        """Return the proposals of each file, and the rules that exist."""
        paths = sorted(Path(self.env.srcdir, "spec").glob("proposals*.toml"))
        proposals = [
            proposal
            for path in paths
            for proposal in read_toml(path, ProposalFile).proposal
        ]
        return {"proposals": proposals, "known": known.rules.keys()}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("proposals", ProposalsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
