"""Wheels, and a server on loopback that gives them whole or by ranges."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from socketserver import BaseServer
from threading import Thread

import pytest
from manylinux_fixtures.corpus.fixtures import fixtures


@dataclass
class Server:
    """A server of files; what it was asked for stands in ``asked``."""

    folder: Path
    address: str = ""
    ranges: bool = True
    breaks_off: int = 0  # so many answers end before they are whole
    refuses: int = 0  # so many requests get 503
    delay: float = 0.0  # seconds before each answer
    asked: list[tuple[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    sent: int = 0


class Handler(BaseHTTPRequestHandler):
    """Gives files, and of them the range that is wanted."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self,
        files: Server,
        connection: socket,
        client: tuple[str, int],
        server: BaseServer,
    ) -> None:
        self.files = files
        super().__init__(connection, client, server)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer one request."""
        files, wanted = self.files, self.headers.get("Range", "")
        files.asked.append((self.path, wanted))
        files.agents.add(self.headers["User-Agent"])
        time.sleep(files.delay)
        if files.refuses:
            files.refuses -= 1
            self._send(503, b"", {"Retry-After": "0"})
            return
        path = files.folder / self.path.strip("/")
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self._send(404, b"", {})
            return
        data = path.read_bytes()
        range_ = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
        if not (range_ and files.ranges):
            self._send(200, data, {"Content-Type": "text/html"})
            return
        first, last = range_.groups()
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last), len(data) - 1) if first and last else len(data) - 1
        told = {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
        self._send(206, data[start : end + 1], told)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.files.breaks_off and len(body) > 1:
            self.files.breaks_off -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.files.sent += len(body)
        self.wfile.write(body)


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Server]]:
    """Return a function that serves a folder until the test ends."""
    running: list[ThreadingHTTPServer] = []

    def start(folder: Path) -> Server:
        files = Server(folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, files))
        files.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        running.append(server)
        return files

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a few wheels of the corpus, sound and not."""
    folder = tmp_path_factory.mktemp("wheels")
    for fixture in list(fixtures())[::150]:
        path = folder / Path(fixture.path).name
        path.write_bytes(fixture.content())
    return folder


@pytest.fixture
def large(wheels: Path, tmp_path: Path) -> Path:
    """Return a folder with a wheel most of which nobody has to read."""
    name = (
        "every_claim_true-1-cp36-abi3-manylinux_2_36_x86_64.manylinux_2_39_x86_64.whl"
    )
    folder = tmp_path / "large"
    folder.mkdir()
    noise = random.Random(1)  # noqa: S311 - reproducible, not secret
    with (
        zipfile.ZipFile(wheels / name) as before,
        zipfile.ZipFile(folder / name, "w") as after,
    ):
        members = {each: before.read(each) for each in before.namelist()}
        [record] = (each for each in members if each.endswith("/RECORD"))
        rows = members.pop(record)
        for added in ("every/table.json", "every/weights.bin"):
            members[added] = noise.randbytes(400_000)
            rows += f"{added},{hash_of(members[added])},\n".encode()
        for each, content in (*members.items(), (record, rows)):
            after.writestr(each, content)
    return folder


def hash_of(content: bytes) -> str:
    """Return a hash as RECORD writes it."""
    digest = hashlib.sha256(content).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
