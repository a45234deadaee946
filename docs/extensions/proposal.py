"""Proposals: requirements that somebody proposed, and the decision about each."""

from __future__ import annotations

from pathlib import Path

import msgspec
from manylinux_conformance.input_error import read_toml


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


def read_proposals(folder: Path) -> tuple[Proposal, ...]:
    """Read the proposals of a specification's folder, file by file.

    Raises InputError if a file is malformed.
    """
    paths = sorted(folder.glob("proposals*.toml"))
    files = (read_toml(path, ProposalFile) for path in paths)
    return tuple(proposal for file in files for proposal in file.proposal)
