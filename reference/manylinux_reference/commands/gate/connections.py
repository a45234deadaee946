"""Bounds what clients can hold: how many at once, and how slow each may be."""

from __future__ import annotations

import http.client
import io
import socketserver
import threading
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from typing_extensions import Buffer

    Request: TypeAlias = socket.socket | tuple[bytes, socket.socket]

AT_ONCE = 200  # connections; each has some open files, and systems allow 1,024
WAITING = 128  # connections that the system keeps for later (listen(2))
PATIENCE = 300  # seconds without a byte, from either side
HEAD_START = 60  # seconds until a request's pace counts
LARGEST_HEAD = 1 << 18  # bytes; Python alone allows a hundred lines of 65,536
SLOWEST = 500  # bytes a second on average, as Apache's mod_reqtimeout has it


class PacedReader(io.RawIOBase):
    """What a client sends.  Raises TimeoutError once it is too slow.

    Until it is said that the head has ended, raises HTTPException if that is too large.
    """

    def __init__(
        self, connection: socket.socket, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.connection = connection
        self.clock = clock
        self.due = clock() + HEAD_START
        self.head: int | None = LARGEST_HEAD

    def end_head(self) -> None:
        """Note that what comes now is the body, which others bound."""
        self.head = None

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Read what is there, or wait for it as long as the pace allows."""
        left = self.due - self.clock()
        if left <= 0:
            raise TimeoutError("a request comes too slowly")
        if self.head is not None and self.head <= 0:
            raise http.client.HTTPException(f"more than {LARGEST_HEAD:,} bytes")
        self.connection.settimeout(min(left, PATIENCE))
        try:
            size = self.connection.recv_into(buffer)
        finally:
            self.connection.settimeout(PATIENCE)
        self.due += size / SLOWEST
        if self.head is not None:
            self.head -= size
        return size


class BoundedServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Answers each connection in a thread; who comes when all are busy waits."""

    daemon_threads = True
    request_queue_size = WAITING

    def server_activate(self) -> None:
        """Begin to listen."""
        self.free = threading.BoundedSemaphore(AT_ONCE)
        super().server_activate()

    def process_request(self, request: Request, client_address: object) -> None:
        """Start a thread once there are few enough."""
        self.free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self.free.release()
            raise

    def process_request_thread(self, request: Request, client_address: object) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()
