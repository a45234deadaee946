"""Keeps ranges of a file that is read as a stream, in bounded memory."""

from __future__ import annotations

from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.unusable import UnusableError

HEAD = 4 * 1024 * 1024  # always kept; holds everything wanted in 99 of 100 ELF files
LARGEST_HEAD = 32 * 1024 * 1024  # of very large files, whose tables are large too
HEAD_SHARE = 8  # the part of a file that tables at its beginning hardly ever exceed
LARGEST_KEPT = 120 * 1024 * 1024  # the largest string table in the wild has 83 MB
MOST_RANGES = 64
ROUND = 4 * 1024 * 1024  # patchelf moves tables to the end, one near the other


class NotKeptError(Exception):
    """Ranges, as (offset, size), are asked for that have not been kept."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        super().__init__(f"not kept: {ranges}")
        self.ranges = ranges


class RangeBuffer:
    """The kept ranges of a file of ``size`` bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.position = 0  # how much has passed by
        self._kept = [(0, bytearray())]
        head = min(max(HEAD, size // HEAD_SHARE), LARGEST_HEAD)
        self._limits = [min(size, head)]

    def feed(self, piece: bytes) -> None:
        """Keep what belongs to a range of the next piece of the file."""
        start, end = self.position, self.position + len(piece)
        for (offset, kept), limit in zip(self._kept, self._limits, strict=True):
            at = offset + len(kept)
            if start <= at < end and len(kept) < limit:
                room = limit - len(kept)
                kept.extend(memoryview(piece)[at - start : at - start + room])
        self.position = end

    def rewind(self) -> None:
        """Begin another pass over the same file; complete ranges stay."""
        self.position = 0

    def keep(self, ranges: list[tuple[int, int]]) -> None:
        """Keep these ranges too; what has passed by already needs another pass.

        Raises NotJudgedError if they are too many or too large.
        """
        for offset, size in sorted(ranges):
            last = self._kept[-1][0]
            if not last <= offset <= offset + size <= last + self._limits[-1]:
                self._keep_range(offset, size)

    def _keep_range(self, offset: int, size: int) -> None:
        size = min(max(size, ROUND), self.size - offset)
        if sum(self._limits) + size > LARGEST_KEPT or len(self._kept) > MOST_RANGES:
            raise NotJudgedError(f"has tables of more than {LARGEST_KEPT:,} bytes")
        self._kept.append((offset, bytearray()))
        self._limits.append(size)

    @property
    def is_complete(self) -> bool:
        """Whether every range is there to its end."""
        return all(
            len(kept) >= limit
            for (_, kept), limit in zip(self._kept, self._limits, strict=True)
        )

    def read(self, offset: int, size: int) -> bytes:
        """Return these bytes.

        Raises NotKeptError if they have not been kept, UnusableError if the file
        ends before them.
        """
        kept, at = self.locate(offset, size)
        return bytes(kept[at : at + size])

    def locate(self, offset: int, size: int) -> tuple[bytearray, int]:
        """Return the kept range with these bytes, and where in it they begin.

        Raises as ``read`` does.
        """
        if offset < 0 or offset + size > self.size:
            raise UnusableError(f"needs {size} bytes at {offset}, past its end")
        for start, kept in self._kept:
            if start <= offset and offset + size <= start + len(kept):
                return kept, offset - start
        raise NotKeptError([(offset, size)])

    def has(self, wanted: tuple[int, int]) -> bool:
        """Whether a range has been kept.  Raises as ``locate`` if it is not there."""
        try:
            self.locate(*wanted)
        except NotKeptError:
            return False
        return True

    def check_kept(self, ranges: list[tuple[int, int]]) -> None:
        """Raise NotKeptError with all of these that have not been kept."""
        missing = [wanted for wanted in ranges if not self.has(wanted)]
        if missing:
            raise NotKeptError(missing)
