"""Reads ranges of a file that a server has, and as few bytes as the server allows.

RFC 9110, 14: a server that does not know ranges sends the whole file.  What has come
stands at its own place in a temporary file, so that nothing is fetched twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
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
SPARE = 50  # of what has to be read, one part of so many more saves requests
WINDOW = 16 * 1024 * 1024  # bytes that one request brings at most, unless asked for
IN_MEMORY = 8 * 1024 * 1024  # bytes of a file; a larger one goes to the disk
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
        self._spool: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed
        self._here: list[tuple[int, int]] = []  # ranges that have come
        try:
            self._first(size)
        except BaseException:
            self.close()
            raise

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return (0, self.length) in self._here

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes.

        Raises UnusableError if the file is shorter, NotJudgedError if the server
        does not give them.
        """
        if offset < 0 or offset + size > self.length:
            raise UnusableError(f"ends before byte {offset + size}")
        wanted = offset, offset + size
        if not _covers(self._here, wanted):
            self._fetch(self._range_around(wanted))
        self._spool.seek(offset)
        return self._spool.read(size)

    def _range_around(self, wanted: tuple[int, int]) -> tuple[int, int]:
        """Return the planned range, or the rest of the member, that has these bytes."""
        if planned := _covers(self._plan, wanted):
            return planned
        member = _covers(self._members, wanted)
        return (wanted[0], member[1]) if member else wanted

    def choose(self, entries: Sequence[Member]) -> Sequence[Member]:
        """Return what may be an ELF file, and plan which ranges to fetch for it."""
        if self.is_whole:
            return entries
        chosen = [each for each in entries if not each.name.endswith(TEXT)]
        self.unread = len(entries) - len(chosen)
        metadata = [each for each in entries if _is_metadata(each.name)]
        others = [each for each in chosen if not _is_metadata(each.name)]
        # Metadata are read first, wherever they stand, hence by requests of their own.
        self._plan = [
            joined
            for members in (metadata, others)
            for joined in _merged(sorted({_range(each) for each in members}))
        ]
        self._members = [(each.header, each.end) for each in chosen]
        return chosen

    def close(self) -> None:
        """Give up what is here of the file."""
        self._spool.close()

    def _first(self, size: int) -> None:
        """Fetch the end of the file, or a small one whole."""
        if size:
            start = 0 if size <= SMALL else size - max(FIRST, size // SHARE)
            self._fetch((start, size))
            return
        answer = self.http.get(self.address, f"bytes=-{FIRST}")
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            answer.close()
            answer = self.http.get(self.address, "")
        self._keep(answer, None)

    def _fetch(self, wanted: tuple[int, int]) -> None:
        start, end = wanted
        answer = self.http.get(self.address, f"bytes={start}-{end - 1}")
        self._keep(answer, wanted)

    def _keep(self, answer: requests.Response, wanted: tuple[int, int] | None) -> None:
        """Put what an answer brings in its place, and ask for the rest if it ends."""
        starts: list[int] = []
        for _ in range(TRIES):
            with answer:
                start, end = self._range_of(answer, wanted)
                starts.append(start)
                at = self._copy(answer, start, end)
            if at == end:
                self._here.append((min(starts), end))
                return
            wanted = at, end
            answer = self.http.get(self.address, f"bytes={at}-{end - 1}")
        answer.close()
        raise _failed("the server's answer breaks off")

    def _copy(self, answer: requests.Response, start: int, end: int) -> int:
        """Return up to which place of the file the bytes have come."""
        at = start
        self._spool.seek(start)
        try:
            while at < end and (data := answer.raw.read(min(PIECE, end - at))):
                self._spool.write(data)
                at += len(data)
        except (HTTPError, OSError):
            pass  # what has come is kept
        self.http.fetched += at - start
        return at

    def _range_of(
        self, answer: requests.Response, wanted: tuple[int, int] | None
    ) -> tuple[int, int]:
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
        return start, end

    def _check_same(self, answer: requests.Response, total: int) -> None:
        """Refuse to put together a file that was replaced between two requests."""
        version = answer.headers.get("ETag", "")
        if self.length not in (0, total) or self.version not in ("", version):
            raise _failed("the file is another one than the source or the server said")
        self.length, self.version = total, version


def _covers(
    ranges: Sequence[tuple[int, int]], wanted: tuple[int, int]
) -> tuple[int, int] | None:
    """Return the first of these ranges that has the wanted one in it."""
    first, last = wanted
    return next((each for each in ranges if each[0] <= first and last <= each[1]), None)


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
    """Join ranges that lie near to each other, the nearest first.

    What lies between is fetched in vain, which is allowed for a part of the whole.
    """
    spare = sum(end - start for start, end in ranges) // SPARE
    gaps = sorted(max(0, start - end) for (_, end), (start, _) in pairwise(ranges))
    near = -1
    for gap in gaps:
        spare -= gap
        if spare < 0:
            break
        near = gap
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        if found and start - found[-1][1] <= near and end - found[-1][0] <= WINDOW:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found
