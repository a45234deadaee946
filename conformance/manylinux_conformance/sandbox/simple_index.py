"""A simple index on the loopback interface, for tools that cannot read a folder.

As a program it serves beside a command, where this process cannot: in a container.

    python simple_index.py FOLDER PORT COMMAND...
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, Protocol

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class Served:
    """An index's address, and what has to stand before a command that needs it."""

    address: str
    before: tuple[str, ...] = ()


class Serve(Protocol):
    """Serves a folder of wheels where a tool runs, as ``serve_here`` does."""

    def __call__(self, links: Path) -> contextlib.AbstractContextManager[Served]:
        """Serve for as long as the context lasts."""


@contextlib.contextmanager
def serve_here(links: Path) -> Iterator[Served]:
    """Serve the wheels of a folder from this process."""
    with simple_index(links) as address:
        yield Served(address)


@contextlib.contextmanager
def simple_index(links: Path, port: int = 0) -> Iterator[str]:
    """Serve the wheels of a folder and yield the index's address.

    Project pages are given as HTML (PEP 503) or, where asked for, as JSON (PEP 691),
    with SHA-256 hashes, in the order in which they were written or else of their names.
    The folder is read once, at the start.
    """
    handler = type("Handler", (_Handler,), {"projects": _projects(links)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _projects(links: Path) -> dict[str, dict[str, bytes]]:
    projects: dict[str, dict[str, bytes]] = {}
    for wheel in sorted(links.iterdir(), key=_written):
        project = wheel.name.partition("-")[0]
        projects.setdefault(project, {})[wheel.name] = wheel.read_bytes()
    return projects


def _written(wheel: Path) -> tuple[float, str]:
    return wheel.stat().st_mtime, wheel.name


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers ``/simple/PROJECT/`` and ``/simple/PROJECT/FILENAME``."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment for an answer: headers and body apart cost 40 ms
    projects: ClassVar[dict[str, dict[str, bytes]]] = {}

    def do_GET(self) -> None:
        """Answer one request."""
        parts = urllib.parse.unquote(self.path).strip("/").split("/")
        match parts:
            case ["simple", name] if name in self.projects and self.path[-1] != "/":
                self._redirect()
            case ["simple", name] if name in self.projects:
                self._send_page(name, self.projects[name])
            case ["simple", name, filename] if name in self.projects:
                wheel = self.projects[name].get(filename)
                status = HTTPStatus.NOT_FOUND if wheel is None else HTTPStatus.OK
                self._send(status, "application/octet-stream", wheel or b"")
            case _:
                self._send(HTTPStatus.NOT_FOUND, "text/plain", b"no such page\n")

    def _send_page(self, name: str, project: dict[str, bytes]) -> None:
        if JSON in self.headers.get("Accept", ""):
            self._send(HTTPStatus.OK, JSON, _json_page(name, project))
        else:
            page = _html_page(project).encode()
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", page)

    def _redirect(self) -> None:
        """Lead to the page's address (PEP 503), to which its links are relative."""
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", f"{self.path}/")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing: the tool's own words are the record."""


def _json_page(name: str, project: dict[str, bytes]) -> bytes:
    files = [
        {
            "filename": filename,
            "url": urllib.parse.quote(filename),
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
        }
        for filename, content in project.items()
    ]
    return json.dumps(
        {"meta": {"api-version": "1.0"}, "name": name, "files": files}
    ).encode()


def _html_page(project: dict[str, bytes]) -> str:
    lines = [
        f'<a href="{urllib.parse.quote(filename)}#sha256='
        f'{hashlib.sha256(content).hexdigest()}">{html.escape(filename)}</a><br>'
        for filename, content in project.items()
    ]
    return "\n".join(("<!DOCTYPE html>", "<html><body>", *lines, "</body></html>", ""))


def main() -> None:
    """Serve a folder while a command runs, and end as the command ends."""
    links, port, *command = sys.argv[1:]
    with simple_index(Path(links), int(port)):
        status = subprocess.run(command, check=False).returncode
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
