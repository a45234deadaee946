"""The gate lets true wheels through byte for byte, and nothing else."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import resource
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_reference.commands.gate import middleware
from manylinux_reference.commands.gate.audit import ENOUGH, AuditFailedError, told_of
from manylinux_reference.commands.gate.audit_process import Auditors
from manylinux_reference.commands.gate.middleware import Gate
from manylinux_reference.commands.gate.settings import Settings
from manylinux_reference.rules.findings import Finding

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
    kind: str = "sha256_digest",
) -> bytes:
    digest = hashlib.sha256(content).hexdigest() if digest is None else digest
    return (
        (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="{kind}"\r\n\r\n{digest}\r\n'
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="content"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )


def blake2(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=32).hexdigest()


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
        note = cast(StartResponse, lambda status, _: said.append(status))
        with closing(Gate(behind, settings or Settings())) as gate:
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
    "announced", [str(1 << 60), "9" * 5000, "10737418240"], ids=["big", "long", "10GB"]
)
def test_what_is_announced_is_not_waited_for(announced: str, ask: Ask) -> None:
    assert ask(b"", CONTENT_LENGTH=announced)[0].startswith("413 ")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411 "),
        ({"CONTENT_LENGTH": "-1"}, "411 "),
        ({"CONTENT_LENGTH": "+5"}, "411 "),
        ({"CONTENT_LENGTH": "\u0665"}, "411 "),
        ({"CONTENT_LENGTH": "0"}, "400 "),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, "415 "),
        ({"CONTENT_TYPE": "multipart/mixed; boundary=frontier"}, "400 "),
        ({"CONTENT_TYPE": "multipart/form-data"}, "400 "),
        ({"CONTENT_TYPE": "multipart/form-data; boundary=a; boundary=b"}, "400 "),
        ({"CONTENT_TYPE": "multipart/form-data; boundary=other"}, "400 "),
    ],
)
def test_what_an_index_could_read_otherwise_is_refused(
    more: dict[str, str], status: str, ask: Ask, behind: Behind
) -> None:
    assert ask(form(*wheel(TRUE)), **more)[0].startswith(status)
    assert behind.bodies == []


@pytest.mark.parametrize("method", ["post", "Post", "PUT", "PATCH", "GET", "UPLOAD"])
def test_a_form_is_looked_at_whatever_the_method(
    method: str, ask: Ask, behind: Behind
) -> None:
    assert ask(form(*wheel(FALSE)), REQUEST_METHOD=method)[0].startswith("400 ")
    assert behind.bodies == []


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("sha256_digest", lambda content: hashlib.sha256(content).hexdigest().upper()),
        ("md5_digest",
         lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest()),
        ("blake2_256_digest", blake2),
        ("sha256_digest", lambda _: ""),
    ],
)  # fmt: skip
def test_the_right_hash_passes_and_another_does_not(
    kind: str, digest: Callable[[bytes], str], ask: Ask
) -> None:
    name, content = wheel(TRUE)
    right = form(name, content, digest=digest(content), kind=kind)
    assert ask(right)[0] == "200 OK"
    wrong = form(name, content, digest=digest(content + b"\n") or "0", kind=kind)
    status, text = ask(wrong)
    assert status.startswith("400 ")
    assert kind in text
    assert "index.upload.digest" in text


def test_a_hash_that_is_said_often_is_compared_once(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form has a thousand parts, and a wheel may have a gigabyte."""
    name, content = wheel(TRUE)
    body = form(name, content, kind="blake2_256_digest", digest=blake2(content))
    first = body[: body.index(b"--frontier", 1)]
    taken: list[str] = []

    def counted(field: str, _part: memoryview) -> str:
        taken.append(field)
        return blake2(content)

    monkeypatch.setattr(middleware, "_digest", counted)
    assert ask(first * 900 + body)[0] == "200 OK"
    assert taken == ["blake2_256_digest"]


class Broken:
    """The body of a client that is gone."""

    def read(self, _size: int) -> bytes:
        raise ConnectionResetError


def test_a_client_that_is_gone_is_half_an_upload(ask: Ask, behind: Behind) -> None:
    status, text = ask(form(*wheel(TRUE)), **{"wsgi.input": Broken()})
    assert status.startswith("400 ")
    assert "before its announced end" in text
    assert behind.bodies == []


@pytest.mark.parametrize("limit", [0, 100_000])
def test_a_full_disk_is_no_refusal(limit: int, ask: Ask, behind: Behind) -> None:
    """A limit on the size of files ends a write as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        status, text = ask(form("a-1-py3-none-any.whl", bytes(1_000_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert status.startswith("503 ")
    assert "cannot be kept" in text
    assert behind.bodies == []


def test_no_room_for_files_is_no_refusal(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert ask(form(*wheel(TRUE)))[0].startswith("503 ")


@pytest.mark.parametrize(
    "more",
    [
        {"REQUEST_METHOD": "GET", "CONTENT_TYPE": "text/plain"},
        {"REQUEST_METHOD": "HEAD", "CONTENT_TYPE": ""},
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
    monkeypatch.setattr(Auditors, "found_in", failing)
    status, text = ask(form(*wheel(TRUE)))
    assert status.startswith("503 ")
    assert "try again" in text
    assert behind.bodies == []


def test_an_audit_that_fails_lets_in_if_so_configured(
    ask: Ask, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Auditors, "found_in", failing)
    assert ask(form(*wheel(TRUE)), Settings(pass_unjudged=True))[0] == "200 OK"
    assert len(behind.bodies) == 1


def test_every_upload_has_a_line_in_the_log(behind: Behind) -> None:
    lines: list[str] = []
    name, content = wheel(FALSE)
    body = form(name, content)
    with closing(Gate(behind, Settings(), lines.append)) as gate:
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
