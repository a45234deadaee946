"""The shim check: whether an interpreter under the shim sees its platform."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from manylinux_fixtures.files.temporary_folder import temporary_folder

from manylinux_conformance.platforms.environment import Environment
from manylinux_conformance.platforms.interpreters import Interpreter
from manylinux_conformance.platforms.platform import Libc, Platform
from manylinux_conformance.sandbox.elf_header import EHDR_SIZE, elf_header
from manylinux_conformance.sandbox.shim_build import ShimError
from manylinux_conformance.sandbox.shim_environment import (
    prepare_header,
    shim_variables,
)
from manylinux_conformance.sandbox.target_venv import make_target_environment

CHECK_TIMEOUT = 60  # seconds for an interpreter to start and answer

# Runs in every CPython since 3.6.
OBSERVE = """
import json, os, struct, sys, sysconfig
said = {"bits": 64 if sys.maxsize > 2**32 else 32, "machine": os.uname()[4],
        "platform": sysconfig.get_platform(), "pointer": struct.calcsize("P") * 8}
try:
    said["confstr"] = os.confstr("CS_GNU_LIBC_VERSION") or ""
except OSError:
    pass
try:
    import ctypes
    said["ctypes"] = True
    function = ctypes.CDLL(None).gnu_get_libc_version
    function.restype = ctypes.c_char_p
    said["version"] = function().decode()
except ImportError:
    said["ctypes"] = False
except AttributeError:
    pass
except OSError:
    said["main_program"] = False
with open(sys.executable, "rb") as file:
    said["header"] = file.read(64).hex()
print(json.dumps(said))
"""


class ObservedPlatform(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """What an interpreter sees of its platform.

    ``confstr`` and ``version`` are the two answers of the C library about its version,
    None where it has no such question.  ``ctypes`` says whether the second could be
    asked, ``main_program`` whether the main program could be opened for it.
    ``machine`` and ``platform`` are from ``os.uname`` and ``sysconfig``.
    ``bits`` and ``pointer`` are the pointer width, by ``sys.maxsize`` and ``struct``.
    ``header`` is the beginning of the interpreter's file, in hexadecimal digits.
    """

    machine: str
    platform: str
    bits: int
    pointer: int
    header: str
    ctypes: bool
    confstr: str | None = None
    version: str | None = None
    main_program: bool = True


def observe(python: Path, variables: Mapping[str, str]) -> ObservedPlatform:
    """Start an interpreter with these environment variables and return what it sees.

    Raises ShimError if it does not start or does not answer.
    """
    try:
        process = subprocess.run(
            [python, "-I", "-c", OBSERVE],
            capture_output=True,
            check=True,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            timeout=CHECK_TIMEOUT,
        )
        return msgspec.json.decode(process.stdout, type=ObservedPlatform)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise ShimError(f"{python} under the shim", str(said[-1:])) from error
    except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as error:
        raise ShimError(f"{python} under the shim", str(error)) from error


def mismatches(platform: Platform, observed: ObservedPlatform) -> Iterator[str]:
    """Yield, in words, every fact that an interpreter sees and should not."""
    answers = platform.libc in {Libc.GLIBC, Libc.STATIC_GLIBC}
    confstr = f"glibc {platform.glibc}" if answers else None
    glibc = platform.glibc if platform.libc is Libc.GLIBC else None
    facts: list[tuple[str, object, object]] = [
        ("confstr", observed.confstr, confstr),
        ("os.uname", observed.machine, platform.machine),
        ("sysconfig", observed.platform, f"linux-{platform.machine}"),
        ("sys.maxsize", observed.bits, int(platform.pointer_bits)),
        ("struct", observed.pointer, int(platform.pointer_bits)),
    ]
    if observed.ctypes:
        opens = platform.libc is not Libc.STATIC_MUSL
        facts.append(("gnu_get_libc_version", observed.version, glibc))
        facts.append(("opening the main program", observed.main_program, opens))
    if platform.interpreter is not None:
        size = EHDR_SIZE[platform.interpreter.bits]
        header = elf_header(platform.interpreter)[:size].hex()
        facts.append(
            ("the interpreter's header", observed.header[: len(header)], header)
        )
    for what, seen, meant in facts:
        if seen != meant:
            yield f"{what} says {seen!r}, not {meant!r}"


def shim_failure_reason(
    platform: Platform, interpreter: Interpreter, shim: Path
) -> str:
    """Say why an interpreter under the shim does not see a platform; empty if it does.

    To be asked once for each platform and interpreter, before any tool is graded there.
    """
    with temporary_folder() as folder:
        target = make_target_environment(
            folder / "target", interpreter, Environment(platform), work=folder
        )
        try:
            header = prepare_header(platform, target.python, folder)
            variables = shim_variables(platform, shim, target.python, header)
            return "; ".join(mismatches(platform, observe(target.python, variables)))
        except ShimError as error:
            return str(error)
