"""The gate in front of an index: WSGI middleware (PEP 3333) that audits each upload.

An upload is spooled to a file, its wheel is audited by a process of its own, and what
passes goes on byte for byte.  Nothing of what is refused reaches the index.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from manylinux_reference.commands.gate.audit import (
    LIMITS,
    AuditFailedError,
    Found,
    found_apart,
)
from manylinux_reference.commands.gate.command import Judgement, judged, line_of, today
from manylinux_reference.commands.gate.form import (
    FormError,
    Part,
    boundary_of,
    copied,
    parts,
    value,
    wheel_of,
)
from manylinux_reference.rules.wheel.report import PROPOSAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from manylinux_reference.commands.gate.settings import Settings

CHUNK = 1 << 18
DIGEST = "index.upload.digest"
WHOLE = "index.upload.whole"
LONGEST_STATUS = 300


class RefusedError(Exception):
    """An upload does not pass; ``status`` is that of the answer."""

    def __init__(self, status: str, judgement: Judgement) -> None:
        super().__init__(status)
        self.status = status
        self.judgement = judgement


class Gate:
    """A WSGI application that lets wheels through to another one, or refuses them.

    ``log`` is given one line of JSON for each upload.
    """

    def __init__(
        self,
        application: WSGIApplication,
        settings: Settings,
        log: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.application = application
        self.settings = settings
        self.log = log

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        boundary = boundary_of(environ.get("CONTENT_TYPE", ""))
        if environ["REQUEST_METHOD"] != "POST" or not boundary:
            return self.application(environ, start_response)
        began = time.monotonic()
        body = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
        try:
            size = self._spool(environ, body)
            said = self._judge(body, size, boundary)
        except RefusedError as refusal:
            body.close()
            self._note(refusal.judgement, refusal.status, began)
            return self._refuse(refusal, start_response)
        if said is not None:
            self._note(said, "passed on", began)
        body.seek(0)
        passed = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(size)}
        return _closing(self.application(passed, start_response), body)

    def _spool(self, environ: WSGIEnvironment, body: BinaryIO) -> int:
        """Write a request to a file; return its size.  Raises RefusedError."""
        announced = environ.get("CONTENT_LENGTH") or ""
        if not (announced.isascii() and announced.isdecimal()):
            raise _refusal("411 Length Required", WHOLE, "says no Content-Length")
        size = int(announced)
        if size > self.settings.largest:
            said = f"is larger than {self.settings.largest:,} bytes"
            raise _refusal("413 Content Too Large", LIMITS, said)
        left = size
        while left and (chunk := environ["wsgi.input"].read(min(left, CHUNK))):
            body.write(chunk)
            left -= len(chunk)
        if left:
            said = f"ended {left:,} bytes before its announced end"
            raise _refusal("400 Bad Request", WHOLE, said)
        return size

    def _judge(self, body: BinaryIO, size: int, boundary: bytes) -> Judgement | None:
        """Say what becomes of a form's wheel; None if it has none.

        Raises RefusedError if it is not passed on.
        """
        try:
            found = list(parts(body, size, boundary))
            wheel = wheel_of(found)
        except FormError as error:
            raise _refusal("400 Bad Request", WHOLE, f"the form {error}") from error
        if wheel is None:
            return None
        digests = [value(body, p).lower() for p in found if p.name == "sha256_digest"]
        said = self._audited(body, wheel, digests)
        if said.failed and not self.settings.pass_unjudged:
            raise RefusedError("503 Service Unavailable", said)
        if said.refused:
            raise RefusedError("400 Bad Request", said)
        return said

    def _audited(self, body: BinaryIO, part: Part, digests: list[str]) -> Judgement:
        """Write the wheel to a file, compare its hash, and audit it."""
        with tempfile.TemporaryDirectory(prefix="gate-") as folder:
            path = Path(folder) / part.filename
            with path.open("wb") as wheel:
                digest = copied(body, part, wheel)
            if any(each != digest for each in digests):
                said = "has another SHA-256 than the form says"
                return Judgement(part.filename, [Found(DIGEST, PROPOSAL, said)])
            return self._examined(path)

    def _examined(self, path: Path) -> Judgement:
        settings = self.settings
        try:
            found = found_apart(
                path,
                settings.provided_by,
                seconds=settings.seconds,
                megabytes=settings.megabytes,
            )
        except AuditFailedError as error:
            return Judgement(path.name, failed=str(error))
        return judged(path.name, found, settings, today())

    def _note(self, said: Judgement, became: str, began: float) -> None:
        line = {
            "file": said.filename,
            "became": became,
            "refused": [each.rule for each in said.refused],
            "warned": [each.rule for each in said.warned],
            "failed": said.failed,
            "seconds": round(time.monotonic() - began, 3),
        }
        self.log(json.dumps(line))

    def _refuse(
        self, refusal: RefusedError, start_response: StartResponse
    ) -> list[bytes]:
        """Answer with one line for each reason; the status names the first."""
        said = refusal.judgement
        lines = [
            f"{said.filename}: {line_of(each, self.settings)}" for each in said.refused
        ]
        if said.failed:
            lines = [f"{said.filename}: the audit failed, try again: {said.failed}"]
        text = "".join(f"{line}\n" for line in lines).encode()
        first = ascii(lines[0])[1:-1][:LONGEST_STATUS] if lines else refusal.status[4:]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        status = f"{refusal.status[:3]} {first}{more}"
        kind = ("Content-Type", "text/plain; charset=utf-8")
        start_response(status, [kind, ("Content-Length", str(len(text)))])
        return [text]


def _refusal(status: str, rule: str, text: str) -> RefusedError:
    said = Judgement("upload", [Found(rule, PROPOSAL, text)])
    return RefusedError(status, said)


def _closing(answer: Iterable[bytes], body: BinaryIO) -> Iterator[bytes]:
    """Yield an answer and close what it was about (PEP 3333, close)."""
    with closing(body):
        try:
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()
