"""The proxy hands requests on as they are, and says what it cannot hand on."""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SECONDS = 30
PROGRAM = "from manylinux_reference.commands.cli import main; main()"
BOUNDARY = "frontier"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
LINUX = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; '
    'filename="a-1-py3-none-linux_x86_64.whl"\r\n\r\nPK\r\n'
    f"--{BOUNDARY}--\r\n"
).encode()


@dataclass
class Heard:
    """A request that reached the index."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Served:
    """A gate, and what the index behind it has heard."""

    port: int
    heard: list[Heard] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None


@contextmanager
def index(heard: list[Heard]) -> Iterator[int]:
    """Have an index run that takes everything, and yield its port."""

    class Index(http.server.BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            if self.path == "/early":
                self.close_connection = True
                self.wfile.write(b"HTTP/1.0 401 Who are you\r\n\r\n")
                self.connection.shutdown(socket.SHUT_WR)
                while self.rfile.read(1 << 20):
                    pass
                return
            if self.path == "/gone":
                self.close_connection = True
                return
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            headers = {key.lower(): said for key, said in self.headers.items()}
            heard.append(Heard(self.command, self.path, headers, body))
            said = b"" if self.command == "HEAD" else b"taken"
            self.send_response(200)
            self.send_header("Content-Length", "50" if self.path == "/short" else "5")
            self.send_header("X-Said", "by the index")
            self.end_headers()
            self.wfile.write(said)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner) as found:
        found.heard = heard
        yield found


@contextmanager
def gate(inner: int, *more: str) -> Iterator[Served]:
    """Have a gate run in front of a port."""
    to = f"--to=http://127.0.0.1:{inner}/"
    command = (sys.executable, "-c", PROGRAM, "gate", "serve", to, "--port=0", *more)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        try:
            yield Served(int(first["serving"].split(":")[2].strip("/")), [], process)
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def nothing_heard(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("served").heard.clear()


def raw(served: Served, text: bytes, *, end: bool = False) -> bytes:
    """Send bytes and return what is answered, to its end."""
    with socket.create_connection(("127.0.0.1", served.port), SECONDS) as connection:
        connection.sendall(text)
        if end:
            connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read()


def ask(
    served: Served, method: str, path: str, body: bytes = b"", kind: str = "text/plain"
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=SECONDS)
    with closing(connection):
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def test_a_page_is_handed_on(served: Served) -> None:
    status, headers, body = ask(served, "GET", "/simple/a%2Fb//c/?x=%20y")
    assert (status, body) == (200, b"taken")
    assert headers["X-Said"] == "by the index"
    assert served.heard[0].path == "/simple/a%2Fb//c/?x=%20y"
    assert served.heard[0].headers["host"] == f"127.0.0.1:{served.port}"


def test_heads_have_the_length_and_no_body(served: Served) -> None:
    status, headers, body = ask(served, "HEAD", "/file.whl")
    assert (status, headers["Content-Length"], body) == (200, "5", b"")
    assert served.heard[0].method == "HEAD"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_what_is_no_form_is_handed_on(method: str, served: Served) -> None:
    assert ask(served, method, "/", b"{}", "application/json")[0] == 200
    [heard] = served.heard
    assert (heard.method, heard.body) == (method, b"{}")
    assert heard.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["POST", "post", "PUT", "X"])
def test_a_refused_form_is_not_heard_behind(method: str, served: Served) -> None:
    status, _, body = ask(served, method, "/", LINUX, FORM)
    assert status == 400
    assert b"index.refuses.linux" in body
    assert served.heard == []


def test_a_form_without_a_wheel_is_handed_on_byte_for_byte(served: Served) -> None:
    body = LINUX.replace(b"linux_x86_64.whl", b"1.tar.gz")
    assert ask(served, "POST", "/", body, FORM)[0] == 200
    assert served.heard[0].body == body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked", b" 411 "),
        (f"Content-Type: {FORM}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
         b" 411 "),
        (f"Content-Type: {FORM}", b" 411 "),
        (f"Content-Type: {FORM}\r\nContent-Length: 99999999999999", b" 413 "),
        (f"Content-Type: {FORM}\r\nContent-Length: 5\r\nContent-Encoding: gzip",
         b" 415 "),
        ("Content-Type: text/plain\r\nTransfer-Encoding: chunked", b" 400 "),
        ("Content-Type: text/plain\r\nContent-Length: -5", b" 400 "),
        ("Content-Type: text/plain\r\nContent-Length: much", b" 400 "),
    ],
)  # fmt: skip
def test_what_has_no_plain_length_is_not_handed_on(
    headers: str, status: bytes, served: Served
) -> None:
    text = f"POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    answer = raw(served, text.encode())
    assert status in answer.splitlines()[0]
    assert served.heard == []


@pytest.mark.parametrize("kind", [FORM, "text/plain"])
def test_half_a_request_is_not_taken_for_a_whole(kind: str, served: Served) -> None:
    text = (
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(LINUX) + 1}\r\n\r\n"
    ).encode()
    answer = raw(served, text + LINUX, end=True)
    assert b" 400 " in answer.splitlines()[0]
    assert all(len(each.body) < len(LINUX) + 1 for each in served.heard)


def test_an_index_that_answers_early_is_heard(served: Served) -> None:
    assert ask(served, "POST", "/early", bytes(10_000_000))[0] == 401


def test_an_index_that_says_nothing_is_a_bad_gateway(served: Served) -> None:
    assert ask(served, "GET", "/gone")[0] == 502


def test_an_answer_that_breaks_off_is_not_made_whole(served: Served) -> None:
    with pytest.raises(http.client.IncompleteRead):
        ask(served, "GET", "/short")


def test_an_index_that_is_down_is_a_bad_gateway() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with gate(port) as found:
        status, _, body = ask(found, "GET", "/")
    assert status == 502
    assert b"does not answer" in body


def test_a_client_that_goes_disturbs_nobody() -> None:
    """Nor does it leave a traceback in the log, whose lines are JSON."""
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner) as found:
        for sent in (b"", b"POST", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"):
            with socket.create_connection(("127.0.0.1", found.port)) as connection:
                connection.sendall(sent)
                reset = b"\1\0\0\0\0\0\0\0"  # on, and for no second (socket(7))
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        assert ask(found, "GET", "/")[0] == 200
        assert ask(found, "POST", "/", LINUX, FORM)[0] == 400
        assert found.process is not None
        assert found.process.stderr is not None
        found.process.terminate()
        for line in found.process.stderr:
            json.loads(line)


def test_who_sends_too_much_hears_why(tmp_path: Path) -> None:
    """Uploaders read no answer until they have sent everything."""
    config = tmp_path / "gate.toml"
    config.write_text("largest = 1000")
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner, f"--config={config}") as found:
        assert ask(found, "POST", "/", bytes(20_000_000), FORM)[0] == 413
    assert heard == []
