"""The gate lets true wheels through byte for byte, and nothing else."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_reference.commands.gate import middleware
from manylinux_reference.commands.gate.audit import ENOUGH, AuditFailedError, told_of
from manylinux_reference.commands.gate.middleware import Gate
from manylinux_reference.commands.gate.settings import Settings
from manylinux_reference.rules.wheel.report import Finding

BOUNDARY = "frontier"
TRUE = "wheel.versions.listed/counted-version/x86_64"
FALSE = "wheel.versions.listed/deflated-needs-strlcpy/x86_64"


@functools.cache
def wheel(identifier: str) -> tuple[str, bytes]:
    """Return a fixture's file name and content."""
    found = next(each for each in fixtures() if each.id == identifier)
    return Path(found.path).name, found.content()


def form(
    name: str,
    content: bytes,
    *,
    digest: str | None = None,
) -> bytes:
    digest = hashlib.sha256(content).hexdigest() if digest is None else digest
    return (
        (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="sha256_digest"\r\n\r\n{digest}\r\n'
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="content"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


def request(body: bytes) -> WSGIEnvironment:
    """Return the environment of an upload."""
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


class Behind:
    """The application behind the gate: it notes what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        self.bodies.append(environ["wsgi.input"].read(size))
        start_response("200 OK", [])
        return [b"taken"]


@pytest.fixture
def behind() -> Behind:
    return Behind()


Ask = Callable[..., tuple[str, str]]


@pytest.fixture
def ask(behind: Behind) -> Ask:
    def asked(
        body: bytes, settings: Settings | None = None, **more: object
    ) -> tuple[str, str]:
        said: list[str] = []
        environ = {**request(body), **more}
        gate = Gate(behind, settings or Settings())
        note = cast(StartResponse, lambda status, _: said.append(status))
        answer = gate(environ, note)
        text = b"".join(answer).decode()
        return said[0], text

    return asked


def test_a_true_wheel_passes_byte_for_byte(ask: Ask, behind: Behind) -> None:
    body = form(*wheel(TRUE))
    assert ask(body) == ("200 OK", "taken")
    assert behind.bodies == [body]


def test_a_false_wheel_never_reaches_the_index(ask: Ask, behind: Behind) -> None:
    name, content = wheel(FALSE)
    status, text = ask(form(name, content))
    assert status.startswith(f"400 {name}: wheel.versions.listed: ")
    assert "strlcpy@GLIBC_2.38" in text
    assert "/r/wheel.versions.listed/" in text
    assert behind.bodies == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        pytest.param(
            form("a-1-py3-none-linux_x86_64.whl", b"x"), "index.refuses.linux"
        ),
        pytest.param(
            form("a-1-py3-none-manylinux2025_x86_64.whl", b"x"),
            "index.refuses.non-tag",
        ),
        pytest.param(form("a-1-py3-none-any.whl", b"x"), "index.archive.readable"),
        pytest.param(form("a-1-py3-none-any.whl", b""), "index.archive.readable"),
        pytest.param(form("a-1-py3-none-any.WHL", b"x"), "index.archive.readable"),
        pytest.param(
            form("a-1-py3-none-any.whl", b"x", digest="0" * 64),
            "index.upload.digest",
        ),
        pytest.param(form("a-1-py3-none-any.whl", b"x")[:-20], "index.upload.whole"),
        pytest.param(b"nothing", "index.upload.whole"),
        pytest.param(form("../a-1-py3-none-any.whl", b"x"), "is no file name"),
        pytest.param(form('a\\".whl', b"x"), "in different ways"),
        pytest.param(
            form("a.whl", b"x")[: -len(f"--{BOUNDARY}--\r\n")] + form("b.whl", b"y"),
            "several files",
        ),
    ],
)
def test_what_cannot_be_let_in_is_refused_with_its_rule(
    body: bytes, rule: str, ask: Ask, behind: Behind
) -> None:
    status, text = ask(body)
    assert status.startswith("400 ")
    assert rule in text
    assert behind.bodies == []


def test_a_refusal_says_how_many_more_reasons_there_are() -> None:
    found = [Finding("wheel.needed.allowed", "a.so", str(n)) for n in range(ENOUGH + 3)]
    *told, last = told_of(found)
    assert [each.text for each in told] == list(map(str, range(ENOUGH)))
    assert last.text == "and 3 more"
    assert last.rule == "wheel.needed.allowed"


def test_the_status_says_that_there_are_more_reasons(ask: Ask) -> None:
    name = "a-1-py3-none-manylinux_2.manylinux_3.linux_x86_64.whl"
    status, text = ask(form(name, b"x"), Settings(refuse=("index.*",)))
    assert len(text.splitlines()) == 3
    assert status.endswith(" (and 2 more)")


def test_half_an_upload_is_refused(ask: Ask, behind: Behind) -> None:
    body = form(*wheel(TRUE))
    status, text = ask(body, CONTENT_LENGTH=str(len(body) + 1))
    assert status.startswith("400 ")
    assert "ended 1 bytes before" in text
    assert behind.bodies == []


def test_an_upload_without_a_length_is_refused(ask: Ask) -> None:
    assert ask(form(*wheel(TRUE)), CONTENT_LENGTH="")[0].startswith("411 ")


def test_an_upload_over_the_limit_is_refused(ask: Ask) -> None:
    assert ask(form(*wheel(TRUE)), Settings(largest=100))[0].startswith("413 ")


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "GET"},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": ""},
    ],
)
def test_what_is_no_upload_passes(more: dict[str, str], ask: Ask) -> None:
    assert ask(b"whatever", **more)[0] == "200 OK"


def test_a_source_distribution_passes(ask: Ask) -> None:
    assert ask(form("a-1.tar.gz", b"whatever"))[0] == "200 OK"


def test_a_form_without_a_file_passes(ask: Ask) -> None:
    body = form("x", b"")
    body = body.replace(b'; filename="x"', b"")
    assert ask(body)[0] == "200 OK"


def failing(*_: object, **__: object) -> None:
    raise AuditFailedError("no process can be started")


def test_an_audit_that_fails_neither_blames_nor_lets_in(
    ask: Ask, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "found_apart", failing)
    status, text = ask(form(*wheel(TRUE)))
    assert status.startswith("503 ")
    assert "try again" in text
    assert behind.bodies == []


def test_an_audit_that_fails_lets_in_if_so_configured(
    ask: Ask, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "found_apart", failing)
    assert ask(form(*wheel(TRUE)), Settings(pass_unjudged=True))[0] == "200 OK"
    assert len(behind.bodies) == 1


def test_a_wheel_that_takes_too_long_is_refused(ask: Ask) -> None:
    status, text = ask(form(*wheel(TRUE)), Settings(seconds=0))
    assert status.startswith("400 ")
    assert "takes more than 0 seconds" in text


def test_every_upload_has_a_line_in_the_log(behind: Behind) -> None:
    lines: list[str] = []
    name, content = wheel(FALSE)
    body = form(name, content)
    gate = Gate(behind, Settings(), lines.append)
    gate(request(body), cast(StartResponse, lambda *_: None))
    [line] = map(json.loads, lines)
    assert line["file"] == name
    assert line["refused"] == ["wheel.versions.listed"]


def test_nothing_is_left_of_an_upload(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ask(form(*wheel(FALSE)))
    ask(form(*wheel(TRUE)))
    assert list(tmp_path.iterdir()) == []
