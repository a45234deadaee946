"""Asks the running interpreter what the rules want to know about its system."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

HEADER_SIZE = 64  # e_ehsize of ELF64, the larger one
SMALLEST_HEADER = 52  # e_ehsize of ELF32
ELFCLASS32, ELFCLASS64 = 1, 2
ELFDATA2LSB, ELFDATA2MSB = 1, 2
BITS_32, BITS_64 = 32, 64
RUNNING_PROGRAM = "/proc/self/exe"  # proc(5); the interpreter's file, or its loader


@dataclass(frozen=True, slots=True)
class SystemAnswers:
    """What a system says about itself, before any rule has looked at it.

    ``platform`` is ``sysconfig.get_platform()``; ``confstr`` the answer to
    ``CS_GNU_LIBC_VERSION``; ``interpreter`` the first bytes of its file, which alone
    tell its ABI; ``pointer_bits`` what the running process says of itself.
    """

    platform: str
    confstr: str | None = None
    gnu_get_libc_version: str | None = None
    opens_main_program: bool = True
    interpreter: bytes = b""
    pointer_bits: int = BITS_64


@dataclass(frozen=True, slots=True)
class InterpreterHeader:
    """The fields of an ELF header that detection looks at (gABI, chapter 4)."""

    bits: int
    little_endian: bool
    machine: int
    flags: int


def ask_system() -> SystemAnswers:
    """Return the answers of the system that this interpreter runs on."""
    opens, version = _ask_main_program()
    return SystemAnswers(
        platform=sysconfig.get_platform(),
        confstr=_confstr(),
        gnu_get_libc_version=version,
        opens_main_program=opens,
        interpreter=interpreter_header(),
        pointer_bits=pointer_bits(),
    )


def pointer_bits() -> int:
    """Return the width of this process's pointers (Python's ``sys.maxsize``)."""
    return BITS_64 if sys.maxsize > 2**BITS_32 else BITS_32


def interpreter_header() -> bytes:
    """Return the first bytes of the running interpreter's ELF file, empty without one.

    Python documents that ``sys.executable`` may be None or empty, and it may name a
    script that starts the interpreter.
    """
    for path in (sys.executable, RUNNING_PROGRAM):
        data = first_bytes_of(path) if path else b""
        header = read_header(data)
        if header and header.bits == pointer_bits():
            return data
    return b""


def first_bytes_of(path: str) -> bytes:
    """Return the first bytes of the interpreter's file, empty if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(HEADER_SIZE)
    except (OSError, ValueError):
        return b""


def read_header(data: bytes) -> InterpreterHeader | None:
    """Return the header in an ELF file's first bytes, None if they are not ELF."""
    if len(data) < SMALLEST_HEADER or data[:4] != b"\x7fELF":
        return None
    if data[4] not in (ELFCLASS32, ELFCLASS64):
        return None
    if data[5] not in (ELFDATA2LSB, ELFDATA2MSB):
        return None
    little = data[5] == ELFDATA2LSB
    at = 36 if data[4] == ELFCLASS32 else 48  # e_flags comes after three addresses
    return InterpreterHeader(
        bits=BITS_32 if data[4] == ELFCLASS32 else BITS_64,
        little_endian=little,
        machine=int.from_bytes(data[18:20], "little" if little else "big"),
        flags=int.from_bytes(data[at : at + 4], "little" if little else "big"),
    )


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
