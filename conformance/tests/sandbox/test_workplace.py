"""A sandbox: nothing of the user's is seen, and everything of the case is."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.install import Outcome, install
from manylinux_conformance.asking.probe_projects import Question, write_probe_projects
from manylinux_conformance.platforms.environment import (
    Environment,
    ModulePlace,
    this_machine,
)
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox

Make = Callable[..., ProvidedTool]
Installed = tuple[Sandbox, Outcome]
QUESTION = Question("a/b", ())

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


def test_there_is_no_way_out_to_the_network(
    fake_installer: Make, here: Environment, tmp_path: Path
) -> None:
    sandbox = make_sandbox(fake_installer("any"), here, tmp_path / "run", None)
    ways = {name: sandbox.variables[f"{name}_proxy"] for name in ("http", "https")}
    assert set(ways.values()) == {"http://127.0.0.1:9"}


@pytest.fixture
def tool(fake_installer: Make) -> ProvidedTool:
    more = (
        'explicit_target = ["{platform_tag}", "{arch}-{family}"]\n'
        'variables = { WHERE = "{work}" }\n'
        'files = { "project.toml" = "needs = {dependencies}\\nindex = \'{index}\'" }\n'
    )
    return fake_installer("any", more=more)


@pytest.mark.parametrize(
    ("place", "isolated", "seen"),
    [
        (ModulePlace.TARGET, False, "site-packages"),
        (ModulePlace.TARGET, True, "site-packages"),
        (ModulePlace.PYTHONPATH, False, "pythonpath"),
        (ModulePlace.PYTHONPATH, True, ""),
        (ModulePlace.WORKING_DIRECTORY, False, "work"),
        (ModulePlace.WORKING_DIRECTORY, True, ""),
    ],
)
def test_a_module_lies_where_the_case_says(
    place: ModulePlace, *, isolated: bool, seen: str, request: pytest.FixtureRequest
) -> None:
    tool = request.getfixturevalue("tool")
    platform = this_machine(tool.interpreter).platform
    environment = Environment(platform, module="x = 1\n", module_at=place)
    folder = request.getfixturevalue("tmp_path") / "run"
    sandbox = make_sandbox(tool, environment, folder, None)
    found, _ = start(sandbox, *(["-I"] if isolated else []))
    assert (Path(found).parent.name if found else "") == seen


@pytest.fixture
def installed(tool: ProvidedTool, here: Environment, tmp_path: Path) -> Installed:
    """Install one probe project for an explicit target."""
    assert tool.adapter.installer is not None
    sandbox = make_sandbox(tool, here, tmp_path / "run", None)
    probes = write_probe_projects([QUESTION], tmp_path / "links")
    target = "manylinux_2_28_x86_64"
    return sandbox, install(tool.adapter.installer, target, sandbox, probes)


def test_an_explicit_target_is_spelled_as_the_tool_wants_it(
    installed: Installed,
) -> None:
    wanted = ("manylinux_2_28_x86_64", "x86_64-manylinux_2_28")
    assert installed[1].command[-2:] == wanted


def test_files_are_filled_in(installed: Installed) -> None:
    sandbox, _ = installed
    written = (sandbox.path_of("work") / "project.toml").read_text()
    first, second = written.splitlines()
    assert first == f'needs = ["{QUESTION.project}==1"]'
    assert second.startswith("index = 'http://127.0.0.1:")


def test_equal_circumstances_have_one_name(here: Environment) -> None:
    names = {
        Environment(here.platform, module=module, target=target).id
        for module in ("", "a", "b")
        for target in ("", "a", "b")
    }
    assert len(names) == 9
    assert here.id == "this-machine"
