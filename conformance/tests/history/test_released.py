"""A release has the day of its first file, and is installed with nothing newer."""

from __future__ import annotations

import json
import os
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import msgspec
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.history.ask import UNDATED, ask_release
from manylinux_conformance.history.plan import Span
from manylinux_conformance.history.released import DatedRelease, first_day
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.sandbox.tool_description import Provide
from manylinux_conformance.tools.adapters import read_adapter

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HEAD = 'lock-version = "1.0"\ncreated-by = "uv"\n\n[[packages]]\nname = "pip"\n'
WHEELS = """wheels = [
  { name = "a", upload-time = 2020-12-01T00:30:00+02:00 },
  { name = "b", upload-time = 2020-12-03T10:00:00Z },
]
"""
SDIST = 'sdist = { name = "c", upload-time = 2020-12-02T10:00:00Z }\n'
UPLOADED = {
    "gadget-1": "2022-07-30T23:50:00Z",
    "widget-1": "2020-01-01T10:00:00Z",
    "widget-2": "2022-08-01T01:00:00Z",
    "widget-3": "2026-01-01T10:00:00Z",
}
PAGE_TYPE = "application/vnd.pypi.simple.v1+json"


def test_the_first_file_counts_and_its_day_in_utc() -> None:
    assert first_day(HEAD + WHEELS + SDIST) == "2020-11-30"


def test_an_index_that_tells_no_time_leaves_the_day_open() -> None:
    assert first_day(HEAD + 'wheels = [{ name = "a" }]\n') == ""
    assert first_day('lock-version = "1.0"\n') == ""


def write_wheel(folder: Path, release: str) -> None:
    """Write a wheel, of which the gadget needs a widget."""
    name, _, version = release.partition("-")
    more = "Requires-Dist: widget\n" if name == "gadget" else ""
    information = f"{release}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}"
    with zipfile.ZipFile(folder / f"{release}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{information}/METADATA", metadata)
        archive.writestr(
            f"{information}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"
        )
        archive.writestr(f"{information}/RECORD", "")


@dataclass
class Index:
    """A simple index with the time of each upload (PEP 691, PEP 700), as WSGI."""

    folder: Path
    tells_times: bool

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[bytes]:
        """Answer with a page of files, or with a file."""
        name = environ["PATH_INFO"].rstrip("/").rpartition("/")[2]
        file = self.folder / name
        content = file.read_bytes() if file.is_file() else self.page(name)
        length = ("Content-Length", str(len(content)))
        start_response("200 OK", [("Content-Type", PAGE_TYPE), length])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def page(self, project: str) -> bytes:
        """Return the page of a project."""
        files = [
            {"filename": path.name, "url": path.name, "hashes": {}}
            | ({"upload-time": UPLOADED[release]} if self.tells_times else {})
            for path in sorted(self.folder.glob(f"{project}-*"))
            for release in ["-".join(path.name.split("-")[:2])]
        ]
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": files}
        return json.dumps(page).encode()


@pytest.fixture(params=[True])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Serve a gadget and the widgets before and after it."""
    folder = tmp_path / "files"
    folder.mkdir()
    for release in UPLOADED:
        write_wheel(folder, release)
    app = Index(folder, tells_times=request.param)
    with make_server("127.0.0.1", 0, app) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()


@pytest.fixture
def gadget(index: str, tmp_path: Path) -> DatedRelease:
    """Return the release of a tool on that index."""
    path = tmp_path / "gadget.toml"
    path.write_text(
        'name = "gadget"\nroles = ["installer"]\nversions = ["1"]\n'
        '[provide]\npypi = ["gadget=={version}"]\n[installer]\ncommand = ["gadget"]\n'
    )
    own = {"UV_DEFAULT_INDEX": index, "UV_CACHE_DIR": str(tmp_path / "cache")}
    programs = Path(sys.executable).parent
    return DatedRelease(
        programs, read_adapter(path), "1", "3.11", {**os.environ, **own}
    )


def test_a_release_is_installed_with_nothing_newer(gadget: DatedRelease) -> None:
    assert gadget.day == "2022-07-30"
    assert gadget.pins(gadget.day).split() == ["gadget==1", "widget==1"]


def test_what_is_released_together_may_come_after_midnight(
    gadget: DatedRelease,
) -> None:
    assert gadget.pins("2022-07-31").split() == ["gadget==1", "widget==2"]


def test_what_an_adapter_adds_is_of_any_day(gadget: DatedRelease) -> None:
    provide = Provide(pypi=(*gadget.tool.provide.pypi, "widget<4"))
    adapter = msgspec.structs.replace(gadget.tool, provide=provide)
    release = replace(gadget, tool=adapter)
    assert release.pins("2022-07-30").split() == ["gadget==1", "widget==3"]


@pytest.mark.parametrize("index", [False], indirect=True)
def test_without_times_nothing_is_dated(gadget: DatedRelease) -> None:
    assert gadget.day == ""
    assert gadget.pins("2022-07-30") == ""


def test_what_cannot_be_dated_is_not_asked() -> None:
    adapter = read_adapter(data_folder("tools") / "reference.toml")
    provide = Provide(pypi=("no-such-project-of-anybody=={version}",))
    nowhere = msgspec.structs.replace(adapter, provide=provide)
    column = ask_release(Span("nowhere", nowhere, Role.INSTALLER), "1", [])
    assert column.unasked == UNDATED
    assert not column.results
