"""How a folder shows a modelled platform: the shim's source, variables, a header."""

from __future__ import annotations

from pathlib import Path

from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.platform import Libc, Platform
from manylinux_conformance.sandbox.elf_header import elf_header
from manylinux_conformance.sandbox.shim_build import SOURCE
from manylinux_conformance.sandbox.shim_environment import (
    MUSL_LOADER_NAME,
    musl_loader,
    shim_variables,
    shown_header,
)
from manylinux_conformance.sandbox.target_venv import POINTER_WIDTH

# As many slashes as one; a real path takes the place of some of them.
ROOM = "/" * 200
THERE = ("LD_PRELOAD", "MODELLED_INTERPRETER")  # what only ``ask.py`` knows


def model_variables(platform: Platform, interpreter: Interpreter) -> dict[str, str]:
    """Return the shim's variables, but for paths of the machine where it will run."""
    found = shim_variables(platform, Path(SOURCE.name), interpreter.path, None)
    return {name: value for name, value in found.items() if name not in THERE}


def model_files(platform: Platform, interpreter: Interpreter) -> dict[str, bytes]:
    """Return the shim's source and what the model shows instead of real files."""
    files = {SOURCE.name: SOURCE.read_bytes()}
    name = MUSL_LOADER_NAME.format(machine=platform.machine)
    if header := shown_header(platform, interpreter.path, f"{ROOM}{name}"):
        files["interpreter-header"] = elf_header(header)
    if platform.libc is Libc.MUSL:
        files[name] = musl_loader(platform).encode()
    if platform.pointer_bits != interpreter.bits:
        files["_pointer_width.py"] = POINTER_WIDTH.encode()
    return files


def is_plain(platform: Platform | None, interpreter: Interpreter) -> bool:
    """Return whether a machine of that name with that glibc would be the platform."""
    if platform is None:
        return False
    same_width = platform.pointer_bits == interpreter.bits
    return platform.libc is Libc.GLIBC and not platform.interpreter and same_width
