"""The gate in front of an index: WSGI middleware (PEP 3333) that audits each upload.

An upload is spooled to a file, its wheel is audited by a process of its own, and what
passes goes on byte for byte.  Nothing of what is refused reaches the index.
"""

from __future__ import annotations

import functools
import hashlib
import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from manylinux_reference.commands.gate.audit import AuditFailedError
from manylinux_reference.commands.gate.audit_process import Auditors
from manylinux_reference.commands.gate.command import Judgement, judged, line_of, today
from manylinux_reference.commands.gate.form import (
    FormError,
    Part,
    boundary_of,
    parts,
    value,
    wheel_of,
)
from manylinux_reference.commands.gate.upload import (
    WHOLE,
    RefusedError,
    content_of,
    failure,
    refusal,
    spooled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from manylinux_reference.commands.gate.form import Body
    from manylinux_reference.commands.gate.settings import Settings

DIGEST = "index.upload.digest"
DIGESTS = frozenset(("md5_digest", "sha256_digest", "blake2_256_digest"))
LONGEST_STATUS = 300


class Gate:
    """A WSGI application that lets wheels through to another one, or refuses them.

    ``log`` is given one line of JSON for each upload.  ``close`` ends the processes
    that audit.
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
        self.auditors = Auditors(settings)
        self.close = self.auditors.close

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        # Whatever the method: some applications do not look at it either.
        if "multipart" not in environ.get("CONTENT_TYPE", "").lower():
            return self.application(environ, start_response)
        began = time.monotonic()
        with ExitStack() as held:
            try:
                upload = spooled(environ, self.settings.largest)
                body, size = held.enter_context(upload)
                said = self._judge(environ["CONTENT_TYPE"], body, size)
            except RefusedError as refused:
                self._note(refused.judgement, refused.status, began)
                return self._refuse(refused, start_response)
            if said is not None:
                self._note(said, "passed on", began)
            body.seek(0)
            passed = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(size)}
            return _closing(self.application(passed, start_response), held.pop_all())

    def _judge(self, kind: str, body: BinaryIO, size: int) -> Judgement | None:
        """Say what becomes of a form's wheel; None if it has none.

        Raises RefusedError if it is not passed on.
        """
        try:
            with content_of(body, size) as content:
                found = list(parts(content, boundary_of(kind)))
                wheel = wheel_of(found)
                if wheel is None:
                    return None
                wrong = _wrong_digest(content, found, wheel)
        except FormError as error:
            raise refusal("400 Bad Request", WHOLE, f"the form {error}") from error
        if wrong:
            said = f"has another hash than the form says in {wrong}"
            raise refusal("400 Bad Request", DIGEST, said, wheel.filename)
        return self._examined(body, wheel)

    def _examined(self, body: BinaryIO, wheel: Part) -> Judgement:
        """Have a wheel audited.  Raises RefusedError if it is not passed on."""
        where = (body.fileno(), wheel.start, wheel.end - wheel.start)
        try:
            found = self.auditors.found_in(wheel.filename, *where)
        except AuditFailedError as error:
            if not self.settings.pass_unjudged:
                raise failure(str(error), wheel.filename) from error
            return Judgement(wheel.filename, failed=str(error))
        said = judged(wheel.filename, found, self.settings, today())
        if said.refused:
            raise RefusedError("400 Bad Request", said)
        return said

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
        self, refused: RefusedError, start_response: StartResponse
    ) -> list[bytes]:
        """Answer with one line for each reason; the status names the first."""
        said = refused.judgement
        lines = [
            f"{said.filename}: {line_of(each, self.settings)}" for each in said.refused
        ]
        if said.failed:
            lines = [f"{said.filename}: the audit failed, try again: {said.failed}"]
        text = "".join(f"{line}\n" for line in lines).encode()
        first = ascii(lines[0])[1:-1][:LONGEST_STATUS] if lines else refused.status[4:]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        status = f"{refused.status[:3]} {first}{more}"
        kind = ("Content-Type", "text/plain; charset=utf-8")
        start_response(status, [kind, ("Content-Length", str(len(text)))])
        return [text]


def _wrong_digest(content: Body, found: Iterable[Part], wheel: Part) -> str:
    """Return which hash of the form its wheel does not have; empty if there is none.

    A form may name a hash as often as it has parts, and a wheel may be large.
    """
    with memoryview(content) as whole, whole[wheel.start : wheel.end] as part:
        digest = functools.cache(lambda field: _digest(field, part))
        for each in found:
            said = value(content, each).strip() if each.name in DIGESTS else ""
            if said and said.lower() != digest(each.name):
                return each.name
    return ""


def _digest(field: str, part: memoryview) -> str:
    """Return the hash for which a field of the upload API stands."""
    algorithm = field.partition("_")[0]
    if algorithm == "blake2":
        return hashlib.blake2b(part, digest_size=32).hexdigest()
    return hashlib.new(algorithm, part, usedforsecurity=False).hexdigest()


def _closing(answer: Iterable[bytes], held: ExitStack) -> Iterator[bytes]:
    """Yield an answer and close what it was about (PEP 3333, close)."""
    with held:
        try:
            yield from answer
        finally:
            if hasattr(answer, "close"):
                answer.close()
