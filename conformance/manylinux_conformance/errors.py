"""Errors: one class for each way in which something can fail.

``InputError``, which every reader of files raises, says that an input is to blame; the
command line ends with status 2 then, and with status 3 for a ``SuiteError``.
"""

from __future__ import annotations

from pathlib import Path

from manylinux_spec.input_files import InputError

__all__ = [
    "EngineError",
    "FetchError",
    "InputError",
    "InvariantError",
    "LostContainerError",
    "MissingProgramError",
    "SuiteError",
    "UnavailableError",
    "UnusableImageError",
]


class SuiteError(Exception):
    """What went wrong, where, and what would help; no input is to blame.

    ``where`` names a file, an option, an engine or a program; ``remedy`` is a command
    that mends it, empty if nobody knows one.
    """

    def __init__(self, where: Path | str, reason: str, remedy: str = "") -> None:
        self.where = str(where)
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{where}: {self.explanation}")

    @property
    def explanation(self) -> str:
        """The reason, and the remedy if there is one."""
        return f"{self.reason}; run: {self.remedy}" if self.remedy else self.reason


class InvariantError(SuiteError):
    """The suite's own parts contradict each other: a fault of this project."""


class UnavailableError(SuiteError):
    """Something that is needed cannot be had."""


class EngineError(UnavailableError):
    """A container engine is missing, refuses, or broke."""


class UnusableImageError(UnavailableError):
    """An image cannot serve as the platform that the catalogue says it is."""


class LostContainerError(UnavailableError):
    """A container is gone, or its emulator broke: never the tool's fault."""


class MissingProgramError(UnavailableError):
    """A program that the suite needs is not installed or does not start."""


class FetchError(UnavailableError):
    """An index, a mirror or a registry does not give what it was asked for."""
