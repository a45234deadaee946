"""Asks the running interpreter what the rules want to know about its system."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

FIRST_BYTES = 4096  # linkers put the program headers right behind the header
SMALLEST_HEADER = 52  # e_ehsize of ELF32
ELFCLASS32, ELFCLASS64 = 1, 2
ELFDATA2LSB, ELFDATA2MSB = 1, 2
PT_INTERP = 3
PHDR_SIZE = {32: 32, 64: 56}  # sizeof(Elf32_Phdr), sizeof(Elf64_Phdr)
BITS_32, BITS_64 = 32, 64
MUSL_LOADER = re.compile(rb"\0(/[^\0]*/ld-musl-[^\0/]+)\0")
LOADER_TIMEOUT = 10  # seconds
RUNNING_PROGRAM = "/proc/self/exe"  # proc(5); the interpreter's file, or its loader


@dataclass(frozen=True, slots=True)
class SystemAnswers:
    """What a system says about itself, before any rule has looked at it.

    ``platform`` is ``sysconfig.get_platform()``; ``confstr`` the answer to
    ``CS_GNU_LIBC_VERSION``; ``interpreter`` the first bytes of its file, which alone
    tell its ABI; ``static`` whether that file has no program interpreter;
    ``pointer_bits`` what the running process says of itself; ``musl`` what the program
    interpreter says that is musl's.
    """

    platform: str
    confstr: str | None = None
    gnu_get_libc_version: str | None = None
    static: bool = False
    interpreter: bytes = b""
    pointer_bits: int = BITS_64
    musl: str = ""


@dataclass(frozen=True, slots=True)
class InterpreterHeader:
    """The fields of an ELF header that detection looks at (gABI, chapter 4)."""

    bits: int
    little_endian: bool
    machine: int
    flags: int


def ask_system() -> SystemAnswers:
    """Return the answers of the system that this interpreter runs on."""
    interpreter = interpreter_start()
    return SystemAnswers(
        platform=sysconfig.get_platform(),
        confstr=_confstr(),
        gnu_get_libc_version=_ask_library(),
        static=is_static(interpreter),
        interpreter=interpreter,
        pointer_bits=pointer_bits(),
        musl=_ask_musl(interpreter),
    )


def pointer_bits() -> int:
    """Return the width of this process's pointers (Python's ``sys.maxsize``)."""
    return BITS_64 if sys.maxsize > 2**BITS_32 else BITS_32


def interpreter_start() -> bytes:
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
            return file.read(FIRST_BYTES)
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


def is_static(data: bytes) -> bool:
    """Return whether an executable's first bytes show that it names no loader.

    It then has program headers, and none is PT_INTERP (gABI, chapter 5).
    """
    header = read_header(data)
    if header is None:
        return False
    order: Literal["little", "big"] = "little" if header.little_endian else "big"
    wide = header.bits == BITS_64

    def number(offset: int, size: int) -> int:
        return int.from_bytes(data[offset : offset + size], order)

    first, size = (number(32, 8), 54) if wide else (number(28, 4), 42)  # e_phoff
    entry, count = number(size, 2), number(size + 2, 2)  # e_phentsize, e_phnum
    last = first + entry * count
    if entry != PHDR_SIZE[header.bits] or not SMALLEST_HEADER <= first < last:
        return False
    if last > len(data):
        return False
    return all(number(at, 4) != PT_INTERP for at in range(first, last, entry))


def _ask_musl(data: bytes) -> str:
    """Return what musl's loader says when it is started alone, empty for another one.

    PEP 656, Detecting musl version: it is the program interpreter, whose path stands in
    the first bytes of the interpreter's file.
    """
    found = MUSL_LOADER.search(data)
    if found is None:
        return ""
    try:
        ended = subprocess.run(
            [found[1]], capture_output=True, check=False, timeout=LOADER_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ended.stderr.decode("utf-8", "replace")


def _confstr() -> str | None:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        return None


def _ask_library() -> str | None:
    """Call into the C library of the main program, as dlopen(NULL) opens it."""
    try:
        ctypes = import_module("ctypes")  # some interpreters are built without it
        gnu_get_libc_version = ctypes.CDLL(None).gnu_get_libc_version
    except (ImportError, OSError, TypeError, AttributeError):
        return None
    gnu_get_libc_version.restype = ctypes.c_char_p
    version = gnu_get_libc_version()
    return version.decode("ascii", "replace") if version else None
