"""Reads ranges of a file that a server has, and as few bytes as the server allows.

RFC 9110, 14: a server that does not know ranges sends the whole file, which then goes
to a temporary file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

import requests
from manylinux_reference.reading.archive import LOCAL, PEEK, Member
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.unusable import UnusableError
from urllib3.exceptions import HTTPError

from manylinux_survey.http_session import HttpSession

SMALL = 64 * 1024  # bytes of a file that one request had better bring whole
FIRST = 8 * 1024  # bytes at the end: the directory of most wheels, their metadata too
SHARE = 200  # of large files, so much of the end as one part of so many
GAP = 2 * 1024  # bytes that are cheaper to fetch than another request is
WINDOW = 16 * 1024 * 1024  # bytes that one request brings at most, unless asked for
IN_MEMORY = 8 * 1024 * 1024  # bytes of one answer; the rest goes to a temporary file
PIECE = 64 * 1024
TRIES = 3  # for one range whose answer breaks off
# Members that are text by their names: no loader and no program is ever given one.
TEXT = (
    ".py", ".pyi", ".pyx", ".pxd", ".txt", ".md", ".rst", ".json", ".toml", ".yaml",
    ".yml", ".html", ".css", ".js", ".svg", ".csv", ".typed", ".h", ".hpp", ".hxx",
    ".cuh", ".c", ".cpp", ".cmake", ".xml", ".ini", ".cfg", ".po", ".ipynb",
)  # fmt: skip
LIBRARY = re.compile(r"\.so(\.\d+)*$")
TOTAL = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class RemoteFile:
    """A file at an address.

    ``size`` is its size if the source says it, or 0.  ``unread`` counts the members
    that were left out because their names say that they are text.

    Raises NotJudgedError if the server does not give it.
    """

    def __init__(
        self, http: HttpSession, address: str, size: int = 0, largest: int = 2**62
    ) -> None:
        self.http = http
        self.address = address
        self.largest = largest
        self.length = size
        self.unread = 0
        self.version = ""
        self._plan: list[tuple[int, int]] = []  # what is read for certain
        self._members: list[tuple[int, int]] = []  # what is read on, once it is begun
        self._windows: list[Window] = [self._first(size)]

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return any(each.size == self.length for each in self._windows)

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes.

        Raises UnusableError if the file is shorter, NotJudgedError if the server
        does not give them.
        """
        if offset < 0 or offset + size > self.length:
            raise UnusableError(f"ends before byte {offset + size}")
        for window in self._windows:
            if window.start <= offset and offset + size <= window.end:
                return self._read(window, offset, size)
        start, end = self._range_around(offset, offset + size)
        first, *others = self._windows  # the end of the file is asked for again
        for old in others:
            old.close()
        self._windows = [first, self._open(start, end)]
        return self._read(self._windows[1], offset, size)

    def _range_around(self, first: int, last: int) -> tuple[int, int]:
        for start, end in self._plan:
            if start <= first and last <= end:
                return start, end
        for start, end in self._members:
            if start <= first and last <= end:
                return first, end
        return first, last

    def choose(self, entries: Sequence[Member]) -> Sequence[Member]:
        """Return what may be an ELF file, and plan which ranges to fetch for it."""
        if self.is_whole:
            return entries
        chosen = [each for each in entries if not each.name.endswith(TEXT)]
        self.unread = len(entries) - len(chosen)
        metadata = [each for each in entries if _is_metadata(each.name)]
        self._plan = _merged(sorted({_range(each) for each in (*chosen, *metadata)}))
        self._members = [(each.header, each.end) for each in chosen]
        return chosen

    def close(self) -> None:
        """Give up what is here of the file."""
        for window in self._windows:
            window.close()

    def _first(self, size: int) -> Window:
        """Fetch the end of the file, or a small one whole."""
        if size:
            start = 0 if size <= SMALL else size - max(FIRST, size // SHARE)
            return self._open(start, size)
        answer = self.http.get(self.address, f"bytes=-{FIRST}")
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            answer.close()
            answer = self.http.get(self.address, "")
        return self._window(answer, None)

    def _open(self, start: int, end: int) -> Window:
        return self._window(
            self.http.get(self.address, f"bytes={start}-{end - 1}"), (start, end)
        )

    def _window(
        self, answer: requests.Response, wanted: tuple[int, int] | None
    ) -> Window:
        """Return what an answer brings; learn from the first how large the file is."""
        if answer.status_code == requests.codes.partial_content:
            start, end, total = _told_range(answer)
            if wanted not in (None, (start, end)):
                raise _failed("the server sent another range than it was asked for")
        elif answer.status_code == requests.codes.ok:
            start, total = 0, int(answer.headers.get("Content-Length") or 0)
            end = total
            if not total:
                raise _failed("the server does not say how large it is")
            if total > self.largest:
                raise _failed(f"{total:,} bytes, and the server knows no ranges")
        else:
            raise _failed(f"{answer.status_code} {answer.reason}")
        self._check_same(answer, total)
        return Window(answer, start, end)

    def _check_same(self, answer: requests.Response, total: int) -> None:
        """Refuse to put together a file that was replaced between two requests."""
        version = answer.headers.get("ETag", "")
        if self.length not in (0, total) or self.version not in ("", version):
            raise _failed("the file is another one than the source or the server said")
        self.length, self.version = total, version

    def _read(self, window: Window, offset: int, size: int) -> bytes:
        for _ in range(TRIES):
            try:
                self.http.fetched += window.pull(offset + size)
                return window.read(offset, size)
            except (HTTPError, OSError):
                rest = self._open(window.start + window.got, window.end)
                if rest.start != window.start + window.got:
                    break  # the server knows no ranges
                window.go_on(rest)
        raise _failed("the server's answer breaks off")


class Window:
    """The bytes from ``start`` to ``end`` of a file, as far as they have come."""

    def __init__(self, answer: requests.Response, start: int, end: int) -> None:
        self.start, self.end, self.got = start, end, 0
        self._answer = answer
        self._spool: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed

    @property
    def size(self) -> int:
        """How many bytes it is to have."""
        return self.end - self.start

    def pull(self, until: int) -> int:
        """Fetch up to this place of the file, return how many bytes came."""
        before = self.got
        self._spool.seek(self.got)
        while self.start + self.got < until:
            data = self._answer.raw.read(min(PIECE, self.size - self.got))
            if not data:
                raise ConnectionError
            self._spool.write(data)
            self.got += len(data)
        return self.got - before

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes that have come."""
        self._spool.seek(offset - self.start)
        return self._spool.read(size)

    def go_on(self, rest: Window) -> None:
        """Take the bytes that are missing from another answer."""
        self._answer.close()
        self._answer = rest._answer
        rest._spool.close()

    def close(self) -> None:
        """Drop the connection, or keep it if all has come, and what is here."""
        self._answer.close()
        self._spool.close()


def _failed(reason: str) -> NotJudgedError:
    return NotJudgedError(f"could not be fetched: {reason}")


def _told_range(answer: requests.Response) -> tuple[int, int, int]:
    """Return where a partial answer begins and ends, and how large the whole is."""
    told = TOTAL.fullmatch(answer.headers.get("Content-Range", ""))
    if told is None:
        raise _failed("the server sent a part, and does not say which")
    first, last, total = map(int, told.groups())
    return first, last + 1, total


def _is_metadata(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder.endswith(".dist-info") and file in {"WHEEL", "METADATA", "RECORD"}


def _range(member: Member) -> tuple[int, int]:
    """Return what has to be read of a member: libraries whole, of others the start."""
    if LIBRARY.search(member.name) or _is_metadata(member.name):
        return member.header, member.end
    head = LOCAL.size + len(member.name.encode()) + PEEK
    return member.header, min(member.end, member.header + head)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that lie near to each other, as far as a window goes."""
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        if found and start - found[-1][1] <= GAP and end - found[-1][0] <= WINDOW:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found
