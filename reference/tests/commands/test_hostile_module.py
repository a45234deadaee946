"""A ``_manylinux`` module that does its worst, in real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ASKED = "def manylinux_compatible(*_):\n    "
UNTRUE = "class Answer:\n    def __bool__(self): raise SystemExit(0)\n"
MODULES = [
    "raise SystemExit(0)",
    "raise KeyboardInterrupt",
    "raise RuntimeError('broken')",
    f"{ASKED}raise SystemExit(0)",
    f"{ASKED}raise ImportError('late')",
    f"{ASKED}raise KeyboardInterrupt",
    f"{UNTRUE}{ASKED}return Answer()",
    f"{UNTRUE}manylinux1_compatible = manylinux2014_compatible = Answer()",
    "def __getattr__(name): raise SystemExit(0)",
    f"import sys\n{ASKED}sys.exit()",
]
LOUD = (
    "import os, subprocess, sys\n"
    "print('loaded')\n"
    f"{ASKED}print('asked'); os.write(1, b'written'); subprocess.run(['echo', 'ran'])"
)
NAME = "p-1-py3-none-{}.whl"


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    for tag in ("any", "manylinux_2_17_{}", "manylinux1_{}"):
        name = NAME.format(tag.format(machine()))
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr("p.py", tag)
    (tmp_path / "requirements.txt").write_text("p\n")
    return folder


def machine() -> str:
    return os.uname().machine


def run(
    folder: Path, source: str, *arguments: str, lines: str = "", first: str = "pass"
) -> subprocess.CompletedProcess[str]:
    """Run a command in an interpreter with a module on its own import path.

    ``first`` is what happens in the interpreter before that.
    """
    module = folder / "module"
    module.mkdir()
    (module / "_manylinux.py").write_text(source)
    script = (
        f"import sys; {first}; sys.path.append({str(module)!r}); "
        "from manylinux_reference.commands.cli import main; "
        "sys.exit(main())"
    )
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command, input=lines, capture_output=True, text=True, check=False, timeout=60
    )


def install(links: Path, source: str) -> subprocess.CompletedProcess[str]:
    folder = links.parent
    places = [f"--target={folder / 'target'}", f"--find-links={links}"]
    places.append(f"--requirement={folder / 'requirements.txt'}")
    return run(folder, source, "install", *places)


@pytest.mark.parametrize("source", MODULES)
def test_module_that_ends_the_process_ends_the_installation_with_a_message(
    links: Path, source: str
) -> None:
    ended = install(links, source)
    assert ended.returncode == 1
    assert ended.stderr.startswith("manylinux: _manylinux: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
    assert not (links.parent / "target").exists()


@pytest.mark.parametrize("source", MODULES[:4])
def test_listing_ends_with_a_message_too(tmp_path: Path, source: str) -> None:
    ended = run(tmp_path, source, "tags")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("manylinux: _manylinux: ")


def test_module_that_prints_does_not_touch_the_protocol(tmp_path: Path) -> None:
    offer = [NAME.format("any"), NAME.format(f"manylinux_2_17_{machine()}")]
    question = json.dumps({"ask": "choose", "offer": offer})
    ended = run(tmp_path, LOUD, "serve", lines=f"{question}\n{question}\n")
    assert ended.returncode == 0
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert answers == [{"choose": offer[1]}] * 2
    for said in ("loaded", "asked", "written", "ran"):
        assert said in ended.stderr


def test_serving_goes_on_after_a_module_that_ends_the_process(tmp_path: Path) -> None:
    question = json.dumps({"ask": "choose", "offer": [NAME.format("any")]})
    parse = json.dumps({"ask": "parse", "tag": "any"})
    ended = run(
        tmp_path, "raise SystemExit(0)", "serve", lines=f"{question}\n{parse}\n"
    )
    first, second = map(json.loads, ended.stdout.splitlines())
    assert first == {"choose": None, "reason": "_manylinux: SystemExit: 0"}
    assert second == {"valid": False}


@pytest.mark.parametrize("executable", ["None", "''", "'/bin/no-python'"])
def test_tags_are_those_of_the_process_that_runs(
    tmp_path: Path, executable: str
) -> None:
    known, unknown = tmp_path / "known", tmp_path / "unknown"
    known.mkdir()
    unknown.mkdir()
    expected = run(known, "", "tags").stdout
    ended = run(unknown, "", "tags", first=f"sys.executable = {executable}")
    assert ended.stdout == expected != ""
