"""Judges by a trace whether a file loads on one glibc release, and why not.

What is left out of the judgement, and why:

- symbols of the interpreter (``Py...``, ``_Py...``), which the process brings along;
- unversioned symbols that the interpreter's own libraries have on that release: they
  are preloaded, except for programs, which run in processes of their own;
- symbols that glibc's tables do not know, where a library is loaded whose symbols the
  sysroot does not know: it may or may not have them.

A library that the loader took from the host, outside the wheel and the sysroot, counts
as not found, and what the loader says about that library is dropped.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_spec.architectures import architectures
from manylinux_spec.policies import policies

from manylinux_conformance.loader.glibc_exports import SONAMES, Release
from manylinux_conformance.loader.level_libraries import as_release
from manylinux_conformance.loader.loaders import (
    find_emulator,
    find_loader,
    loader_name,
    loader_remedy,
    renamed_loader,
)
from manylinux_conformance.loader.sysroots import exports_of, releases, sysroot
from manylinux_conformance.loader.trace import (
    TRACE_TIMEOUT,
    Complaint,
    Message,
    Trace,
    trace,
)
from manylinux_conformance.loader.unpacked_wheel import is_program
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.sandbox.process import run

# What CPython's configure links an interpreter with: -lpthread -ldl -lutil -lm.
INTERPRETER_NEEDS = (
    *("libc.so.6", "libpthread.so.0", "libdl.so.2", "libutil.so.1", "libm.so.6"),
)
INTERPRETER = re.compile(r"_?Py[A-Z_]\w*")


def interpreter_needs(arch: str) -> tuple[str, ...]:
    """Return the libraries of the interpreter that an architecture has."""
    allowed = policies().allowed_libraries(arch)
    return tuple(library for library in INTERPRETER_NEEDS if library in allowed)


@dataclass(frozen=True, slots=True)
class LoaderCheck:
    """The loader of one architecture, ready to check files on one release.

    ``command`` begins with the emulator if ``emulated``.
    """

    arch: str
    release: Release
    command: tuple[str, ...]
    emulated: bool
    sysroot: Path

    def complaints(self, file: Path, wheel: Path) -> tuple[Message, ...]:
        """Return what keeps a file from loading; nothing if it loads.

        ``wheel`` is the folder whose own libraries the file may use.
        """
        said = trace(
            self.command,
            file,
            self.sysroot,
            emulated=self.emulated,
            preloaded=() if is_program(file) else interpreter_needs(self.arch),
        )
        return tuple(
            dict.fromkeys(self._complaints(said, (str(wheel), str(self.sysroot))))
        )

    def _complaints(self, said: Trace, ours: tuple[str, str]) -> Iterator[Message]:
        from_host = {
            name: path
            for name, path in said.found.items()
            if not path.startswith(tuple(f"{folder}/" for folder in ours))
            and path not in self.command  # PT_INTERP, which is the loader itself
        }
        unknown_symbols = set(said.found) - self.described - _inside(said, ours[0])
        for name in from_host:
            yield Message(Complaint.LIBRARY, name)
        for message in said.messages:
            if message.file in from_host.values():
                continue
            if message.complaint is Complaint.SYMBOL and (
                INTERPRETER.fullmatch(message.subject)
                or (unknown_symbols and message.subject not in _known(self.arch))
            ):
                continue
            yield message

    @property
    def described(self) -> frozenset[str]:
        """The SONAMEs whose symbols the sysroot knows."""
        return frozenset((*SONAMES.values(), loader_name(self.arch)))


def _inside(said: Trace, wheel: str) -> set[str]:
    return {name for name, path in said.found.items() if path.startswith(f"{wheel}/")}


@functools.cache
def _known(arch: str) -> frozenset[str]:
    return frozenset(export.symbol for export in exports_of(arch))


@functools.cache
def loader_unavailable_reason(arch: str) -> str:
    """Return why an architecture's loader cannot be asked here; empty if it can."""
    if arch not in ARCHITECTURES:
        return f"no loader of an architecture {arch!r} is known"
    path, emulator = find_loader(arch), find_emulator(arch)
    if path is None:
        return f"no glibc loader for {arch} is installed; run: {loader_remedy(arch)}"
    if emulator is None:
        return f"no emulator for {arch} is installed; run: {loader_remedy(arch)}"
    command = [*filter(None, (emulator,)), str(path), "--version"]
    ended = run(command, folder=Path("/"), variables={}, seconds=TRACE_TIMEOUT)
    if ended.failure:  # QEMU 7.2 does not know every instruction of loongarch64
        return f"the loader for {arch} {ended.failure}; run: {loader_remedy(arch)}"
    return ""


@functools.cache
def loader_check_for(arch: str, release: Release, cache: Path) -> LoaderCheck | None:
    """Return the check of a release; None if no sysroot of it can be built.

    Call ``loader_unavailable_reason`` first.  A release older than the architecture's
    oldest system is answered by that one.
    Raises MissingProgramError if the installed loader cannot be used.
    """
    known = releases(arch)
    release = max(release, known[0], as_release(architectures()[arch].oldest_system))
    if release > known[-1]:
        return None
    loader, emulator = find_loader(arch), find_emulator(arch)
    if loader is None or emulator is None:
        return None
    renamed = str(renamed_loader(arch, loader, cache))
    command = (emulator, renamed) if emulator else (renamed,)
    folder = sysroot(arch, release, cache)
    return LoaderCheck(arch, release, command, bool(emulator), folder)
