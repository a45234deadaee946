"""A prefix of its own: the module is found there, and the original stays as it is."""

import dataclasses
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from manylinux_conformance.errors import UnavailableError
from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import (
    Interpreter,
    find_interpreters,
    running_interpreter,
)
from manylinux_conformance.platforms.platform import Fidelity, Platform
from manylinux_conformance.sandbox.own_prefix import make_own_prefix, make_own_programs
from manylinux_conformance.sandbox.process import run
from manylinux_conformance.sandbox.target_venv import make_target_environment

HERE = Platform(name="here", fidelity=Fidelity.NATIVE, machine="x86_64")
SAY = """
import json, sys, _manylinux
import ctypes, ssl
print(json.dumps([_manylinux.__file__, _manylinux.answer, sys.base_prefix]))
"""


def said_by(python: Path, variables: Mapping[str, str] | None = None) -> list[Any]:
    """Let an interpreter say where the module is, what it holds, and its prefix."""
    process = subprocess.run(
        [python, "-I", "-c", SAY],
        env=variables or {},
        capture_output=True,
        check=True,
        text=True,
    )
    assert process.stderr == ""
    answers: list[Any] = json.loads(process.stdout)
    return answers


@pytest.fixture
def own(tmp_path: Path) -> Interpreter:
    return make_own_prefix(
        tmp_path / "usr",
        running_interpreter(),
        "answer = 42\n",
        work=tmp_path,
        run=run,
    )


def test_every_interpreter_of_this_machine_finds_the_module(tmp_path: Path) -> None:
    for number, one in enumerate(find_interpreters(os.environ["PATH"])):
        prefix = tmp_path / str(number)
        own = make_own_prefix(prefix, one, "answer = 42\n", work=tmp_path, run=run)

        module, answer, base = said_by(own.path)

        assert answer == 42
        assert base == str(prefix)
        assert Path(module).parent.joinpath("os.py").exists()
        assert own.path.resolve() == own.path


def test_virtual_environments_of_it_find_the_module_too(
    tmp_path: Path, own: Interpreter
) -> None:
    environment = Environment(HERE, module="answer = 42\n")
    target = make_target_environment(
        tmp_path / "target", own, environment, work=tmp_path
    )

    module, answer, base = said_by(target.python, target.variables)

    assert Path(module).is_relative_to(tmp_path / "usr")
    assert (answer, base) == (42, str(tmp_path / "usr"))


def test_nothing_can_be_compiled_into_the_original(own: Interpreter) -> None:
    said_by(own.path)
    prefix = own.path.parents[1]

    (compiled,) = prefix.rglob("_manylinux.cpython-*.pyc")

    assert compiled.resolve() == compiled
    assert not compiled.parent.is_symlink()


def test_interpreter_without_a_file_makes_no_prefix(tmp_path: Path) -> None:
    lost = dataclasses.replace(running_interpreter(), path=tmp_path / "python")

    with pytest.raises(UnavailableError, match="cannot be started"):
        make_own_prefix(tmp_path / "usr", lost, "", work=tmp_path, run=run)


def test_tools_run_on_the_interpreter_that_has_the_module(
    tmp_path: Path, own: Interpreter
) -> None:
    venv = tmp_path / "venv"
    subprocess.run(
        [running_interpreter().path, "-m", "venv", "--without-pip", venv], check=True
    )
    (venv / running_interpreter().purelib / "packaged.py").write_text(SAY)
    script = venv / "bin" / "tool"
    script.write_text(f"#!{venv}/bin/python\nimport packaged\n")
    script.chmod(0o755)
    (venv / "bin" / "compiled").symlink_to("/bin/true")
    (venv / "bin" / "native").write_bytes(b"\x7fELF")

    programs = make_own_programs(tmp_path / "tool", venv / "bin", own)

    said = subprocess.check_output([programs / "tool"], text=True)
    assert json.loads(said)[2] == str(tmp_path / "usr")
    assert (programs / "native").resolve() == venv / "bin" / "native"
