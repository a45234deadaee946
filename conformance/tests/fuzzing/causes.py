"""Known causes of disagreements, by what a tool says when it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from manylinux_spec.input_files import read_toml


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tool refuses and no auditor can know.

    ``says`` is a pattern of its words, ``why`` the reason why it is no fault.
    """

    id: str
    says: str
    why: str

    def explains(self, refusal: str) -> bool:
        """Return whether the words are those of this cause."""
        return re.search(self.says, refusal) is not None


def cause_of(refusal: str, causes: Iterable[Cause]) -> str:
    """Return the identifier of the first cause that explains a refusal, or nothing."""
    return next((each.id for each in causes if each.explains(refusal)), "")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cause: tuple[Cause, ...]


def read_causes(path: Path) -> tuple[Cause, ...]:
    """Return the causes in a file; raises InputError for a malformed one."""
    return read_toml(path, _File).cause
