"""The program that an adapter names is asked, and nothing that a link stands for."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.results.blocks import read_blocks
from manylinux_conformance.results.lines import Result
from tests.builders import FAKE_TOOLS

PLACES = ("{links}", "{requirements}", "{target}")
# As of pyenv or BusyBox: one program, which is what the link that started it is named.
SHIM = """#!/bin/sh
case "$(basename "$0")" in
  mytool) exec {python} -m mytool "$@" ;;
  *) echo "error: nothing is named $0" >&2; exit 1 ;;
esac
"""
Ask = Callable[..., tuple[str, list[Result]]]


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tool in a virtual environment and nowhere else."""
    folder = tmp_path_factory.mktemp("vendor")
    base = str(running_interpreter().path)
    venv = folder / "venv"
    subprocess.run([base, "-m", "venv", "--without-pip", str(venv)], check=True)
    assert (venv / "bin" / "python").is_symlink()
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "mytool.py").write_text((FAKE_TOOLS / "installer.py").read_text())
    (folder / "shims").mkdir()
    program = folder / "shims" / "dispatch"
    program.write_text(SHIM.format(python=venv / "bin" / "python"))
    program.chmod(0o755)
    program.with_name("mytool").symlink_to(program.name)
    (folder / "adapters").mkdir()
    (folder / "here").symlink_to(folder / "adapters")
    return folder


@pytest.fixture
def ask(vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return a function that checks and runs an adapter with some command."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def ask(command: list[str], folder: str = "adapters") -> tuple[str, list[Result]]:
        file, out = vendor / folder / "mine.toml", tmp_path / "out"
        words = json.dumps([*command, "any", *PLACES])
        file.write_text(
            f'name = "mine"\nroles = ["installer"]\n[installer]\ncommand = {words}\n'
        )
        checked = CliRunner().invoke(main, ["adapter-check", str(file)])
        case = "--case=installer.glibc.at-least/next-version"
        where = ("--platform=glibc-2.17", f"--output={out}", case)
        said = CliRunner().invoke(main, ["run", f"--tool={file}", *where])
        assert said.exit_code == 0, said.output
        (block,) = read_blocks(out / "results.jsonl")
        return checked.output, list(block.results)

    return ask


@pytest.mark.parametrize("folder", ["adapters", "here"])
@pytest.mark.parametrize(
    "command",
    [
        ["../venv/bin/python", "-m", "mytool"],
        ["{vendor}/venv/bin/python", "-m", "mytool"],
        ["python", "-m", "mytool"],
        ["../shims/mytool"],
        ["{vendor}/shims/mytool"],
        ["mytool"],
    ],
    ids=" ".join,
)
def test_a_program_is_asked_by_the_name_that_it_has(
    ask: Ask,
    vendor: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    folder: str,
) -> None:
    found = (vendor / "venv" / "bin", vendor / "shims")
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, found), os.environ["PATH"]]))
    words = [word.replace("{vendor}", str(vendor)) for word in command]
    checked, results = ask(words, folder)
    assert "works as installer" in checked
    assert [(each.verdict, each.answer) for each in results] == [("pass", "any")]


def test_a_search_path_may_start_where_the_suite_was_started(
    ask: Ask, vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.path.relpath(vendor / "venv" / "bin")
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    checked, results = ask(["python", "-m", "mytool"])
    assert "works as installer" in checked
    assert [each.verdict for each in results] == ["pass"]


def test_the_evidence_names_the_program_that_was_asked(
    ask: Ask, vendor: Path, tmp_path: Path
) -> None:
    ask(["../venv/bin/python", "-m", "mytool"])
    (kept,) = (tmp_path / "out" / "evidence").rglob("run-1.json")
    command = json.loads(kept.read_text())["command"]
    assert command[:3] == [f"{vendor}/venv/bin/python", "-m", "mytool"]


def test_results_and_evidence_say_which_version_answered(
    vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    file, out = vendor / "adapters" / "said.toml", tmp_path / "out"
    words = ["../venv/bin/python", "-m", "mytool", "any", *PLACES]
    file.write_text(
        'name = "mine"\nroles = ["installer"]\n'
        'version = ["../venv/bin/python", "-c", "print(\'mytool 1.0\')"]\n'
        f"[installer]\ncommand = {json.dumps(words)}\n"
    )
    narrow = ("--platform=glibc-2.17", "--case=installer.glibc.at-least/next-version")
    arguments = ["run", f"--tool={file}", f"--output={out}", *narrow, "--modelled"]
    said = CliRunner().invoke(main, arguments)
    assert said.exit_code == 0, said.output
    (block,) = read_blocks(out / "results.jsonl")
    header = block.header
    assert (header.program, header.said_version) == (
        "../venv/bin/python -m mytool",
        "mytool 1.0",
    )
    (kept,) = (out / "evidence").rglob("version.json")
    assert json.loads(kept.read_text())["command"][0] == f"{vendor}/venv/bin/python"
