"""The suite uploads in the form that twine sends, field by field."""

from __future__ import annotations

import email
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

import pytest
from manylinux_conformance.asking.index.client import form
from manylinux_conformance.asking.index.uploaded_wheel import UploadedWheel, made_up
from manylinux_conformance.questions.upload import Became, Upload

QUESTION = Upload(
    rule="tag.form",
    name="plain",
    tag="manylinux_2_17_x86_64",
    arch="x86_64",
    expect=Became.ACCEPTED,
)
# The suite sends none, so that a wrong SHA-256 is not beside another right hash.
NOT_SENT = {"md5_digest"}


@contextmanager
def recorded() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Have a server run that takes everything; yield its address and what it heard."""
    heard: list[tuple[str, bytes]] = []

    class Index(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["Content-Type"], body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()
        thread.join()


def parts_of(kind: str, body: bytes) -> list[tuple[str, str, bytes]]:
    """Return the disposition, the type and the content of each part, in order."""
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [
        (
            str(part["Content-Disposition"]),
            str(part["Content-Type"] or ""),
            bytes(part.get_payload(decode=True)),
        )
        for part in parts
        if isinstance(part, Message)
    ]


@pytest.fixture(scope="module")
def wheel() -> UploadedWheel:
    return made_up(QUESTION, "probe", "1.0")


def test_the_form_is_that_of_twine(wheel: UploadedWheel, tmp_path: Path) -> None:
    path = tmp_path / wheel.filename
    path.write_bytes(wheel.content)
    twine = str(Path(sys.executable).with_name("twine"))
    login = ("-u", "me", "-p", "secret", "--non-interactive", "--disable-progress-bar")
    with recorded() as (address, heard):
        command = (twine, "upload", "--repository-url", address, *login, str(path))
        subprocess.run(command, check=True, capture_output=True)
    [theirs] = heard
    expected = [
        each
        for each in parts_of(*theirs)
        if not any(f'"{n}"' in each[0] for n in NOT_SENT)
    ]
    ours = parts_of(*form(wheel, wheel.sha256))
    assert sorted(ours) == sorted(expected)
