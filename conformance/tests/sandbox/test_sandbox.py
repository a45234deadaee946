"""A sandbox: nothing of the user's is seen, and everything of the case is."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.platforms.environment import (
    Environment,
    ModulePlace,
    this_machine,
)
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox

Make = Callable[..., ProvidedTool]
VERSION = running_interpreter().version

ASK = """
import importlib, json, os, sys
try:
    found = importlib.import_module("_manylinux").__file__
except ImportError:
    found = ""
print(json.dumps([found, dict(os.environ)]))
"""


def start(sandbox: Sandbox, *options: str) -> tuple[str, dict[str, str]]:
    command = [sandbox.placeholders["python"], *options, "-c", ASK]
    answer = subprocess.run(
        command,
        env=dict(sandbox.variables),
        cwd=sandbox.path_of("work"),
        capture_output=True,
        check=True,
    )
    return msgspec.json.decode(answer.stdout, type=tuple[str, dict[str, str]])


def test_the_users_settings_are_not_seen(
    fake_installer: Make,
    here: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PIP_INDEX_URL", "UV_CACHE_DIR", "PYTHONPATH", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/of/the/user")
    sandbox = make_sandbox(fake_installer("any"), here, tmp_path / "run", None)
    _, variables = start(sandbox)
    assert "/of/the/user" not in variables.values()
    assert variables["HOME"] == sandbox.placeholders["home"]


def test_a_tool_finds_only_the_programs_of_the_system(
    fake_installer: Make,
    here: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    sandbox = make_sandbox(fake_installer("any"), here, tmp_path / "run", None)
    _, variables = start(sandbox)
    assert variables["PATH"] == "/usr/bin:/bin"


def test_there_is_no_way_out_to_the_network(
    fake_installer: Make, here: Environment, tmp_path: Path
) -> None:
    sandbox = make_sandbox(fake_installer("any"), here, tmp_path / "run", None)
    ways = {name: sandbox.variables[f"{name}_proxy"] for name in ("http", "https")}
    assert set(ways.values()) == {"http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("place", "isolated", "seen"),
    [
        (ModulePlace.STANDARD_LIBRARY, False, f"python{VERSION}"),
        (ModulePlace.STANDARD_LIBRARY, True, f"python{VERSION}"),
        (ModulePlace.SITE_PACKAGES, False, "site-packages"),
        (ModulePlace.SITE_PACKAGES, True, "site-packages"),
        (ModulePlace.PYTHONPATH, False, "pythonpath"),
        (ModulePlace.PYTHONPATH, True, ""),
        (ModulePlace.WORKING_DIRECTORY, False, "work"),
        (ModulePlace.WORKING_DIRECTORY, True, ""),
    ],
)
def test_a_module_lies_where_the_case_says(
    place: ModulePlace, *, isolated: bool, seen: str, request: pytest.FixtureRequest
) -> None:
    tool = request.getfixturevalue("fake_installer")("any")
    platform = this_machine(tool.interpreter).platform
    environment = Environment(platform, module="x = 1\n", module_at=place)
    folder = request.getfixturevalue("tmp_path") / "run"
    sandbox = make_sandbox(tool, environment, folder, None)
    found, _ = start(sandbox, *(["-I"] if isolated else []))
    assert (Path(found).parent.name if found else "") == seen
