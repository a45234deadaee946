"""Interpreters: found on the search path, asked what they are, chosen by version."""

import operator
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_conformance.errors import MissingProgramError
from manylinux_conformance.platforms.interpreters import (
    allows,
    ask_interpreter,
    find_interpreter,
    find_interpreters,
    running_interpreter,
)

RUNNING = Path(sys.executable).resolve()
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
SERIES = ".".join(map(str, sys.version_info[:2]))


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def retelling(change: str) -> str:
    """Return a program that answers as this interpreter does, but for one thing."""
    return f'#!/bin/sh\n{RUNNING} "$@" | sed {change}\n'


def test_interpreter_says_what_it_is() -> None:
    found = running_interpreter()

    assert found.version == SERIES
    assert found.release == sys.version_info[:3]
    assert found.bits == (64 if sys.maxsize > 2**32 else 32)
    assert found.purelib == f"lib/python{SERIES}/site-packages"
    assert found.libpython is None or found.libpython.is_file()


def test_virtual_environment_is_answered_by_its_base() -> None:
    found = running_interpreter()

    assert found.path.is_file()
    assert not found.path.is_relative_to(sys.prefix) or sys.prefix == sys.base_prefix


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nexit 1\n",
        "#!/bin/sh\necho 'not an answer'\n",
        "#!/bin/sh\necho '{}'\n",
        retelling("s/cpython/pypy/"),
        "",
    ],
    ids=["fails", "garbage", "other-answer", "another-implementation", "no-program"],
)
def test_program_that_is_no_cpython_is_passed_over(tmp_path: Path, text: str) -> None:
    command = program(tmp_path / "python3.11", text)

    assert ask_interpreter(command) is None


def test_missing_program_is_passed_over(tmp_path: Path) -> None:
    assert ask_interpreter(tmp_path / "python3.11") is None


def test_search_path_is_searched_after_the_running_interpreter(tmp_path: Path) -> None:
    program(tmp_path / "python3.7", retelling(f"s/{RUNNING.name}/other/"))
    program(tmp_path / "python3.8", "#!/bin/sh\nexit 1\n")
    path = os.pathsep.join(["", str(tmp_path / "absent"), str(tmp_path)])

    running, other = find_interpreters(path)

    assert running == running_interpreter()
    assert other.path == running.path.with_name("other")


def test_pyenv_commands_stand_for_the_versions_beside_them(tmp_path: Path) -> None:
    program(tmp_path / "shims" / "python3.9", "#!/bin/sh\nexit 127\n")
    command = tmp_path / "versions" / "3.9.1" / "bin" / "python3.9"
    program(command, retelling(f"s/{RUNNING.name}/other/"))

    _, other = find_interpreters(str(tmp_path / "shims"))

    assert other.path.name == "other"


def test_suite_that_no_cpython_runs_cannot_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program(
        tmp_path / "python", f'#!/bin/sh\n{RUNNING} "$@" | sed s/cpython/pypy/\n'
    )
    monkeypatch.setattr(sys, "executable", str(other))

    with pytest.raises(MissingProgramError, match="is not a CPython, which"):
        running_interpreter()


def test_running_interpreter_is_preferred() -> None:
    assert find_interpreter() == running_interpreter()


def test_constraint_that_nothing_meets_finds_nothing() -> None:
    assert find_interpreter("<3.0") is None


@pytest.mark.parametrize(
    ("constraint", "release", "allowed"),
    [
        ("", (3, 11, 7), True),
        ("<3.10", (3, 9, 18), True),
        ("<3.10", (3, 10, 0), False),
        ("<=3.10", (3, 10, 13), True),
        (">3.10", (3, 10, 13), False),
        (">=3.10", (3, 10, 0), True),
        ("==3.8", (3, 8, 18), True),
        ("==3.8", (3, 9, 0), False),
        (">=3.8,<3.12", (3, 11, 7), True),
        (">=3.8, <3.12", (3, 12, 1), False),
        (">=3.8,<3.12", (3, 7, 16), False),
    ],
)
def test_constraint_compares_major_and_minor(
    constraint: str, release: tuple[int, int, int], allowed: bool
) -> None:
    assert allows(constraint, release) is allowed


@pytest.mark.parametrize("constraint", ["3.10", "<3.1x", "=<3.10", ">3.10 <3.12"])
def test_what_is_not_a_constraint_is_refused(constraint: str) -> None:
    with pytest.raises(ValueError, match="Invalid specifier"):
        allows(constraint, (3, 11, 7))


@given(
    sign=st.sampled_from(list(COMPARISONS)),
    bound=st.tuples(st.integers(2, 4), st.integers(0, 99)),
    release=st.tuples(st.integers(2, 4), st.integers(0, 99), st.integers(0, 99)),
)
def test_numbers_are_compared_as_numbers(
    sign: str, bound: tuple[int, int], release: tuple[int, int, int]
) -> None:
    constraint = f"{sign}{bound[0]}.{bound[1]}"

    assert allows(constraint, release) is COMPARISONS[sign](release[:2], bound)
