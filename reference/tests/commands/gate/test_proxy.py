"""The proxy hands requests on as they are, and says what it cannot hand on."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from manylinux_reference.commands.gate.proxy import serve
from manylinux_reference.commands.gate.settings import Settings

SECONDS = 30
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
RESET = b"\1\0\0\0\0\0\0\0"  # on, and for no second (socket(7), SO_LINGER)
PROGRAM = "from manylinux_reference.commands.cli import main; main()"
BOUNDS = "from manylinux_reference.commands.gate import connections as bounds; "
HASTY = f"{BOUNDS}bounds.PATIENCE = bounds.HEAD_START = 1; {PROGRAM}"
NARROW = f"{BOUNDS}bounds.AT_ONCE = 2; {PROGRAM}"
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


class Backend(http.server.ThreadingHTTPServer):
    """A server that a hundred clients may knock at before it has answered one."""

    request_queue_size = 128


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
            if self.path == "/stalls":
                self.rfile.read()
                return
            if self.path == "/gone":
                self.close_connection = True
                return
            if self.path == "/dies":
                self.close_connection = True
                self.rfile.read(1000)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return
            if self.path.startswith("/chunks/"):
                self.close_connection = True
                size = int(self.path.rpartition("/")[2])
                self.wfile.write(
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                self.wfile.write(b"%x\r\n%b\r\n" % (size, bytes(size)))
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

    with Backend(("127.0.0.1", 0), Index) as server:
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
def gate(inner: int, *more: str, program: str = PROGRAM) -> Iterator[Served]:
    """Have a gate run in front of a port; whatever it logs is lines of JSON."""
    to = f"--to=http://127.0.0.1:{inner}/"
    command = (sys.executable, "-c", program, "gate", "serve", to, "--port=0", *more)
    variables = {**os.environ, "HTTP_PROXY": "http://me:secret@proxy.example"}
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=variables
    ) as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        try:
            yield Served(int(first["serving"].split(":")[2].strip("/")))
        finally:
            process.terminate()
        for line in process.stderr:
            json.loads(line)


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


def test_an_answer_without_a_length_that_breaks_off_is_not_made_whole(
    served: Served,
) -> None:
    """A page that ends early lacks files, and nobody would see it."""
    assert b" 500 " in raw(served, b"GET /chunks/5 HTTP/1.1\r\nHost: x\r\n\r\n")[:20]
    with pytest.raises(ConnectionResetError):
        raw(served, b"GET /chunks/500000 HTTP/1.1\r\nHost: x\r\n\r\n")


def test_an_index_that_dies_during_an_upload_is_a_bad_gateway(served: Served) -> None:
    assert ask(served, "POST", "/dies", bytes(10_000_000))[0] == 502


@pytest.mark.parametrize(
    "header",
    [
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\v: chunked",
        "X: a\r\n Transfer-Encoding: chunked",
        "Content-Length: 5",
        "Content-Type: text/plain\r\nContent-Type: text/html",
    ],
)
def test_a_header_that_can_be_read_in_two_ways_is_refused(
    header: str, served: Served
) -> None:
    inside = "0\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inside)}\r\n{header}"
    answer = raw(served, f"{head}\r\n\r\n{inside}".encode())
    assert b" 400 " in answer.splitlines()[0]
    assert served.heard == []


def test_a_header_does_not_become_another_one(served: Served) -> None:
    """Whoever stands before the gate may have removed the one with hyphens."""
    text = b"GET / HTTP/1.1\r\nHost: x\r\nX_Remote_User: root\r\nX-Kept: 1\r\n\r\n"
    raw(served, text)
    [heard] = served.heard
    assert "x-remote-user" not in heard.headers
    assert heard.headers["x-kept"] == "1"


def test_the_environment_is_no_part_of_a_request(served: Served) -> None:
    ask(served, "GET", "/")
    assert "proxy" not in served.heard[0].headers


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_one_connection_is_one_request(version: str, served: Served) -> None:
    one = f"GET /{{}} {version}\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
    answer = raw(served, (one.format("first") + one.format("second")).encode())
    assert answer.endswith(b"\r\n\r\ntaken")
    assert [each.path for each in served.heard] == ["/first"]


def test_an_old_request_is_answered(served: Served) -> None:
    """HTTP/0.9 has neither headers nor a status."""
    assert raw(served, b"GET /old\r\n\r\n") == b"taken"


def test_a_form_may_come_slowly(served: Served) -> None:
    head = f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(LINUX)}"
    text = f"{head}\r\n\r\n".encode() + LINUX
    with socket.create_connection(("127.0.0.1", served.port), SECONDS) as connection:
        for start in range(0, len(text), 40):
            connection.sendall(text[start : start + 40])
            time.sleep(0.02)
        with connection.makefile("rb") as answer:
            assert b"index.refuses.linux" in answer.read()
    assert served.heard == []


@pytest.mark.parametrize("line", ["GET / HTTP/9.9", "GET / a b", "x" * 70_000, "\0"])
def test_a_line_that_is_no_request_is_refused(line: str, served: Served) -> None:
    answer = raw(served, f"{line}\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.0 (400|414|505) |<!DOCTYPE", answer)
    assert served.heard == []


@pytest.mark.parametrize(
    "to",
    [
        "", "ftp://index/", "http://", "http://index:port/", "http://index:99999/",
        "http://index:0/", "http://me:secret@index/", "http://index/?a=b", "http://[/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(
    to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve(to, "127.0.0.1", 0, Settings()) == 2
    assert (
        capsys.readouterr().err == f"manylinux: {to!r} is not the address of an index\n"
    )


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_where_nobody_can_listen_is_said(
    host: str, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve("http://127.0.0.1:9/", host, port, Settings()) == 2
    assert capsys.readouterr().err.startswith(f"manylinux: {host}:{port}: ")


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
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        assert ask(found, "GET", "/")[0] == 200
        assert ask(found, "POST", "/", LINUX, FORM)[0] == 400


def test_who_sends_too_much_hears_why(tmp_path: Path) -> None:
    """Uploaders read no answer until they have sent everything."""
    config = tmp_path / "gate.toml"
    config.write_text("largest = 1000")
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner, f"--config={config}") as found:
        assert ask(found, "POST", "/", bytes(20_000_000), FORM)[0] == 413
    assert heard == []


def test_a_head_is_bounded_as_a_whole(served: Served) -> None:
    """Python's server bounds each line, and their number: to 6.5 MB for each client."""
    lines = "".join(f"X-{number}: {'a' * 60_000}\r\n" for number in range(10))
    answer = raw(served, f"GET / HTTP/1.1\r\n{lines}\r\n".encode())
    assert b" 431 " in answer.splitlines()[0]
    assert served.heard == []


def test_a_head_of_some_size_is_handed_on(served: Served) -> None:
    lines = "".join(f"X-{number}: {'a' * 60_000}\r\n" for number in range(3))
    body = bytes(1 << 20)
    head = f"POST / HTTP/1.1\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    assert b" 200 " in raw(served, head.encode() + body).splitlines()[0]
    assert served.heard[0].body == body


@pytest.fixture(scope="module")
def hasty() -> Iterator[Served]:
    """Return a gate that waits for a second, and not for minutes."""
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner, program=HASTY) as found:
        found.heard = heard
        yield found


def test_an_index_that_never_answers_is_a_bad_gateway(hasty: Served) -> None:
    status, _, body = ask(hasty, "GET", "/stalls")
    assert (status, body) == (502, b"the index behind the gate does not answer\n")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_who_never_says_what_it_wants_is_sent_away(sent: bytes, hasty: Served) -> None:
    assert b"408" in raw(hasty, sent).splitlines()[0]


def test_a_byte_now_and_then_does_not_hold_a_connection(hasty: Served) -> None:
    where = ("127.0.0.1", hasty.port)
    with socket.create_connection(where, SECONDS) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        connection.settimeout(0.2)
        answer = b""
        while not answer:
            connection.sendall(b"x")
            with suppress(TimeoutError):
                answer = connection.recv(100)
    assert b" 408 " in answer


def test_a_form_that_stops_is_not_taken_for_a_whole(hasty: Served) -> None:
    head = f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: 9999\r\n\r\n"
    answer = raw(hasty, head.encode() + LINUX)
    assert b" 400 upload: index.upload.whole: " in answer
    assert hasty.heard == []


def test_a_hundred_uploads_at_once_are_all_answered(served: Served) -> None:
    body = LINUX.replace(b"linux_x86_64.whl", b"1.tar.gz")
    with ThreadPoolExecutor(100) as clients:
        said = list(
            clients.map(lambda _: ask(served, "POST", "/", body, FORM), range(100))
        )
    assert [status for status, _, _ in said] == [200] * 100
    assert [each.body for each in served.heard] == [body] * 100


def test_who_comes_when_all_are_busy_waits() -> None:
    heard: list[Heard] = []
    with index(heard) as inner, gate(inner, program=NARROW) as found:
        where = ("127.0.0.1", found.port)
        silent = [socket.create_connection(where) for _ in range(2)]
        with socket.create_connection(where, SECONDS) as third:
            third.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            third.settimeout(0.3)
            with pytest.raises(TimeoutError):
                third.recv(1)
            assert heard == []
            silent.pop().close()
            third.settimeout(SECONDS)
            assert third.recv(100).startswith(b"HTTP/1.0 200 ")
        silent.pop().close()


def test_who_asks_before_sending_is_told_to_go_on(served: Served) -> None:
    head = f"POST / HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(LINUX)}"
    where = ("127.0.0.1", served.port)
    with socket.create_connection(where, SECONDS) as connection:
        connection.sendall(f"{head}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(LINUX)
        with connection.makefile("rb") as answer:
            assert b"index.refuses.linux" in answer.read()
