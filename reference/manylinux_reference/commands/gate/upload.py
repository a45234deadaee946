"""Takes an upload into a file, whole or not at all."""

from __future__ import annotations

import contextlib
import mmap
import tempfile
from typing import TYPE_CHECKING, BinaryIO

from manylinux_reference.commands.gate.audit import LIMITS, Found
from manylinux_reference.commands.gate.command import Judgement
from manylinux_reference.rules.findings import PROPOSAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIEnvironment

CHUNK = 1 << 18
WHOLE = "index.upload.whole"
UPLOAD = "upload"  # what it is called as long as it has no file name


class RefusedError(Exception):
    """An upload does not pass; ``status`` is that of the answer."""

    def __init__(self, status: str, judgement: Judgement) -> None:
        super().__init__(status)
        self.status = status
        self.judgement = judgement


def refusal(status: str, rule: str, text: str, filename: str = UPLOAD) -> RefusedError:
    """Return the refusal of an upload that was not audited."""
    return RefusedError(status, Judgement(filename, [Found(rule, PROPOSAL, text)]))


def failure(reason: str, filename: str = UPLOAD) -> RefusedError:
    """Return what is said of an upload of which nothing can be said."""
    said = Judgement(filename, failed=reason)
    return RefusedError("503 Service Unavailable", said)


@contextlib.contextmanager
def spooled(environ: WSGIEnvironment, largest: int) -> Iterator[tuple[BinaryIO, int]]:
    """Write a request's body to a file without a name; yield it, and its size.

    Raises RefusedError.
    """
    size = _announced(environ, largest)
    try:
        body = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    except OSError as error:
        raise failure(f"it cannot be kept: {error.strerror}") from error
    with body:
        left = size
        while left and (chunk := received(environ, min(left, CHUNK))):
            _write(body, chunk)
            left -= len(chunk)
        if left:
            said = f"ended {left:,} bytes before its announced end"
            raise refusal("400 Bad Request", WHOLE, said)
        _write(body, b"")
        yield body, size


def _announced(environ: WSGIEnvironment, largest: int) -> int:
    """Return how many bytes are to come.  Raises RefusedError."""
    announced = environ.get("CONTENT_LENGTH") or ""
    is_number = announced.isascii() and announced.isdecimal()
    if not is_number or "HTTP_TRANSFER_ENCODING" in environ:
        raise refusal("411 Length Required", WHOLE, "says no Content-Length")
    if "HTTP_CONTENT_ENCODING" in environ:
        said = "is compressed, and may be another one to the index"
        raise refusal("415 Unsupported Media Type", WHOLE, said)
    # Some thousand digits are no number to Python.
    if len(announced) > len(str(largest)) or int(announced) > largest:
        said = f"is larger than {largest:,} bytes"
        raise refusal("413 Content Too Large", LIMITS, said)
    return int(announced)


def received(environ: WSGIEnvironment, size: int) -> bytes:
    """Return bytes of a request; none once it has broken off."""
    try:
        chunk: bytes = environ["wsgi.input"].read(size)
    except OSError:
        return b""
    return chunk


def _write(body: BinaryIO, chunk: bytes) -> None:
    """Write through to the file.  Raises RefusedError if there is no room."""
    try:
        body.write(chunk)
        body.flush()
    except OSError as error:
        raise failure(f"it cannot be kept: {error.strerror}") from error


@contextlib.contextmanager
def content_of(body: BinaryIO, size: int) -> Iterator[mmap.mmap | bytes]:
    """Yield what is in a file, of which only what is looked at is read."""
    if not size:
        yield b""
        return
    with mmap.mmap(body.fileno(), size, access=mmap.ACCESS_READ) as content:
        yield content
