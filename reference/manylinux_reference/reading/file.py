"""Opens a regular file and reads ranges of it."""

from __future__ import annotations

import os

from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    Entry = TypeVar("Entry")


# Windows would read lines; elsewhere a program that is started has no use for the file.
BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
FILE_TYPE, REGULAR = 0xF000, 0x8000  # of st_mode


class LocalFile:
    """A regular file.  Raises UnusableError if it is none, or cannot be opened."""

    __slots__ = ("descriptor", "length")

    def __init__(self, path: str) -> None:
        try:
            # A FIFO would wait for its writer.
            mode = os.stat(path).st_mode  # noqa: PTH116 - importing pathlib takes longer
            if mode & FILE_TYPE != REGULAR:
                raise UnusableError("is not a regular file")
            self.descriptor = os.open(path, os.O_RDONLY | BINARY)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "cannot be opened"
            raise UnusableError(reason) from error
        self.length = os.lseek(self.descriptor, 0, os.SEEK_END)

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes of the file.

        Raises UnusableError if they cannot be read.
        """
        try:
            os.lseek(self.descriptor, offset, os.SEEK_SET)
            data = os.read(self.descriptor, size)
        except (OSError, OverflowError, ValueError) as error:
            raise UnusableError(f"cannot be read at byte {offset}") from error
        if len(data) != size:
            raise UnusableError(f"ends before byte {offset + size}")
        return data

    def choose(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return all entries: nothing is cheaper to leave out."""
        return entries

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)
