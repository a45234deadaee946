"""Providing tools: pinned, kept, whole or not there at all."""

import errno
import os
import shutil
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from manylinux_conformance.sandbox import provide as providing
from manylinux_conformance.sandbox.provide import (
    NO_WHEEL,
    NotProvided,
    ProvidedTool,
    is_no_fault_of_a_tool,
    provide,
    this_system,
    why_failed,
    why_not,
)
from manylinux_conformance.sandbox.tool_description import Provide, ToolDescription
from manylinux_conformance.tools.adapters import Adapter, read_adapter

TOOL = """
name = "gadget"
roles = ["installer"]
versions = ["1", "2"]
[provide]
pypi = ["gadget=={version}"]
constraints = "./constraints-{version}.txt"
[installer]
command = ["{tool}/gadget"]
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of wheels that stands in for the package index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, version, needs in (
        *(("gadget", "1", "widget"), ("gadget", "2", "widget")),
        *(("widget", "1", ""), ("widget", "2", "")),
    ):
        write_wheel(folder, name, version, needs)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, name: str, version: str, needs: str) -> None:
    information = f"{name}-{version}.dist-info"
    more = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        f"{name}.py": f"def main():\n    print('{name} {version}')\n",
        f"{information}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}"
        ),
        f"{information}/WHEEL": (
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{information}/entry_points.txt": (
            f"[console_scripts]\n{name} = {name}:main\n"
        ),
        f"{information}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)


@pytest.fixture
def outside(tmp_path: Path) -> Adapter:
    return adapter(tmp_path, TOOL)


def adapter(folder: Path, text: str) -> Adapter:
    for version in ("1", "2"):
        (folder / f"constraints-{version}.txt").write_text("widget==1\n")
    (folder / "gadget.toml").write_text(text)
    return read_adapter(folder / "gadget.toml")


@pytest.fixture
def inside(tmp_path: Path) -> Adapter:
    return adapter(tmp_path, TOOL.replace("[installer]", "inside = true\n[installer]"))


def provided(adapter: Adapter, cache: Path, version: str = "1") -> ProvidedTool:
    tool = provide(adapter, version, cache)
    assert isinstance(tool, ProvidedTool), tool
    return tool


@pytest.mark.usefixtures("index")
def test_a_tool_has_an_environment_of_its_own(outside: Adapter, tmp_path: Path) -> None:
    tool = provided(outside, tmp_path / "cache", "2")
    assert tool.programs is not None
    answer = subprocess.run(
        [tool.programs / "gadget"], capture_output=True, check=True, text=True
    )
    assert answer.stdout == "gadget 2\n"


@pytest.mark.usefixtures("index")
def test_what_it_brings_along_is_constrained(outside: Adapter, tmp_path: Path) -> None:
    tool = provided(outside, tmp_path / "cache")
    assert tool.programs is not None
    found = tool.programs.parent.glob("lib/*/site-packages/widget-*")
    assert [path.name for path in found] == ["widget-1.dist-info"]


@pytest.mark.usefixtures("index")
def test_a_tool_inside_is_a_folder_of_packages(inside: Adapter, tmp_path: Path) -> None:
    tool = provided(inside, tmp_path / "cache")
    assert tool.packages is not None
    assert (tool.packages / "gadget.py").is_file()
    assert list((tool.packages / "__pycache__").glob("gadget.*.pyc"))


def test_the_second_time_nothing_is_installed(
    inside: Adapter, tmp_path: Path, index: Path
) -> None:
    told: list[str] = []
    cache = tmp_path / "cache"
    first = provide(inside, "1", cache, progress=told.append)
    shutil.rmtree(index)
    assert provide(inside, "1", cache, progress=told.append) == first
    assert provide(inside, "1", cache, offline=True) == first
    assert told == ["installing gadget 1"]


@pytest.mark.usefixtures("index")
def test_an_installation_that_was_broken_off_is_done_anew(
    inside: Adapter, tmp_path: Path
) -> None:
    first = provided(inside, tmp_path / "cache")
    assert first.packages is not None
    (first.packages / "gadget.py").unlink()
    (first.packages.parent / providing.COMPLETE).unlink()
    assert provided(inside, tmp_path / "cache") == first
    assert (first.packages / "gadget.py").exists()


@pytest.mark.usefixtures("index")
def test_another_constraint_is_another_installation(
    inside: Adapter, tmp_path: Path
) -> None:
    first = provided(inside, tmp_path / "cache")
    (tmp_path / "constraints-1.txt").write_text("widget==2\n")
    assert provided(inside, tmp_path / "cache") != first


def test_offline_says_what_is_missing(outside: Adapter, tmp_path: Path) -> None:
    found = provide(outside, "1", tmp_path / "cache", offline=True)
    assert found == NotProvided("is not installed yet, and this run is offline")


class Broken(BaseHTTPRequestHandler):
    """Answers with a status; 404 says that there is no such project."""

    status = 0

    def do_GET(self) -> None:
        self.send_error(self.status)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, "the package index cannot be reached"), (404, NO_WHEEL)],
)
def test_an_index_that_refuses_is_no_lack_of_wheels(
    inside: Adapter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    reason: str,
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    handler = type("Handler", (Broken,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/simple"
        monkeypatch.setenv("PIP_INDEX_URL", address)
        found = provide(inside, "1", tmp_path / "cache")
        server.shutdown()
    assert isinstance(found, NotProvided)
    assert reason in found.reason
    assert found.unsupported == (status == 404)


def test_an_index_that_cannot_be_reached_is_no_lack_of_wheels(
    inside: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    found = provide(inside, "1", tmp_path / "cache")
    assert found == NotProvided("the package index cannot be reached")


def test_a_folder_that_cannot_be_written_is_a_reason() -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "file")

    assert why_not(full) == "the disk is full"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "a\nshutil.Error: [('x', 'y', '[Errno 28] No space left on device')]" * 999,
            "the disk is full",
        ),
        ("ERROR: " + "very " * 9999 + "long", "ERROR: " + "very " * 38 + "ver"),
        (
            "WARNING: x\nERROR: No matching distribution found for a==1\n",
            "ERROR: No matching distribution found for a==1",
        ),
        ("", ""),
    ],
    ids=["disk", "long", "no-wheel", "silent"],
)
def test_a_reason_is_short_and_names_the_cause(said: str, reason: str) -> None:
    assert why_failed(said) == reason


@pytest.mark.parametrize("which", ["inside", "outside"])
def test_what_the_index_does_not_have_is_not_provided(
    tmp_path: Path, index: Path, which: str, request: pytest.FixtureRequest
) -> None:
    (index / "gadget-1-py3-none-any.whl").unlink()
    found = provide(request.getfixturevalue(which), "1", tmp_path / "cache")
    assert isinstance(found, NotProvided)
    assert "gadget==1" in found.reason
    assert found.unsupported
    assert "\n" not in found.reason
    assert not list((tmp_path / "cache").rglob(providing.COMPLETE))


def test_a_python_that_is_not_here_is_named(tmp_path: Path) -> None:
    text = TOOL.replace("[installer]", 'python = { "1" = "<3.0" }\n[installer]')
    found = provide(adapter(tmp_path, text), "1", tmp_path / "cache")
    assert found == NotProvided("needs Python <3.0", unsupported=True)


def test_a_program_of_this_machine_needs_no_installation(tmp_path: Path) -> None:
    text = 'name = "x"\nroles = ["installer"]\n[installer]\ncommand = ["x"]\n'
    tool = provided(adapter(tmp_path, text), tmp_path / "cache", "")
    assert (tool.packages, tool.programs) == (None, None)
    assert not (tmp_path / "cache").exists()


@pytest.mark.usefixtures("index")
def test_runs_at_the_same_time_wait_for_each_other(
    inside: Adapter, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pool:
        told: list[str] = []
        waiting = [
            pool.submit(provide, inside, "1", tmp_path / "cache", progress=told.append)
            for _ in range(2)
        ]
        one, other = (each.result() for each in waiting)
    assert one == other
    assert told == ["installing gadget 1"]


def test_an_installation_without_end_is_given_up(
    outside: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providing, "INSTALL_TIMEOUT", 0.01)
    found = provide(outside, "1", tmp_path / "cache")
    assert isinstance(found, NotProvided)
    assert found.reason == "took longer than 0.01 seconds to install"
    assert is_no_fault_of_a_tool(found.reason)


@pytest.mark.parametrize(("pattern", "is_asked"), [("*", True), ("plan 9 *", False)])
def test_a_tool_may_be_bound_to_a_system(
    pattern: str, *, is_asked: bool, tmp_path: Path
) -> None:
    bound = ToolDescription(name="x", provide=Provide(system=pattern))
    found = provide(bound, "", tmp_path / "cache")
    assert isinstance(found, ProvidedTool) is is_asked
    if isinstance(found, NotProvided):
        said = f"is asked on 'plan 9 *'; this system is {this_system()!r}"
        assert found.reason == said


def test_a_system_names_itself_as_os_release_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = {"ID": "debian", "VERSION_ID": "12"}
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: facts)
    monkeypatch.setattr("platform.machine", lambda: "s390x")
    assert this_system() == "debian 12 s390x"

    def absent() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr("platform.freedesktop_os_release", absent)
    assert this_system() == "linux rolling s390x"


def test_a_tool_of_images_is_not_provided_here(tmp_path: Path) -> None:
    inside = ToolDescription(name="x", provide=Provide(image="manylinux2014-*"))
    found = provide(inside, "", tmp_path / "cache")
    reason = "is asked by 'run', in images of 'manylinux2014-*' only"
    assert found == NotProvided(reason, unsupported=True)
