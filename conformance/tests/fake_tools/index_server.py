"""An index in memory; arguments after the port are its faults, or a folder to read."""

from __future__ import annotations

import email
import hashlib
import html
import http.server
import io
import json
import sys
import urllib.parse
import zipfile
from email.message import Message
from pathlib import Path

JSON = "application/vnd.pypi.simple.v1+json"
PORT, *FAULTS = sys.argv[1:]
FILES: dict[str, dict[str, bytes]] = {}
LATER: list[tuple[str, str, bytes]] = []  # what is taken with the next look at a page
BAD = ("linux", "manylinux2025", "notaplatform", "manylinux_nobody")
if "reads" in FAULTS:
    for found in Path(FAULTS[-1]).glob("*.whl"):
        FILES.setdefault(found.name.partition("-")[0], {})[found.name] = (
            found.read_bytes()
        )


def fields_of(kind: str, body: bytes) -> dict[str, Message]:
    """Return the parts of a form by their names."""
    message = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = message.get_payload()
    return {
        str(part.get_param("name", header="content-disposition")): part
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, Message)
    }


def refusal(name: str, content: bytes, digest: str, project: str) -> str:
    """Return why an upload is refused; empty if it is not."""
    tag = name.removesuffix(".whl").rpartition("-")[2]
    if tag.startswith(BAD) and "takes-all" not in FAULTS:
        return f"{name} has the unsupported tag {tag}"
    if digest != hashlib.sha256(content).hexdigest() and "digest" not in FAULTS:
        return "the digest is another"
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return "is no wheel"
    old = FILES.get(project, {}).get(name)
    if old in {None, content} or "overwrites" in FAULTS:
        return ""
    return f"exists with {hashlib.sha256(old or b'').hexdigest()}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Takes uploads, and serves pages and files."""

    def do_POST(self) -> None:
        """Take an upload."""
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length and "half" not in FAULTS:
            return
        fields = fields_of(self.headers["Content-Type"], body)
        part = fields["content"]
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        name = str(part.get_filename())
        project = str(fields["name"].get_payload()).replace("-", "_")
        digest = str(fields["sha256_digest"].get_payload())
        reason = "" if len(body) < length else refusal(name, content, digest, project)
        if "knows-nobody" in FAULTS:
            self.answer(403, "who are you?")
            return
        if "limits" in FAULTS:
            self.answer(429, "later")
            return
        if reason and "breaks" in FAULTS:
            self.answer(500, "broken")
            return
        if "last-first" in FAULTS and not reason:
            LATER.append((project, name, content))
        elif (not reason or "lists-refused" in FAULTS) and "silent" not in FAULTS:
            FILES.setdefault(project, {})[name] = content
        if reason and "empty-project" in FAULTS:
            FILES.setdefault(project, {})
        if reason:
            self.answer(400, "no" if "mute" in FAULTS else reason)
        else:
            self.answer(202 if "silent" in FAULTS else 200, "")

    def do_GET(self) -> None:
        """Serve a page, a file or its metadata."""
        parts = urllib.parse.unquote(self.path).strip("/").split("/")
        project = parts[1].replace("-", "_") if len(parts) > 1 else ""
        if LATER and parts[0] == "simple":
            owner, file, content = LATER.pop()
            FILES.setdefault(owner, {})[file] = content
        files = FILES.get(project)
        match parts:
            case ["simple"]:
                self.answer(200, "")
            case ["simple", _] if files is not None:
                self.page(files)
            case ["simple", _, name] if files and name in files:
                if "leads-away" in FAULTS:
                    self.answer(302, "", location="http://index.example/")
                else:
                    more = b"more" if "other-bytes" in FAULTS else b""
                    self.answer(200, files[name] + more)
            case ["simple", _, name] if "no-metadata" not in FAULTS and files:
                self.answer(200, self.metadata(files[name.removesuffix(".metadata")]))
            case _:
                self.answer(404, "not found")

    def metadata(self, content: bytes) -> bytes:
        """Return METADATA of a wheel."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            return archive.read(next(n for n in names if n.endswith("/METADATA")))

    def page(self, files: dict[str, bytes]) -> None:
        """Serve a project's page, as JSON where it has no hash to hide."""
        if "no-hash" in FAULTS:
            lines = [f'<a href="{name}">{html.escape(name)}</a>' for name in files]
            self.answer(200, "\n".join(lines))
            return
        listed = [
            {
                "filename": name,
                "url": urllib.parse.quote(name),
                "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
                "core-metadata": True,
            }
            for name, content in files.items()
        ]
        page = {"meta": {"api-version": "1.0"}, "name": self.path, "files": listed}
        self.answer(200, json.dumps(page), kind=JSON)

    def answer(
        self,
        status: int,
        body: str | bytes,
        location: str = "",
        kind: str = "text/html",
    ) -> None:
        """Send an answer."""
        content = body.encode() if isinstance(body, str) else body
        told = body if status == 400 and isinstance(body, str) else None
        self.send_response(status, told)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
