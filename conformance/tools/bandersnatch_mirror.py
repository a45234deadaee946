"""Mirrors one project of a simple index by bandersnatch, told to leave Linux out."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urljoin

SIMPLE = "application/vnd.pypi.simple.v1+json"
SETTINGS = """
[mirror]
master = {master}
directory = {folder}
json = false
timeout = 10
global-timeout = 60
workers = 2
hash-index = false
simple-format = ALL
stop-on-error = true
delete-packages = false
compare-method = hash
allow-non-https = true
verifiers = 1

[plugins]
enabled = exclude_platform

[blocklist]
platforms = linux
"""


def main() -> None:
    """Have BANDERSNATCH mirror the PROJECT of the index at ADDRESS to FOLDER."""
    program, address, project, folder = sys.argv[1:]
    files = files_of(urljoin(address, f"{project}/"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        master = f"http://127.0.0.1:{server.server_port}"
        Handler.answers = {
            f"/pypi/{project}/json": metadata(project, master, files),
            **{path_of(name): content for name, content in files.items()},
        }
        threading.Thread(target=server.serve_forever, daemon=True).start()
        config = Path(folder).with_suffix(".conf")
        config.write_text(SETTINGS.format(master=master, folder=folder))
        command = (program, "--config", str(config), "sync", project)
        # It would go to this machine through a proxy, whatever no_proxy says.
        variables = {
            key: said for key, said in os.environ.items() if "_proxy" not in key
        }
        ended = subprocess.run(command, check=False, env=variables)
        server.shutdown()
    sys.exit(ended.returncode)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the JSON API does, and gives the files (a mirror reads no page)."""

    answers: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        """Give what is at a path."""
        answer = self.answers.get(self.path)
        self.send_response(404 if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer or b"")))
        self.send_header("X-PyPI-Last-Serial", "1")
        self.end_headers()
        self.wfile.write(answer or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def files_of(page: str) -> dict[str, bytes]:
    """Return the files of a simple page by their names."""
    listed = json.loads(fetch(page))["files"]
    return {file["filename"]: fetch(urljoin(page, file["url"])) for file in listed}


def path_of(filename: str) -> str:
    """Return where a mirror expects a file."""
    return f"/packages/any/{quote(filename)}"


def metadata(project: str, master: str, files: dict[str, bytes]) -> bytes:
    """Return what the JSON API would say of a project."""
    releases: dict[str, list[object]] = {}
    for name, content in files.items():
        releases.setdefault(name.split("-")[1], []).append(
            {
                "filename": name,
                "url": f"{master}{path_of(name)}",
                "digests": {"sha256": hashlib.sha256(content).hexdigest()},
                "size": len(content),
                "packagetype": "bdist_wheel",
                "requires_python": None,
                "upload_time_iso_8601": "2026-01-01T00:00:00Z",
                "yanked": False,
            }
        )
    info = {"name": project, "version": max(releases, default="0")}
    whole = {"info": info, "last_serial": 1, "releases": releases}
    return json.dumps(whole).encode()


def fetch(url: str) -> bytes:
    """Return a page, as JSON if it is one of an index, or a file."""
    request = urllib.request.Request(  # noqa: S310 - the address is the suite's own
        url, headers={"Accept": SIMPLE}
    )
    with urllib.request.build_opener().open(request) as answer:
        content: bytes = answer.read()
    return content


main()
