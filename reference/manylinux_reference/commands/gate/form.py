"""Reads an upload's form (RFC 7578), and refuses what could be read in two ways.

Whoever stands in front of another reader has to see what that one sees.  So a form is
taken only in the notation in which uploaders write it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from mmap import mmap
    from typing import TypeAlias

    Body: TypeAlias = bytes | mmap

SUFFIX = ".whl"
MOST_PARTS = 1000
LONGEST_HEAD = 1 << 14  # bytes before a part's content
LONGEST_VALUE = 1 << 16  # bytes of a field that are read
LONGEST_NAME = 255  # bytes of a file's name on most file systems
SMALLEST_WINDOW, LARGEST_WINDOW = 1 << 12, 1 << 20  # bytes that are looked through
END_OF_LINE = b"\r\n"
HEADERS = {"content-disposition", "content-type", "content-length"}
TYPE = re.compile(
    r"""multipart/form-data; ?boundary=([\w'+.-]{1,70}|"[\w'()+,./:=?-]{1,70}")""",
    re.ASCII | re.IGNORECASE,
)
QUOTED = r'"([^"\\\x00-\x1f\x7f]*)"'
DISPOSITION = re.compile(f"form-data; ?name={QUOTED}(?:; ?filename={QUOTED})?")
LOST = re.compile(r"[^\w.-]", re.ASCII)  # what some readers leave out of a file name
# RFC 3986, RFC 2047; and where readers that know no quotes end a name.
CODED = re.compile(r"%[0-9a-f]{2}|=\?|;", re.IGNORECASE)
FORMS = ("multipart/", "message/", "application/x-www-form-urlencoded")


class FormError(ValueError):
    """A form that two readers could take for different things; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, its file name if it has one, where its content is."""

    name: str
    filename: str
    start: int
    end: int


def boundary_of(content_type: str) -> bytes:
    """Return the boundary of a form.  Raises FormError if it has none, or several."""
    said = TYPE.fullmatch(content_type)
    if said is None:
        raise FormError("is not multipart/form-data with one boundary")
    return said[1].strip('"').encode()


def parts(body: Body, boundary: bytes) -> Iterator[Part]:
    """Yield the parts of a form.

    Raises FormError if it is not whole, or what a part is depends on the reader.
    """
    delimiter = b"--" + boundary
    position = len(delimiter)
    if body[:position] != delimiter:
        raise FormError("does not begin with its boundary")
    for _ in range(MOST_PARTS):
        if body[position : position + 2] == b"--":
            if body[position + 2 : position + 5] not in {b"", END_OF_LINE}:
                raise FormError("goes on after its end")
            return
        part = _part(body, position, delimiter)
        yield part
        position = part.end + len(END_OF_LINE + delimiter)
    raise FormError(f"has more than {MOST_PARTS} parts")


def _part(body: Body, position: int, delimiter: bytes) -> Part:
    """Return the part after a delimiter, which ends before the next one."""
    head = body.find(END_OF_LINE * 2, position, position + LONGEST_HEAD)
    if body[position : position + 2] != END_OF_LINE or head < position + 2:
        raise FormError("has a part without headers")
    start = head + 4
    end = _find(body, delimiter, start) - len(END_OF_LINE)
    if end < -len(END_OF_LINE):
        raise FormError("is not whole")
    # Some readers take a line end alone for one, or the boundary anywhere.
    if end < start or body[end : end + 2] != END_OF_LINE:
        raise FormError("has its boundary inside a part")
    name, filename = _names(body[position + 2 : head], end - start)
    return Part(name, filename, start, end)


def _find(body: Body, delimiter: bytes, start: int) -> int:
    """Return where a delimiter is next; -1 if nowhere.

    A map's own ``find`` looks at each byte, and bytes have a quick one; most parts are
    short.
    """
    size = SMALLEST_WINDOW
    while start < len(body):
        found = body[start : start + size].find(delimiter)
        if found >= 0:
            return start + found
        start += size - len(delimiter) + 1
        size = min(2 * size, LARGEST_WINDOW)
    return -1


def _names(head: bytes, size: int) -> tuple[str, str]:
    """Return name and file name of a part, both of which every reader sees alike."""
    headers: dict[str, str] = {}
    for line in head.decode(errors="replace").split("\r\n"):
        key, _, said = line.partition(":")
        key = key.lower()
        if key not in HEADERS or key in headers or not line.isprintable():
            raise FormError(f"has a part with a header {key[:40]!a}")
        headers[key] = said.strip()
    if headers.get("content-length", str(size)) != str(size):
        raise FormError("has a part of another length than it says")
    # Some readers take such a part for a form in the form.
    if headers.get("content-type", "").lower().startswith(FORMS):
        raise FormError("has a part with parts of its own")
    names = DISPOSITION.fullmatch(headers.get("content-disposition", ""))
    if names is None:
        raise FormError("has a name that readers take apart in different ways")
    return names[1], names[2] or ""


def value(body: Body, part: Part) -> str:
    """Return the content of a field."""
    end = min(part.end, part.start + LONGEST_VALUE)
    return body[part.start : end].decode(errors="replace")


def wheel_of(found: Iterable[Part]) -> Part | None:
    """Return the part that is a wheel, None if there is none.

    Raises FormError if another reader could take another part, or a path for a name.
    """
    files = [each for each in found if each.filename or _is_content(each)]
    wheels = [each for each in files if _is_wheel(each.filename)]
    for each in files:
        if not _is_file_name(each.filename):
            raise FormError("has a file whose name is no file name")
    if not wheels:
        return None
    if sum(_is_content(each) or _is_wheel(each.filename) for each in files) > 1:
        raise FormError("has several files")
    return wheels[0]


def _is_content(part: Part) -> bool:
    return part.name.lower() == "content"


def _is_wheel(filename: str) -> bool:
    return filename.lower().endswith(SUFFIX)


def _is_file_name(filename: str) -> bool:
    """Return whether a name is one, and of a wheel to all readers or to none."""
    if "/" in filename or filename.startswith(".") or not filename.isprintable():
        return False
    if CODED.search(filename):
        return False
    seen = LOST.sub("", unicodedata.normalize("NFKC", filename)).strip("-.")
    is_short = len(filename.encode()) <= LONGEST_NAME
    return is_short and _is_wheel(seen) == _is_wheel(filename)
