"""Proposals: requirements that somebody proposed, and the decision about each."""

from __future__ import annotations

from pathlib import Path

import msgspec
from manylinux_conformance.errors import InputError
from manylinux_spec.input_files import read_toml

HEADINGS = {
    "TAG": "Tags",
    "DET": "Platforms and installers",
    "ART": "Wheels",
    "AUD": "Auditors",
    "IDX": "Package indexes",
    "ENV": "Build environments",
}


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One proposed requirement and the decision about it.

    ``asked`` says who proposed it, with the address ``where``; empty: this project.
    """

    row: str
    outcome: str
    rules: tuple[str, ...] = ()
    reason: str = ""
    text: str = ""
    asked: str = ""
    where: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it was neither accepted nor made part of a rule."""
        return self.outcome in {"deferred", "rejected"}

    @property
    def heading(self) -> str:
        """What its requirement is about; empty for an unknown class."""
        return HEADINGS.get(self.row.partition("-")[0], "")


class ProposalFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a ``proposals*.toml``."""

    proposal: tuple[Proposal, ...] = ()


def read_proposals(folder: Path) -> tuple[Proposal, ...]:
    """Read the proposals of a specification's folder, class by class.

    Raises InputError if a file is malformed, or a row unknown or repeated.
    """
    found: dict[str, Proposal] = {}
    for path in sorted(folder.glob("proposals*.toml")):
        for proposal in read_toml(path, ProposalFile).proposal:
            if proposal.heading not in HEADINGS.values():
                raise InputError(path, f"{proposal.row}: unknown class of proposals")
            if proposal.row in found:
                raise InputError(path, f"{proposal.row} is defined twice")
            found[proposal.row] = proposal
    order = list(HEADINGS.values())
    return tuple(sorted(found.values(), key=lambda p: (order.index(p.heading), p.row)))
