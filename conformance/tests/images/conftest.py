"""Fixtures: a made-up engine on a real socket, the real one, and tiny images."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socketserver
import stat
import tarfile
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.images.sources.image_archive import image_archive
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Release, Source

MakeContainer = Callable[..., Container]
MakeRoot = Callable[..., Path]
Answer = tuple[int, object]
OWN = f"tiny-{os.getpid()}-"  # images of this process's tests


class FakeEngine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Speaks the calls that the suite makes, from memory.

    ``archives`` are the loaded images by name, ``registry`` the digests and archives
    that pulls find, ``ways`` what goes wrong: an operation's error, or ``hang``.
    """

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Call)
        self.archives: dict[str, bytes] = {}
        self.registry: dict[str, tuple[str, bytes]] = {}
        self.ways: dict[str, str] = {}
        self.asked: list[str] = []
        self.files = {"/usr/bin/python3"}
        self.hung = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Be silent about clients that stopped listening."""


class Call(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"
    server: FakeEngine

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        self.server.asked.append(format % args)

    def answer(self) -> None:
        parts = urlsplit(self.path)
        path = re.sub(r"^/v[0-9.]+", "", unquote(parts.path))
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        for method, pattern, operation in OPERATIONS:
            found = re.fullmatch(pattern, path)
            if method == self.command and found:
                body = self._body()
                self._carry_out(operation, found.groupdict() | asked, body)
                return
        self._send(500, {"message": f"no such call: {self.command} {path}"})

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - http.server's names

    def _carry_out(self, operation: str, asked: dict[str, str], body: bytes) -> None:
        way = self.server.ways.get(operation, "")
        if way == "hang":
            self.server.hung.set()
            time.sleep(60)
        elif way.startswith("status "):
            self._send(500, {"message": way.removeprefix("status ")})
        elif way:
            self._stream({"error": way, "errorDetail": {"message": way}})
        elif operation in {"load", "pull"}:
            self._stream(*getattr(self, operation)(asked, body))
        else:
            self._send(*getattr(self, operation)(asked, body))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _stream(self, *lines: object) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in lines:
            content = json.dumps(line).encode() + b"\r\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.write(b"0\r\n\r\n")

    def _send(self, status: int, content: object) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.path.partition("?")[0].endswith("/archive"):
            facts = "eyJuYW1lIjoicHl0aG9uMyJ9"  # base64 of a file's facts
            self.send_header("X-Docker-Container-Path-Stat", facts)
        self.end_headers()
        self.wfile.write(body)

    def version(self, _asked: dict[str, str], _body: bytes) -> Answer:
        return 200, {"ApiVersion": "1.41", "MinAPIVersion": "1.12"}

    def info(self, _asked: dict[str, str], _body: bytes) -> Answer:
        return 200, {"Architecture": "x86_64", "DockerRootDir": "/"}

    def inspect(self, asked: dict[str, str], _body: bytes) -> Answer:
        archive = self.server.archives.get(asked["name"])
        if archive is None:
            return 404, {"message": f"No such image: {asked['name']}"}
        facts = json.loads(configuration(archive))
        return 200, {
            "Id": asked["name"],
            "Architecture": facts["architecture"],
            "Size": len(archive),
        }

    def images(self, _asked: dict[str, str], _body: bytes) -> Answer:
        have = self.server.archives.items()
        return 200, [{"RepoTags": [name], "Size": len(one)} for name, one in have]

    def load(self, _asked: dict[str, str], body: bytes) -> tuple[object, ...]:
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            file = archive.extractfile("manifest.json")
            assert file
            for name in json.load(file)[0]["RepoTags"]:
                self.server.archives[name] = body
        return ({"stream": "Loaded"},)

    def save(self, asked: dict[str, str], _body: bytes) -> Answer:
        return 200, self.server.archives[asked["name"]]

    def remove(self, asked: dict[str, str], _body: bytes) -> Answer:
        return 200, [{"Untagged": self.server.archives.pop(asked["name"]) and ""}]

    def digest(self, asked: dict[str, str], _body: bytes) -> Answer:
        if asked["name"] not in self.server.registry:
            return 404, {"message": "manifest unknown: manifest unknown"}
        digest, _ = self.server.registry[asked["name"]]
        return 200, {"Descriptor": {"digest": digest}}

    def pull(self, asked: dict[str, str], _body: bytes) -> tuple[object, ...]:
        name = f"{asked['fromImage']}@{asked['tag']}"
        archives = dict(self.server.registry.values())
        self.server.archives[name] = archives[asked["tag"]]
        return {"status": "Downloading", "id": "1"}, {"status": "Pull complete"}

    def tag(self, asked: dict[str, str], _body: bytes) -> Answer:
        new = f"{asked['repo']}:{asked['tag']}"
        self.server.archives[new] = self.server.archives[asked["name"]]
        return 201, b""

    def create(self, _asked: dict[str, str], _body: bytes) -> Answer:
        return 201, {"Id": "1", "Warnings": []}

    def file(self, asked: dict[str, str], _body: bytes) -> Answer:
        if asked["path"] not in self.server.files:
            return 404, {"message": "Could not find the file"}
        return 200, b""

    def delete(self, _asked: dict[str, str], _body: bytes) -> Answer:
        return 204, b""


OPERATIONS = (
    ("GET", "/version", "version"),
    ("GET", "/info", "info"),
    ("GET", "/images/json", "images"),
    ("POST", "/images/load", "load"),
    ("POST", "/images/create", "pull"),
    ("GET", "/images/(?P<name>.+)/json", "inspect"),
    ("GET", "/images/(?P<name>.+)/get", "save"),
    ("POST", "/images/(?P<name>.+)/tag", "tag"),
    ("DELETE", "/images/(?P<name>.+)", "remove"),
    ("GET", "/distribution/(?P<name>.+)/json", "digest"),
    ("POST", "/containers/create", "create"),
    ("GET", "/containers/1/archive", "file"),
    ("DELETE", "/containers/1", "delete"),
)


def configuration(archive: bytes) -> bytes:
    """Return the configuration of the image in an archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        file = members.extractfile(members.getmembers()[0])
        assert file
        return file.read()


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """Yield a folder whose name is short enough for sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix="fake-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def fake_engine(
    socket_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeEngine]:
    """Yield a made-up engine, which is the usual one while it lives."""
    with FakeEngine(socket_folder / "docker.sock") as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{socket_folder}/docker.sock")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def real_engine() -> Iterator[Engine]:
    """Yield this machine's engine; what a test leaves on it is removed."""
    try:
        engine = connect()
    except InputError as error:
        pytest.skip(f"needs a Docker engine: {error}")
    yield engine
    for name in engine.images():
        if name.partition("/")[2].startswith(OWN):
            engine.remove(name)
    engine.client.close()


@pytest.fixture
def make_container() -> MakeContainer:
    """Return a function that makes up a platform with a name of its own."""
    name = f"{OWN}{uuid.uuid4().hex[:12]}"

    def make(arch: str = "s390x", *sources: str, alias: str = "") -> Container:
        release = Release(
            name=name,
            glibc="2.36",
            python="3.11",
            architectures=(arch,),
            sources=tuple(map(Source, sources)) or (Source.MIRROR,),
            registry="quay.io/pypa/manylinux2014_{arch}",
            suite="bookworm",
            alias=alias,
        )
        return Container(release, ARCHITECTURES[arch])

    return make


@pytest.fixture
def make_root(tmp_path: Path) -> MakeRoot:
    """Return a function that writes a root file system of a few bytes."""

    def make(*names: str, codename: str = "bookworm") -> Path:
        path = tmp_path / "tiny-root.tar"
        with tarfile.open(path, "w") as archive:
            contents = {"./usr/lib/os-release": f'VERSION_CODENAME="{codename}"\n'}
            for name, text in (contents | dict.fromkeys(names, "x")).items():
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(text), stat.S_IFREG | 0o755
                archive.addfile(member, io.BytesIO(text.encode()))
        return path

    return make


@pytest.fixture
def make_archive(make_root: MakeRoot) -> Callable[[Container], bytes]:
    """Return a function that gives a platform's tiny image as an archive."""

    def make(container: Container, *names: str) -> bytes:
        root = make_root(*names)
        pieces = image_archive(root, container.image, container.arch, {})
        return b"".join(pieces)

    return make


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that puts a made-up program before all others."""

    def put(name: str, script: str) -> Path:
        folder = tmp_path / "programs"
        folder.mkdir(exist_ok=True)
        program = folder / name
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return program

    return put
