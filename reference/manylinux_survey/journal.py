"""Keeps what was judged, line by line, so that a survey goes on after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from manylinux_survey.errors import SurveyError
from manylinux_survey.rows import Judged, Settings

FORMAT = 1
NAME = "journal.jsonl"


class Head(msgspec.Struct, frozen=True):
    """The first line: by which version, and how, everything below was judged."""

    format: int
    version: str
    settings: Settings


class Journal:
    """The journal of a folder; a line that a kill has cut off is dropped.

    Raises SurveyError if it is damaged elsewhere, or of a survey with other settings.
    """

    def __init__(self, folder: Path, head: Head) -> None:
        self.path = folder / NAME
        self.keys: set[bytes] = set()  # of the wheels that a survey before has judged
        end = self._resume(head) if self.path.exists() else 0
        self._file: BinaryIO = self.path.open("r+b" if end else "wb")
        self._file.truncate(end)
        self._file.seek(end)
        if not end:
            self._write(head)

    def _resume(self, head: Head) -> int:
        """Read what is there; return where the last whole line ends."""
        end = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                try:
                    if number == 1:
                        self._compare(msgspec.json.decode(line, type=Head), head)
                    else:
                        judged = msgspec.json.decode(line, type=Judged)
                        self.keys.add(judged.offer.key)
                except (msgspec.DecodeError, msgspec.ValidationError) as error:
                    raise SurveyError(f"{self.path}: line {number}: {error}") from error
                end += len(line)
        return end

    def _compare(self, before: Head, now: Head) -> None:
        if before != now:
            reason = "was begun with other settings or by another version"
            raise SurveyError(f"{self.path}: {reason}; choose another --output")

    def add(self, judged: Judged) -> None:
        """Keep one wheel."""
        self._write(judged)

    def _write(self, line: Head | Judged) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()

    def __enter__(self) -> Self:
        """Return the journal, which is closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()


def read_journal(folder: Path) -> Iterator[Judged]:
    """Yield every wheel that a survey has judged, in the order in which it was."""
    decoder = msgspec.json.Decoder(Judged)
    with (folder / NAME).open("rb") as file:
        next(file)
        yield from map(decoder.decode, file)
