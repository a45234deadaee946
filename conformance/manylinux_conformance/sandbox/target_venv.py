"""Target environments: a minimal virtual environment for one run of a tool."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.platforms.environment import Environment, ModulePlace
from manylinux_conformance.platforms.interpreters import Interpreter

# The pointer width is not the C library's to say, so the environment says it.
POINTER_WIDTH = '''\
"""Lets a 64-bit interpreter say that its pointers have 32 bits."""

import struct
import sys

try:
    import ctypes  # while it is imported it compares struct with the real width
except ImportError:
    pass
real = struct.calcsize


def calcsize(format):
    return 4 if format in ("P", b"P") else real(format)


struct.calcsize = calcsize
sys.maxsize = 2**31 - 1
'''


@dataclass(frozen=True, slots=True)
class TargetEnvironment:
    """A virtual environment that a tool installs into or is asked in.

    ``variables`` are environment variables that belong to it.
    """

    folder: Path
    python: Path
    site_packages: Path
    variables: dict[str, str]


def make_target_environment(
    folder: Path,
    interpreter: Interpreter,
    environment: Environment,
    *,
    work: Path,
    packages: Path | None = None,
) -> TargetEnvironment:
    """Make a virtual environment with the standard library and nothing else.

    ``folder`` does not exist yet or is empty.  ``work`` is the working directory of
    the run; the case may want its ``_manylinux`` module there.  ``packages`` is a
    folder that becomes importable, for a tool that runs inside.
    What makes it one: PEP 405 and the documentation of the ``site`` module.
    """
    site_packages = folder / interpreter.purelib
    site_packages.mkdir(parents=True)
    python = folder / "bin" / "python"
    python.parent.mkdir()
    if environment.tool_glibc:
        _give_file(python, interpreter)
    else:
        python.symlink_to(interpreter.path)
    _write_settings(folder, interpreter)
    if environment.platform.pointer_bits != interpreter.bits:
        (site_packages / "_pointer_width.py").write_text(POINTER_WIDTH)
        (site_packages / "_pointer_width.pth").write_text("import _pointer_width\n")
    if packages is not None:
        (site_packages / "inside.pth").write_text(f"{packages.absolute()}\n")
    variables = _write_module(folder, site_packages, work, environment)
    return TargetEnvironment(folder, python, site_packages, variables)


def _give_file(python: Path, interpreter: Interpreter) -> None:
    """Give the environment an interpreter file of its own.

    ``/proc/self/exe`` then tells its processes from the tool's.  A hard link would be
    cheaper, but it changes the status time of the interpreter (link(2)), by which uv
    knows whether what it has stored of it still holds.
    """
    shutil.copy2(interpreter.path, python)
    if interpreter.libpython is not None:
        # Found through a run path of $ORIGIN/../lib where the interpreter has one.
        library = python.parents[1] / "lib" / interpreter.libpython.name
        library.parent.mkdir(exist_ok=True)
        library.symlink_to(interpreter.libpython)


def _write_settings(folder: Path, interpreter: Interpreter) -> None:
    lines = (
        f"home = {interpreter.path.parent}",
        "include-system-site-packages = false",
        f"version = {'.'.join(map(str, interpreter.release))}",
    )
    (folder / "pyvenv.cfg").write_text("\n".join(lines) + "\n")


def _write_module(
    folder: Path, site_packages: Path, work: Path, environment: Environment
) -> dict[str, str]:
    """Put the ``_manylinux`` module in its place; return the variables it needs.

    One beside the standard library comes with the interpreter; see ``own_prefix``.
    """
    if not environment.module or environment.distributed:
        return {}
    place = {
        ModulePlace.SITE_PACKAGES: site_packages,
        ModulePlace.PYTHONPATH: folder / "pythonpath",
        ModulePlace.WORKING_DIRECTORY: work,
    }[environment.module_at]
    place.mkdir(parents=True, exist_ok=True)
    (place / "_manylinux.py").write_text(environment.module)
    if environment.module_at is ModulePlace.PYTHONPATH:
        return {"PYTHONPATH": str(place)}
    return {}
