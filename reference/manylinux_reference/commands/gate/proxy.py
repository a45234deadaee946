"""``manylinux gate serve``: the gate as a small proxy in front of an index."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import struct
import sys
import time
from typing import IO, TYPE_CHECKING, cast
from wsgiref.handlers import SimpleHandler
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from manylinux_reference.commands.gate.connections import (
    PATIENCE,
    BoundedServer,
    PacedReader,
)
from manylinux_reference.commands.gate.forward import CHUNK, Forward, address_of
from manylinux_reference.commands.gate.middleware import Gate

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import WSGIApplication

    from manylinux_reference.commands.gate.settings import Settings

LONGEST_LINE = 1 << 16  # bytes of a request's first line
LINGER, LINGER_SILENT = 30, 5  # seconds; after the answer, and without a byte
RESET = struct.pack("ii", 1, 0)  # on, and for no second (socket(7), SO_LINGER)
UNUSABLE = 2  # exit status
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
ONCE = ("Content-Length", "Content-Type", "Transfer-Encoding")
NO_TEXT = frozenset("\r\n\0")
TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # RFC 9110, 5.6.2


def log(line: str) -> None:
    """Write a line in one piece: others write, too."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _failed(error: BaseException | None) -> str:
    return json.dumps({"failed": f"{type(error).__name__}: {error}"})


class _Answer(SimpleHandler):
    """Answers one request; what goes wrong is a line of the log."""

    origin_server = True
    has_begun = broken_off = False

    def send_headers(self) -> None:
        """Note that the beginning of an answer cannot be taken back."""
        self.has_begun = True
        super().send_headers()

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType]
        | tuple[None, None, None],
    ) -> None:
        """Say what went wrong, and note whether half an answer is sent."""
        self.broken_off = self.has_begun
        log(_failed(exc_info[1]))


class _Handler(WSGIRequestHandler):
    """Keeps the path as it came, and says nothing: the gate's log is the record."""

    server: WSGIServer
    timeout = PATIENCE
    broken_off = False

    def setup(self) -> None:
        """Read no slower than is bearable."""
        super().setup()
        self.rfile.close()
        self.reader = PacedReader(self.connection)
        self.rfile = io.BufferedReader(self.reader, CHUNK)

    def handle(self) -> None:
        """Answer one request; another one on the same connection is not read."""
        try:
            self._answer()
        except TimeoutError:
            self.requestline = self.request_version = self.command = ""
            self.send_error(408)

    def _answer(self) -> None:
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
        elif self.parse_request():
            files = cast("tuple[IO[bytes], IO[bytes]]", (self.rfile, self.wfile))
            answer = _Answer(*files, sys.stderr, self.get_environ())
            answer.os_environ = {}  # its HTTP_PROXY would be a header of the request
            answer.run(cast("WSGIApplication", self.server.get_app()))
            self.broken_off = answer.broken_off

    def parse_request(self) -> bool:
        """Read the head of a request; refuse what servers read in different ways.

        RFC 9112, 5.1, 5.2 and 6.3: of a blank before the colon, of a continued line,
        and of two lengths.
        """
        if not super().parse_request():
            return False
        self.reader.end_head()
        headers = self.headers.items()
        twice = any(len(self.headers.get_all(each, ())) > 1 for each in ONCE)
        is_doubtful = twice or any(_is_doubtful(*each) for each in headers)
        # To Python's parser, a line that is no header ends them.
        if is_doubtful or self.headers.get_payload():
            self.send_error(400, "a header can be read in different ways")
            return False
        for name in [name for name, _ in headers if "_" in name]:
            del self.headers[name]  # or it would be the one with "-" to the index
        expects = self.headers.get("Expect", "").lower() == "100-continue"
        if expects and self.request_version == "HTTP/1.1":
            self.wfile.write(CONTINUE)  # RFC 9110, 10.1.1: or the client waits
        return True

    def get_environ(self) -> dict[str, str]:
        """Return the environment with the path before it was decoded."""
        environ = super().get_environ()
        environ["RAW_PATH"] = self.path
        return environ

    def finish(self) -> None:
        """Take what is still on its way, or the client never reads its answer.

        RFC 9112, 9.6: to close at once resets the connection; which is right of half
        an answer.
        """
        super().finish()
        if self.broken_off:
            # Without a length, a client takes a plain end for that of the answer.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.connection.close()
            return
        end = time.monotonic() + LINGER
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER_SILENT)
            while time.monotonic() < end and self.connection.recv(CHUNK):
                pass

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _is_doubtful(name: str, said: str) -> bool:
    return not TOKEN.fullmatch(name) or bool(NO_TEXT & set(said))


class _Server(BoundedServer, WSGIServer):
    """Says in the log what goes wrong."""

    def handle_error(
        self, _request: socket.socket | tuple[bytes, socket.socket], _client: object
    ) -> None:
        """Say nothing of a client that is gone, or silent for too long."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log(_failed(error))


def serve(to: str, host: str, port: int, settings: Settings) -> int:
    """Serve until it is interrupted; return the exit status."""
    address = address_of(to)
    if address is None:
        sys.stderr.write(f"manylinux: {to!r} is not the address of an index\n")
        return UNUSABLE
    gate = Gate(Forward(address), settings, log)
    try:
        server = make_server(host, port, gate, _Server, _Handler)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        sys.stderr.write(f"manylinux: {host}:{port}: {said}\n")
        return UNUSABLE
    with server, contextlib.closing(gate):
        at = f"http://{host}:{server.server_port}/"
        log(json.dumps({"serving": at, "to": to}))
        server.serve_forever()
    return 0
