"""Modelled platforms: the files and variables by which the shim shows one."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from manylinux_conformance.platforms.platform import InterpreterHeader, Libc, Platform
from manylinux_conformance.sandbox.elf_header import elf_header, header_of
from manylinux_conformance.sandbox.shim_build import UNNAMEABLE, ShimError

MUSL_LOADER_NAME = "ld-musl-{machine}.so.1"
BIONIC_LOADER = "/system/bin/linker64"
MUSL_LOADER = """#!/bin/sh
echo "musl libc ({machine})" >&2
echo "Version 1.2.5" >&2
echo "Dynamic Program Loader" >&2
exit 1
"""


def prepare_header(platform: Platform, python: Path, folder: Path) -> Path | None:
    """Write what a reader of the interpreter's file is to see; None: the file itself.

    The file is an ELF header with the path of a loader.  On musl that one answers as
    musl's loader does when it is started without a program.
    """
    loader = folder / MUSL_LOADER_NAME.format(machine=platform.machine)
    shown = shown_header(platform, python, str(loader.resolve()))
    if shown is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    if platform.libc is Libc.MUSL:
        loader.write_text(musl_loader(platform))
        loader.chmod(0o755)
    header = folder / "interpreter-header"
    header.write_bytes(elf_header(shown))
    return header


def shown_header(
    platform: Platform, python: Path, musl_loader: str
) -> InterpreterHeader | None:
    """Return the header that readers are to see, None for that of the file itself.

    ``musl_loader`` is the path of the loader on musl.
    """
    shown = platform.interpreter
    if shown is None and platform.libc is Libc.GLIBC:
        return None
    if shown is None:
        shown = header_of(python)
    if platform.libc is Libc.MUSL:
        return replace(shown, loader=musl_loader)
    if platform.libc is Libc.BIONIC:
        return replace(shown, loader=BIONIC_LOADER)
    return shown


def musl_loader(platform: Platform) -> str:
    """Return a program that answers as musl's loader does without a program."""
    return MUSL_LOADER.replace("{machine}", platform.machine)


def shim_variables(
    platform: Platform,
    shim: Path,
    python: Path,
    header: Path | None,
    tool_glibc: str = "",
) -> dict[str, str]:
    """Return the variables under which programs see a platform; see shim/README.md.

    ``python`` is the target interpreter, ``header`` what ``prepare_header`` returned.
    The interpreter that runs this suite shows that header too: it is a program of the
    same machine, and tools may have environments of it.
    With ``tool_glibc`` every program but the target interpreter sees that version of
    glibc; the interpreter's file must then be its own, not a symbolic link.
    Raises ShimError for a shim that LD_PRELOAD cannot name; see ld.so(8).
    """
    file = python.resolve()
    running = Path(sys.executable).resolve()
    names = dict.fromkeys((str(python), str(file), str(running)))
    if UNNAMEABLE & set(str(shim)):
        raise ShimError(shim, "a preloaded file's path has no space and no colon")
    variables = {
        "LD_PRELOAD": str(shim),
        "MODELLED_LIBC": platform.libc.value,
        "MODELLED_MACHINE": platform.machine,
        "MODELLED_INTERPRETER": "\n".join(names),
    }
    if platform.libc in {Libc.GLIBC, Libc.STATIC_GLIBC}:
        variables["MODELLED_GLIBC"] = platform.glibc
    if header is not None:
        variables["MODELLED_HEADER"] = str(header)
    if tool_glibc:
        variables["MODELLED_TOOL_GLIBC"] = tool_glibc
        variables["MODELLED_TARGET"] = str(file)
    return variables
