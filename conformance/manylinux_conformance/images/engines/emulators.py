"""Emulators: which program runs the code of an architecture, and its version."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

from manylinux_conformance.platforms.architectures import Architecture

HANDLERS = Path("/proc/sys/fs/binfmt_misc")
VERSION = re.compile(r"version (\d+(?:\.\d+)*)")
VERSION_TIMEOUT = 20  # seconds to say a version


def emulator(arch: Architecture) -> str:
    """Return the emulator with its version, such as ``qemu-s390x 7.2.22``.

    It is read from this machine's handlers; empty if that says nothing, as for an
    engine on another machine.
    """
    program = handler(arch)
    return f"qemu-{arch.emulator} {_version(program)}".strip() if program else ""


def handler(arch: Architecture) -> Path | None:
    """Return the program that the kernel starts for an architecture's programs.

    Source: the kernel's documentation of ``binfmt_misc``.
    """
    try:
        lines = (HANDLERS / f"qemu-{arch.emulator}").read_text().splitlines()
    except OSError:
        return None
    found = (line.partition(" ")[2] for line in lines if line.startswith("interpreter"))
    return next(map(Path, found), None)


@functools.cache
def _version(program: Path) -> str:
    try:
        said = subprocess.run(
            [program.resolve(), "--version"],
            capture_output=True,
            check=False,
            text=True,
            timeout=VERSION_TIMEOUT,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = VERSION.search(said)
    return found[1] if found else ""
