"""Version managers: which program a shim of pyenv, asdf or mise stands for."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

MANAGERS = ("pyenv", "asdf", "mise", "rtx")
SHIMS = "shims"  # the folder in which each of them keeps its shims
LARGEST_SHIM = 64 * 1024  # bytes to look at; a script that calls the manager is short
SECONDS = 30  # until a manager has looked for a program


@functools.cache
def program_behind(shim: Path) -> Path:
    """Return the program that a version manager would start here, by its own word.

    A shim finds its manager by the user's home and search path, of which a tool in a
    sandbox sees neither; so the manager is asked before, where the suite was started.
    What is no shim, or a shim that no manager knows, is returned as it is.
    """
    manager = _manager(shim) if shim.parent.name == SHIMS else None
    if manager is None:
        return shim
    try:
        ended = subprocess.run(
            [str(manager), "which", shim.name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return shim
    program = Path(ended.stdout.strip())
    return program if program.is_absolute() and program.is_file() else shim


def _manager(shim: Path) -> Path | None:
    """Return the manager that a script names, or that a link leads to."""
    if shim.is_symlink():  # of mise: one program, which acts by the name it is given
        program = shim.resolve()
        return program if program.name in MANAGERS else None
    said = os.fsdecode(_content(shim))
    name = next((each for each in MANAGERS if each in said), "")
    if not name:
        return None
    beside = shim.parents[1] / "bin" / name
    found = str(beside) if _runs(beside) else shutil.which(name)
    return Path(found) if found else None


def _content(shim: Path) -> bytes:
    try:
        with shim.open("rb") as file:
            return file.read(LARGEST_SHIM)
    except OSError:
        return b""


def _runs(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)
