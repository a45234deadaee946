"""Target environments: minimal, correct for every interpreter, separate when asked."""

import dataclasses
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from manylinux_conformance.platforms.environment import Environment, ModulePlace
from manylinux_conformance.platforms.interpreters import (
    Interpreter,
    find_interpreters,
    running_interpreter,
)
from manylinux_conformance.platforms.platform import ElfClass, Fidelity, Platform
from manylinux_conformance.sandbox.target_venv import (
    TargetEnvironment,
    make_target_environment,
)

HERE = Platform(name="here", fidelity=Fidelity.NATIVE, machine="x86_64")


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    return running_interpreter()


def say(
    target: TargetEnvironment, *values: str, folder: Path | None = None
) -> list[Any]:
    process = subprocess.run(
        [
            target.python,
            "-c",
            f"import json, sys\nprint(json.dumps([{', '.join(values)}]))",
        ],
        env=target.variables,
        capture_output=True,
        check=True,
        cwd=folder,
        text=True,
    )
    assert process.stderr == ""
    answers: list[Any] = json.loads(process.stdout)
    return answers


@pytest.mark.parametrize("tool_glibc", ["", "2.12"])
def test_every_interpreter_of_this_machine_gets_an_environment(
    tmp_path: Path, tool_glibc: str
) -> None:
    for number, one in enumerate(find_interpreters(os.environ["PATH"])):
        target = make_target_environment(
            tmp_path / str(number),
            one,
            Environment(HERE, tool_glibc=tool_glibc),
            work=tmp_path,
        )

        prefix, path, purelib = say(
            target,
            "sys.prefix",
            "sys.path",
            "__import__('sysconfig').get_path('purelib')",
        )

        assert prefix == str(target.folder)
        assert purelib == str(target.site_packages)
        packages = [entry for entry in path if entry.endswith("-packages")]
        assert packages == [str(target.site_packages)]


def test_environment_has_no_packages(tmp_path: Path, interpreter: Interpreter) -> None:
    target = make_target_environment(
        tmp_path / "target", interpreter, Environment(HERE), work=tmp_path
    )

    assert list(target.site_packages.iterdir()) == []
    assert target.variables == {}


def test_target_of_a_tool_on_another_glibc_is_a_program_of_its_own(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    target = make_target_environment(
        tmp_path / "target",
        interpreter,
        Environment(HERE, tool_glibc="2.12"),
        work=tmp_path,
    )

    (program,) = say(target, "__import__('os').readlink('/proc/self/exe')")

    assert program == str(target.python)


def test_the_interpreter_itself_is_not_touched(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    """A tool may know by its status time whether what it stored of it still holds."""
    before = interpreter.path.stat()
    target = make_target_environment(
        tmp_path / "target",
        interpreter,
        Environment(HERE, tool_glibc="2.12"),
        work=tmp_path,
    )

    after = interpreter.path.stat()
    assert (after.st_ctime_ns, after.st_nlink) == (before.st_ctime_ns, before.st_nlink)
    assert not target.python.samefile(interpreter.path)
    assert say(target, "sys.prefix") == [str(target.folder)]


def test_shared_library_of_the_interpreter_lies_where_a_run_path_finds_it(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    library = tmp_path / "libpython3.99.so.1.0"
    library.touch()
    shared = dataclasses.replace(interpreter, libpython=library)
    target = make_target_environment(
        tmp_path / "target", shared, Environment(HERE, tool_glibc="2.12"), work=tmp_path
    )

    assert (target.python.parent / "../lib" / library.name).samefile(library)


def test_interpreter_without_a_shared_library_needs_no_other_file(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    whole = dataclasses.replace(interpreter, libpython=None)
    target = make_target_environment(
        tmp_path / "target", whole, Environment(HERE, tool_glibc="2.12"), work=tmp_path
    )

    assert list(target.folder.rglob("libpython*")) == []


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        (ModulePlace.SITE_PACKAGES, "target"),
        (ModulePlace.PYTHONPATH, "target/pythonpath"),
        (ModulePlace.WORKING_DIRECTORY, "work"),
    ],
)
def test_module_of_a_case_lies_where_the_case_says(
    tmp_path: Path, interpreter: Interpreter, place: ModulePlace, folder: str
) -> None:
    environment = Environment(HERE, module="answer = 42\n", module_at=place)
    target = make_target_environment(
        tmp_path / "target", interpreter, environment, work=tmp_path / "work"
    )

    answer, file = say(
        target,
        "__import__('_manylinux').answer",
        "__import__('_manylinux').__file__",
        folder=tmp_path / "work" if place is ModulePlace.WORKING_DIRECTORY else None,
    )

    assert answer == 42
    assert file.startswith(str(tmp_path / folder))
    assert len(list(tmp_path.rglob("_manylinux.py"))) == 1


def test_packages_of_a_tool_are_importable(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "tool.py").write_text("name = 'tool'\n")
    target = make_target_environment(
        tmp_path / "target",
        interpreter,
        Environment(HERE),
        work=tmp_path,
        packages=packages,
    )

    assert say(target, "__import__('tool').name") == ["tool"]


def test_pointer_width_of_the_platform_is_what_programs_see(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    narrow = Platform(
        name="narrow",
        fidelity=Fidelity.MODELLED,
        machine="i686",
        pointer_bits=ElfClass.BITS_32,
    )
    target = make_target_environment(
        tmp_path / "target", interpreter, Environment(narrow), work=tmp_path
    )

    seen = say(
        target,
        "sys.maxsize",
        "__import__('struct').calcsize('P')",
        "__import__('struct').calcsize('q')",
        "bool(__import__('ctypes'))",
    )

    assert seen == [2**31 - 1, 4, 8, True]
