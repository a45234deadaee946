"""Asks the running interpreter what the rules want to know about its system."""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

from manylinux_reference.commands.questions import Place
from manylinux_reference.rules.installer import override
from manylinux_reference.rules.installer.platform import SystemAnswers, detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

HEADER_SIZE = 64  # e_ehsize of ELF64, the larger one


def running_place() -> Place:
    """Return the running interpreter's own environment and module.

    Raises OverrideError if its ``_manylinux`` module breaks.
    """
    return Place(detect(ask_system()), find_module())


def find_module() -> ModuleType | None:
    """Import the ``_manylinux`` module from the running interpreter's own path.

    Raises OverrideError if it is there and breaks.
    """
    variable = os.environ.get("PYTHONPATH", "")
    return override.load(override.searched(sys.path, [str(Path.cwd())], variable))


def ask_system() -> SystemAnswers:
    """Return the answers of the system that this interpreter runs on."""
    opens, version = _ask_main_program()
    return SystemAnswers(
        platform=sysconfig.get_platform(),
        confstr=_confstr(),
        gnu_get_libc_version=version,
        opens_main_program=opens,
        interpreter=interpreter_header(sys.executable),
    )


def interpreter_header(path: str) -> bytes:
    """Return the first bytes of the interpreter's file, empty if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(HEADER_SIZE)
    except OSError:
        return b""


def _confstr() -> str | None:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        return None


def _ask_main_program() -> tuple[bool, str | None]:
    """Open the main program as dlopen(NULL) does and call into its C library."""
    try:
        ctypes = import_module("ctypes")  # some interpreters are built without it
    except ImportError:
        return True, None
    try:
        program = ctypes.CDLL(None)
    except (OSError, TypeError):
        return False, None
    try:
        gnu_get_libc_version = program.gnu_get_libc_version
    except AttributeError:
        return True, None
    gnu_get_libc_version.restype = ctypes.c_char_p
    version = gnu_get_libc_version()
    return True, version.decode("ascii", "replace") if version else None
