"""Speaks with an index as twine and pip do: uploads, simple pages, files, and where."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import ipaddress
import json
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from manylinux_conformance.asking.index.uploaded_wheel import UploadedWheel
from manylinux_conformance.errors import InputError

LARGEST = 64 * 1024 * 1024  # bytes of an answer
JSON = "application/vnd.pypi.simple.v1+json"
MOST_REDIRECTS = 5
PIECES, PAUSE = 8, 0.25  # of a slow upload; seconds between two of them
CUT, PROMISED = 100, 5000  # bytes that an interrupted one lacks, and more it promised
REDIRECTS = range(300, 400)


class NoAnswerError(Exception):
    """An index gave no answer that HTTP knows; the message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an index answered to one request."""

    status: int
    reason: str
    body: bytes
    url: str

    @property
    def words(self) -> str:
        """The reason and the text of the answer."""
        return f"{self.reason} {self.body.decode(errors='replace')}"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file on a simple page: its name, its address, what is announced of it.

    ``metadata`` is whether there is a metadata file (PEP 658, PEP 714).
    """

    filename: str
    url: str
    sha256: str = ""
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class IndexClient:
    """An index at its addresses; it is asked on this machine and on ``hosts`` alone.

    ``page`` has ``{project}`` in it.
    """

    upload_url: str
    page: str
    user: str
    password: str
    seconds: float
    hosts: frozenset[str] = frozenset()

    def upload(
        self,
        wheel: UploadedWheel,
        *,
        digest: str = "",
        pieces: int = 1,
        cut: int = 0,
    ) -> Reply:
        """Upload a wheel with the form that twine sends.

        ``pieces``: with pauses between them.  ``cut``: so many bytes of the form are
        left out and the connection is closed, although more were promised.

        Raises NoAnswerError.
        """
        kind, body = form(wheel, digest or wheel.sha256)
        promised = len(body) + (PROMISED if cut else 0)
        with self._connected(self.upload_url) as (connection, target):
            connection.putrequest("POST", target)
            login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            for name, value in (
                ("Authorization", f"Basic {login}"),
                ("Content-Type", kind),
                ("Content-Length", str(promised)),
                ("User-Agent", "manylinux-conformance"),
            ):
                connection.putheader(name, value)
            connection.endheaders()
            sent = body[: len(body) - cut]
            size = max(1, -(-len(sent) // pieces))
            for start in range(0, len(sent), size):
                connection.send(sent[start : start + size])
                time.sleep(PAUSE if pieces > 1 else 0)
            if cut:
                return Reply(0, "interrupted", b"", self.upload_url)
            return _reply(connection, self.upload_url)

    def get(self, url: str, accept: str = "*/*") -> Reply:
        """Fetch a page or a file.  Raises NoAnswerError."""
        for _ in range(MOST_REDIRECTS):
            with self._connected(url) as (connection, target):
                connection.request("GET", target, headers={"Accept": accept})
                answer = connection.getresponse()
                where = answer.headers.get("Location", "")
                if answer.status not in REDIRECTS or not where:
                    return _read(answer, url)
            url = urljoin(url, where)
        raise NoAnswerError("redirects without end")

    def files(self, project: str) -> tuple[ListedFile, ...] | None:
        """Return the files of a project; None if there is no page of it.

        Raises NoAnswerError.
        """
        url = self.page.replace("{project}", project)
        reply = self.get(url, f"{JSON}, text/html;q=0.5")
        if reply.status == http.HTTPStatus.NOT_FOUND:
            return None
        if reply.status != http.HTTPStatus.OK:
            raise NoAnswerError(f"the page answers with status {reply.status}")
        return tuple(_listed(reply))

    @contextlib.contextmanager
    def _connected(self, url: str) -> Iterator[tuple[http.client.HTTPConnection, str]]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not (is_loopback(host) or host in self.hosts):
            raise NoAnswerError(f"leads to another machine, {host}")
        kind = (
            http.client.HTTPSConnection
            if parts.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(host, parts.port, timeout=self.seconds)
        query = f"?{parts.query}" if parts.query else ""
        try:
            yield connection, f"{parts.path or '/'}{query}"
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()


def form(wheel: UploadedWheel, digest: str) -> tuple[str, bytes]:
    """Return the type and the bytes of the form that twine sends (legacy upload API).

    The boundary is no part of any question, and does not vary with the run.
    """
    content = wheel.content
    blake2 = hashlib.blake2b(content, digest_size=32).hexdigest()
    right = digest == wheel.sha256
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": wheel.project,
        "version": wheel.version,
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": digest,
        # Of two digests that disagree, nobody could say which an index compared.
        **({"blake2_256_digest": blake2} if right else {}),
    }
    boundary = uuid.uuid5(uuid.NAMESPACE_URL, wheel.sha256).hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value}\r\n"
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="content"; '
        f'filename="{wheel.filename}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = f"{''.join(parts)}{head}".encode()
    end = f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body + content + end


def _reply(connection: http.client.HTTPConnection, url: str) -> Reply:
    return _read(connection.getresponse(), url)


def _read(answer: http.client.HTTPResponse, url: str) -> Reply:
    body = answer.read(LARGEST)
    return Reply(answer.status, answer.reason, body, url)


def _listed(reply: Reply) -> Iterator[ListedFile]:
    if reply.body[:1] == b"{":
        yield from _of_json(reply)
        return
    page = _Page()
    page.feed(reply.body.decode(errors="replace"))
    for attributes, text in page.anchors:
        href = attributes.get("href", "")
        address, _, fragment = href.partition("#")
        said = attributes.get("data-core-metadata") or attributes.get(
            "data-dist-info-metadata", ""
        )
        yield ListedFile(
            filename=text,
            url=urljoin(reply.url, address),
            sha256=fragment.partition("sha256=")[2].partition("&")[0],
            metadata=said not in {"", "false"},
        )


def _of_json(reply: Reply) -> Iterator[ListedFile]:
    """Yield the files of a page of PEP 691.  Raises NoAnswerError if it is none."""
    try:
        for file in json.loads(reply.body)["files"]:
            said = file.get("core-metadata", file.get("dist-info-metadata"))
            yield ListedFile(
                filename=str(file["filename"]),
                url=urljoin(reply.url, str(file["url"])),
                sha256=str(file.get("hashes", {}).get("sha256", "")),
                metadata=bool(said),
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswerError(f"the page is no page of PEP 691: {error}") from error


class _Page(HTMLParser):
    """Collects the anchors of a page of PEP 503."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[tuple[dict[str, str], str]] = []
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = {name: value or "" for name, value in attrs}
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.anchors.append((self._open, self._text.strip()))
            self._open = None


def last_part(url: str) -> str:
    """Return the last component of an address's path, decoded."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def host_of(address: str) -> str:
    """Return the host of an address; raises InputError if it is none of HTTP."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError(address, f"is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise InputError(address, "is no address of an index: http://HOST/ or https://")
    return parts.hostname


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its number, or called localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def beyond(addresses: Collection[str]) -> Iterator[str]:
    """Yield each host among addresses that is not this machine, once."""
    hosts = dict.fromkeys(host_of(address) for address in addresses if address)
    return (host for host in hosts if not is_loopback(host))


def refuse_beyond(addresses: Collection[str], named: Collection[str]) -> None:
    """Raise InputError for an address beyond this machine whose host was not named."""
    for host in beyond(addresses):
        if host not in named:
            raise InputError(
                host,
                "is another machine, whose index would keep what is uploaded; if it "
                f"is yours to fill, say so: --remote {host}",
            )
