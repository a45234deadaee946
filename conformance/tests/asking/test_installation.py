"""One installation: the command and the files that it is given."""

from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.asking.installation import Installation, commands, install
from manylinux_conformance.asking.probe_projects import write_probe_projects
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.questions.probe_project import ProbeProject
from manylinux_conformance.roles.installer import Installer
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.sandbox import Sandbox, make_sandbox
from tests.builders import table_of

Make = Callable[..., ProvidedTool]
Installed = tuple[Sandbox, Installation]
PROJECT = ProbeProject("a/b", ())


@pytest.fixture
def tool(fake_installer: Make) -> ProvidedTool:
    more = (
        'explicit_target = ["{platform_tag}", "{arch}-{family}"]\n'
        'variables = { WHERE = "{work}" }\n'
        'files = { "project.toml" = "needs = {dependencies}\\n'
        "{dependency_table}\\nindex = '{index}'\" }\n"
    )
    return fake_installer("any", more=more)


@pytest.fixture
def installed(tool: ProvidedTool, here: Environment, tmp_path: Path) -> Installed:
    """Install one probe project for an explicit target."""
    sandbox = make_sandbox(tool, here, tmp_path / "run", None)
    probes = write_probe_projects([PROJECT], tmp_path / "links")
    table, target = table_of(tool, Installer), "manylinux_2_28_x86_64"
    return sandbox, install(table, target, sandbox, probes)


def test_an_explicit_target_is_spelled_as_the_tool_wants_it(
    installed: Installed,
) -> None:
    wanted = ("manylinux_2_28_x86_64", "x86_64-manylinux_2_28")
    assert installed[1].command[-2:] == wanted


def test_files_are_filled_in(installed: Installed) -> None:
    sandbox, _ = installed
    written = (sandbox.path_of("work") / "project.toml").read_text()
    first, second, third = written.splitlines()
    assert first == f'needs = ["{PROJECT.name}==1"]'
    assert second == f'{PROJECT.name} = "==1"'
    assert third.startswith("index = 'http://127.0.0.1:")


@pytest.mark.parametrize(("lock", "locked"), [("true", True), ("false", False)])
def test_the_command_runs_once_the_lock_file_is_written(
    fake_installer: Make, here: Environment, tmp_path: Path, lock: str, *, locked: bool
) -> None:
    tool = fake_installer("any", more=f'lock = ["{lock}"]\n')
    sandbox = make_sandbox(tool, here, tmp_path / "run", None)
    probes = write_probe_projects([PROJECT], tmp_path / "links")
    outcome = install(table_of(tool, Installer), "", sandbox, probes)
    assert outcome.locked == outcome.clean == bool(outcome.found) == locked


def test_the_command_that_locks_is_told_no_target(fake_installer: Make) -> None:
    more = 'lock = ["locks"]\nexplicit_target = ["{platform_tag}"]\n'
    table = table_of(fake_installer("any", more=more), Installer)
    locks, installs = commands(table, "manylinux_2_28_x86_64")
    assert locks == ("locks",)
    assert installs[-1] == "manylinux_2_28_x86_64"


@pytest.mark.parametrize(
    ("target", "last"),
    [
        ("", "here"),
        ("linux_x86_64", "x86_64-gnu"),
        ("manylinux_2_28_x86_64", "x86_64-manylinux_2_28"),
    ],
)
def test_each_kind_of_target_has_its_arguments(
    fake_installer: Make, here: Environment, tmp_path: Path, target: str, last: str
) -> None:
    more = (
        'running_target = ["here"]\n'
        'explicit_target = ["{arch}-{family}"]\n'
        'unversioned_target = ["{arch}-gnu"]\n'
    )
    tool = fake_installer("any", more=more)
    sandbox = make_sandbox(tool, here, tmp_path / "run", None)
    probes = write_probe_projects([PROJECT], tmp_path / "links")
    command = install(table_of(tool, Installer), target, sandbox, probes).command
    assert command[-1] == last
