"""Hands requests on to the index behind the gate, and its answers back, as streams."""

from __future__ import annotations

import contextlib
import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from manylinux_reference.commands.gate.connections import PATIENCE
from manylinux_reference.commands.gate.upload import received

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from urllib.parse import SplitResult
    from wsgiref.types import StartResponse, WSGIEnvironment

CHUNK = 1 << 16
# What is about one connection and not about the message (RFC 9110, 7.6.1).
OF_ONE_CONNECTION = frozenset(
    (
        *("connection", "content-length", "keep-alive", "proxy-authenticate"),
        *("proxy-authorization", "proxy-connection", "te", "trailer", "trailers"),
        *("transfer-encoding", "upgrade"),
    )
)


class BrokenOffError(Exception):
    """An answer ended before it was whole, when its beginning was handed on."""


def address_of(to: str) -> SplitResult | None:
    """Return the address of an index; None if it is none, or says more than that."""
    try:
        address = urlsplit(to)
        port = address.port
    except ValueError:
        return None
    more = address.query or address.fragment or "@" in address.netloc or port == 0
    is_index = address.scheme in {"http", "https"} and address.hostname
    return address if is_index and not more else None


class Forward:
    """A WSGI application that hands every request to another server."""

    def __init__(self, to: SplitResult) -> None:
        self.to = to

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Hand one request on, and its answer back, as streams."""
        kind = (
            http.client.HTTPSConnection
            if self.to.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self.to.hostname or "", self.to.port, timeout=PATIENCE)
        try:
            answer = _asked(connection, self.to.path.rstrip("/"), environ)
        except (ValueError, http.client.InvalidURL) as error:
            connection.close()
            return _answer(start_response, "400 Bad Request", str(error))
        except (OSError, http.client.HTTPException):
            connection.close()
            said = "the index behind the gate does not answer"
            return _answer(start_response, "502 Bad Gateway", said)
        headers = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in OF_ONE_CONNECTION - {"content-length"}
        ]
        start_response(f"{answer.status} {answer.reason}", headers)
        return _chunks(answer, connection)


def _answer(start_response: StartResponse, status: str, said: str) -> list[bytes]:
    """Answer in the index's place."""
    text = f"{said}\n".encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    start_response(status, [kind, ("Content-Length", str(len(text)))])
    return [text]


def _asked(
    connection: http.client.HTTPConnection, folder: str, environ: WSGIEnvironment
) -> http.client.HTTPResponse:
    """Send a request on.  Raises ValueError if it cannot be sent as it is."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal():
        raise ValueError("a request needs the length of its content")
    method = environ["REQUEST_METHOD"]
    path = folder + environ.get("RAW_PATH", "/")
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in _headers(environ):
        connection.putheader(name, value)
    left = int(length)
    if left or method in {"POST", "PUT", "PATCH"}:
        connection.putheader("Content-Length", length)
    connection.endheaders()
    while left and (chunk := received(environ, min(left, CHUNK))):
        try:
            connection.send(chunk)
        except ConnectionError:
            break  # it may have answered, and closed, before it was sent everything
        left -= len(chunk)
    else:
        if left:
            raise ValueError("a request ended before its announced end")
    return connection.getresponse()


def _headers(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    """Yield the headers of a request that are about the message."""
    if kind := environ.get("CONTENT_TYPE"):
        yield "Content-Type", kind
    for name, value in environ.items():
        header = name.removeprefix("HTTP_").replace("_", "-").lower()
        if name.startswith("HTTP_") and header not in OF_ONE_CONNECTION | {"expect"}:
            yield header, value


def _chunks(
    answer: http.client.HTTPResponse, connection: http.client.HTTPConnection
) -> Iterator[bytes]:
    with contextlib.closing(connection):
        try:
            while chunk := answer.read(CHUNK):
                yield chunk
        except (OSError, http.client.HTTPException) as error:
            raise BrokenOffError("the index broke off") from error
