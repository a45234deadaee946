"""The environment: everything that the questions of one run of a tool share."""

from __future__ import annotations

import enum
import hashlib
import os
from dataclasses import dataclass

from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.platform import ElfClass, Fidelity, Platform


class ModulePlace(enum.StrEnum):
    """Where a case puts its ``_manylinux`` module."""

    STANDARD_LIBRARY = "standard-library"  # beside it, as PEP 600 says
    SITE_PACKAGES = "site-packages"  # of the target environment
    PYTHONPATH = "pythonpath"
    WORKING_DIRECTORY = "working-directory"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a tool is asked; questions with equal environments share one run.

    ``module``: source of a ``_manylinux`` module, put at ``module_at``; empty: none.
    ``target``: an explicit target, as a platform tag; empty: the running machine.
    ``tool_glibc``: the glibc version that the tool's own interpreter sees where it
    differs from the target's; empty: the same.
    ``stored_on``: the glibc version on which the tool was used before, with the same
    home folder; empty: never.
    ``alone``: a case that may end a whole installation; empty: one that does not.
    """

    platform: Platform
    module: str = ""
    module_at: ModulePlace = ModulePlace.STANDARD_LIBRARY
    target: str = ""
    tool_glibc: str = ""
    stored_on: str = ""
    alone: str = ""

    @property
    def distributed(self) -> bool:
        """Whether a module lies beside the standard library, a distributor's place."""
        return bool(self.module) and self.module_at is ModulePlace.STANDARD_LIBRARY

    @property
    def id(self) -> str:
        """A short name, stable between runs, that is fit for a folder."""
        special = (
            *(self.module, self.target, self.tool_glibc),
            *(self.stored_on, self.alone),
        )
        if not any(special):
            return self.platform.name
        parts = (*special, self.module_at.value)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return f"{self.platform.name}-{digest[:8]}"


def this_machine(interpreter: Interpreter) -> Environment:
    """Return the machine as it is, for questions about the tool rather than a rule."""
    return Environment(
        Platform(
            name="this-machine",
            fidelity=Fidelity.NATIVE,
            machine=os.uname().machine,
            pointer_bits=ElfClass(interpreter.bits),
        )
    )
