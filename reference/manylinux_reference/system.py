"""Asks the running interpreter what the rules want to know about its system."""

from __future__ import annotations

import os
import sys
import sysconfig

from manylinux_reference.platform import SystemAnswers

HEADER_SIZE = 64  # e_ehsize of ELF64, the larger one


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
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib would cost an import
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
        import ctypes  # noqa: PLC0415 - some interpreters are built without it
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
