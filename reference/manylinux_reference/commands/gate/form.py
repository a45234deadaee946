"""Reads an upload's form (RFC 7578) in a file, part by part, however large it is."""

from __future__ import annotations

import email.message
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

CHUNK = 1 << 18
SUFFIX = ".whl"
MOST_PARTS = 1000
LONGEST_HEAD = 1 << 14  # bytes before a part's content
LONGEST_VALUE = 1 << 16  # bytes of a field that are read
HEADERS = {"content-disposition", "content-type", "content-length", "mime-version"}


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
    """Return the boundary of a form; empty if it is none."""
    message = email.message.Message()
    message["Content-Type"] = content_type
    if message.get_content_type() != "multipart/form-data":
        return b""
    return str(message.get_param("boundary", "")).encode("latin-1", "replace")


def parts(file: BinaryIO, size: int, boundary: bytes) -> Iterator[Part]:
    """Yield the parts of a form that fills a file.

    Raises FormError if it is not whole, or what a part is depends on the reader.
    """
    delimiter = b"\r\n--" + boundary
    file.seek(0)
    if file.read(len(delimiter) - 2) != delimiter[2:]:
        raise FormError("does not begin with its boundary")
    position = len(delimiter) - 2
    for _ in range(MOST_PARTS):
        file.seek(position)
        head = file.read(LONGEST_HEAD)
        if head[:2] == b"--":
            return
        lines, found, _ = head.partition(b"\r\n\r\n")
        if lines[:2] != b"\r\n" or not found:
            raise FormError("has a part without headers")
        start = position + len(lines) + 4
        # The content may be empty, and its delimiter begin where the headers end.
        end = _find(file, delimiter, start - 2, size)
        if end < 0:
            raise FormError("is not whole")
        name, filename = _names(lines[2:])
        yield Part(name, filename, start, max(start, end))
        position = end + len(delimiter)
    raise FormError(f"has more than {MOST_PARTS} parts")


def value(file: BinaryIO, part: Part) -> str:
    """Return the content of a field."""
    file.seek(part.start)
    return file.read(min(part.end - part.start, LONGEST_VALUE)).decode(errors="replace")


def wheel_of(found: Iterable[Part]) -> Part | None:
    """Return the part that is a wheel, None if there is none.

    Raises FormError if another reader could take another part, or a path for a name.
    """
    files = [each for each in found if each.name == "content" or each.filename]
    wheels = [each for each in files if _is_wheel(each)]
    if not wheels:
        return None
    if sum(each.name == "content" or _is_wheel(each) for each in files) > 1:
        raise FormError("has several files")
    name = wheels[0].filename
    if not name.isprintable() or "/" in name or name.startswith("."):
        raise FormError("has a file whose name is no file name")
    return wheels[0]


def _is_wheel(part: Part) -> bool:
    return part.filename.lower().endswith(SUFFIX)


def copied(file: BinaryIO, part: Part, to: BinaryIO) -> str:
    """Write the content of a file to another one; return its SHA-256."""
    digest = hashlib.sha256()
    file.seek(part.start)
    left = part.end - part.start
    while left and (chunk := file.read(min(left, CHUNK))):
        to.write(chunk)
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _find(file: BinaryIO, wanted: bytes, start: int, size: int) -> int:
    """Return where some bytes begin in a file, -1 if nowhere."""
    overlap = len(wanted) - 1
    while start < size:
        file.seek(start)
        chunk = file.read(CHUNK + overlap)
        found = chunk.find(wanted)
        if found >= 0:
            return start + found
        start += CHUNK
    return -1


def _names(head: bytes) -> tuple[str, str]:
    """Return name and file name of a part, both of which every reader sees alike."""
    text = head.decode(errors="replace")
    message = email.message.Message()
    for line in text.split("\r\n"):
        key, colon, said = line.partition(":")
        if not colon or key.lower() not in HEADERS or key in message:
            raise FormError(f"has a part with a header {printable(key)}")
        message[key] = said.strip()
    disposition = str(message.get("content-disposition", ""))
    if "*" in disposition.partition(";")[2].partition('filename="')[0]:
        raise FormError("has a file name in the extended notation")
    if disposition.count("filename") > 1 or "\\" in disposition:
        raise FormError("has a file name that readers take apart in different ways")
    name = message.get_param("name", "", "content-disposition")
    filename = message.get_filename("")
    return str(name), str(filename)


def printable(key: str) -> str:
    """Return a header's name so that it stays on one line."""
    return ascii(key[:40])
