"""Errors: one class for each way in which something can fail.

``InputError``, which every reader of files raises, says that an input is to blame; the
command line ends with status 2 then, and with status 3 for a ``SuiteError``.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from pathlib import Path

from manylinux_spec.input_files import InputError

__all__ = [
    "DISK_FULL",
    "EngineError",
    "FetchError",
    "InputError",
    "InvariantError",
    "LostContainerError",
    "MissingProgramError",
    "MissingPythonError",
    "SuiteError",
    "UnavailableError",
    "UnsupportedError",
    "UnusableImageError",
    "is_disk_full",
    "nearest",
    "reason_of",
]

DISK_FULL = "the disk is full"
NEAR = 3  # names that are proposed instead of an unknown one
# As strerror(3) has it, and as others write it: zig, Node.js, a quota.
NO_ROOM = ("No space left on device", "NoSpaceLeft", "ENOSPC", "Disk quota exceeded")


def is_disk_full(error: OSError | str) -> bool:
    """Return whether the system, or what a program said, names a lack of room."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    said = str(error).lower()  # shutil.Error has a list of errors for its arguments
    return any(words.lower() in said for words in NO_ROOM)


def reason_of(error: OSError) -> str:
    """Return why the system refused something; a full disk is called that."""
    return DISK_FULL if is_disk_full(error) else error.strerror or str(error)


def nearest(unknown: str, known: Iterable[str]) -> str:
    """Return what may have been meant, to stand behind a reason; empty if nothing."""
    near = difflib.get_close_matches(unknown, sorted(known), NEAR, 0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ""


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
    def full_reason(self) -> str:
        """The reason, told apart from where it holds."""
        return self.reason

    @property
    def explanation(self) -> str:
        """The reason, and the remedy if there is one."""
        return f"{self.reason}; run: {self.remedy}" if self.remedy else self.reason


class InvariantError(SuiteError):
    """The suite's own parts contradict each other: a fault of this project."""


class UnavailableError(SuiteError):
    """Something that is needed cannot be had."""


class UnsupportedError(UnavailableError):
    """A tool is not made for a place, so nothing was due there."""


class EngineError(UnavailableError):
    """A container engine is missing, refuses, or broke."""

    @property
    def full_reason(self) -> str:
        """The reason, with the engine named where it says what became of that."""
        verb = self.reason.startswith(("is ", "does "))
        return f"the engine {self.reason}" if verb else self.reason


class UnusableImageError(UnavailableError):
    """An image cannot serve as the platform that the catalogue says it is."""


class MissingPythonError(UnusableImageError):
    """An image has none of the interpreters that the catalogue names."""


class LostContainerError(UnavailableError):
    """A container is gone, or its emulator broke: never the tool's fault."""


class MissingProgramError(UnavailableError):
    """A program that the suite needs is not installed or does not start."""


class FetchError(UnavailableError):
    """An index, a mirror or a registry does not give what it was asked for."""
