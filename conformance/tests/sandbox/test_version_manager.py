"""A version manager's shim stands for the program that the manager would start."""

from pathlib import Path

import pytest
from manylinux_conformance.sandbox.version_manager import program_behind

SHIM = '#!/bin/sh\nexec "{manager}" exec mytool "$@"\n'
MANAGER = '#!/bin/sh\n[ "$1 $2" = "which mytool" ] && echo {program}\n'


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return executable(tmp_path / "versions" / "1.0" / "bin" / "mytool", "#!/bin/sh\n")


@pytest.mark.parametrize("manager", ["pyenv", "asdf", "mise"])
def test_a_script_stands_for_what_its_manager_says(
    tmp_path: Path, program: Path, manager: str
) -> None:
    executable(tmp_path / "bin" / manager, MANAGER.format(program=program))
    shim = executable(tmp_path / "shims" / "mytool", SHIM.format(manager=manager))
    assert program_behind(shim) == program


def test_a_link_to_its_manager_stands_for_what_that_says(
    tmp_path: Path, program: Path
) -> None:
    manager = executable(tmp_path / "opt" / "mise", MANAGER.format(program=program))
    shim = tmp_path / "shims" / "mytool"
    shim.parent.mkdir()
    shim.symlink_to(manager)
    assert program_behind(shim) == program


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shims/mytool", "echo /nonexistent/mytool"),  # what is not there
        ("shims/mytool", "exit 1"),  # no such program
        ("shims/mytool", "echo mytool"),  # no path
        ("bin/mytool", "echo {program}"),  # no shim
    ],
)
def test_what_no_manager_knows_stands_for_itself(
    tmp_path: Path, program: Path, name: str, said: str
) -> None:
    executable(tmp_path / "bin" / "pyenv", f"#!/bin/sh\n{said.format(program=program)}")
    shim = executable(tmp_path / name, SHIM.format(manager="pyenv"))
    assert program_behind(shim) == shim
