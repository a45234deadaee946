"""Interpreters: which CPythons this machine has, and which of them a tool accepts."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from packaging.specifiers import SpecifierSet

from manylinux_conformance.errors import MissingProgramError

OLDEST_MINOR = 6
NEWEST_MINOR = 19
START_TIMEOUT = 20  # seconds for an interpreter to describe itself

# Runs in every CPython since 3.6.  A virtual environment is answered by its base.
DESCRIBE = """
import json, os, struct, sys, sysconfig
scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"
name = "python%d.%d%s" % (sys.version_info[:2] + (sys.abiflags.replace("m", ""),))
base = os.path.join(sys.base_exec_prefix, "bin", name)
executable = sys.executable if sys.prefix == sys.base_prefix else base
get = lambda name: sysconfig.get_config_var(name) or ""
# A Python that was moved still says where it was built.
folders = [get("LIBDIR"), os.path.join(sys.base_exec_prefix, "lib")]
libraries = [os.path.join(folder, get("INSTSONAME")) for folder in folders]
library = next(filter(os.path.exists, libraries), libraries[0])
print(json.dumps({
    "implementation": sys.implementation.name,
    "release": list(sys.version_info[:3]),
    "executable": os.path.realpath(executable),
    "bits": struct.calcsize("P") * 8,
    "purelib": sysconfig.get_path("purelib", scheme, {"base": "", "platbase": ""}),
    "libpython": library if get("Py_ENABLE_SHARED") else "",
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One CPython of this machine, as it describes itself.

    ``path`` is the base interpreter's file, with no symbolic link in it.
    ``release`` is the version's three numbers.
    ``bits`` is the width of a pointer.
    ``purelib`` is where a virtual environment keeps packages, relative to its folder.
    ``libpython`` is the shared library that the interpreter is linked to, if any.
    """

    path: Path
    release: tuple[int, int, int]
    bits: int
    purelib: str
    libpython: Path | None

    @property
    def version(self) -> str:
        """The version as in ``python3.11``: ``3.11``."""
        return f"{self.release[0]}.{self.release[1]}"


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    implementation: str
    release: tuple[int, int, int]
    executable: str
    bits: int
    purelib: str
    libpython: str


def ask_interpreter(command: Path) -> Interpreter | None:
    """Return what an interpreter says of itself; None if it is not a usable CPython."""
    try:
        process = subprocess.run(
            [command, "-I", "-c", DESCRIBE],
            capture_output=True,
            check=True,
            stdin=subprocess.DEVNULL,
            timeout=START_TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return read_interpreter(process.stdout)


def read_interpreter(said: bytes) -> Interpreter | None:
    """Return an interpreter from what ``DESCRIBE`` prints; None if it is not usable."""
    try:
        answer = msgspec.json.decode(said, type=_Answer)
    except msgspec.DecodeError:
        return None
    if answer.implementation != "cpython":
        return None
    return Interpreter(
        path=Path(answer.executable),
        release=answer.release,
        bits=answer.bits,
        purelib=answer.purelib.lstrip("/"),
        libpython=Path(answer.libpython) if answer.libpython else None,
    )


def running_interpreter() -> Interpreter:
    """Return the interpreter that runs this suite, or the base of its environment.

    Raises MissingProgramError if it does not say what it is, or is not a CPython.
    """
    found = ask_interpreter(Path(sys.executable))
    if found is None:
        raise MissingProgramError(
            sys.executable, "is not a CPython, which the suite needs"
        )
    return found


@functools.lru_cache(maxsize=1)  # one search takes a second; PATH stays as it is
def find_interpreters(path: str) -> tuple[Interpreter, ...]:
    """Ask the running interpreter and every ``python3.N`` on a search path.

    ``path`` has the form of ``PATH``.  The running interpreter stands first, then the
    newest; of two with the same version the one met first.
    """
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = pool.map(ask_interpreter, _commands(path))
        found = {one.path: one for one in answers if one is not None}
    running = running_interpreter()
    found.pop(running.path, None)
    others = sorted(found.values(), key=lambda one: one.release, reverse=True)
    return (running, *others)


def find_interpreter(constraint: str = "") -> Interpreter | None:
    """Return the running interpreter or the newest other one that a constraint allows.

    ``constraint`` is described at ``allows``.  None: no interpreter on ``PATH`` fits.
    """
    found = find_interpreters(os.environ.get("PATH", ""))
    return next((one for one in found if allows(constraint, one.release)), None)


def allows(constraint: str, release: tuple[int, ...]) -> bool:
    """Return whether a constraint such as ``>=3.8,<3.12`` allows a version.

    A constraint is a set of version specifiers (PEP 440), compared with the version's
    first two numbers.  Raises ValueError for anything else.
    """
    major, minor, *_ = release
    return SpecifierSet(constraint).contains(f"{major}.{minor}")


def _commands(path: str) -> Iterator[Path]:
    """Yield the commands that look like interpreters, each file once."""
    names = [f"python3.{minor}" for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1)]
    seen = set()
    for folder in _folders(path):
        for command in (folder / name for name in (*names, "python3")):
            if os.access(command, os.X_OK) and command.resolve() not in seen:
                seen.add(command.resolve())
                yield command


def _folders(path: str) -> Iterator[Path]:
    """Yield the folders of a search path; for pyenv's commands, what they stand for.

    pyenv puts one folder of commands on ``PATH``, and only those of the versions that
    are switched on work; the interpreters themselves lie in the folder beside it.
    """
    for folder in map(Path, filter(None, path.split(os.pathsep))):
        versions = folder.parent / "versions"
        if folder.name == "shims" and versions.is_dir():
            yield from sorted(versions.glob("*/bin"))
        else:
            yield folder
