"""Asks glibc whether files load: modules by dlopen, programs by the kernel."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.loader.loaders import (
    find_emulator,
    find_loader,
    loader_remedy,
)
from manylinux_conformance.loader.trace import read_trace
from manylinux_conformance.platforms.architectures import is_native
from tests.fuzzing.elf.bases import compile_file, zig

TIMEOUT = 1800  # seconds for one run
LONGEST_TRACE = 4  # seconds; usual are hundredths
WARNING = r"(?m)^.* has different size in shared object, consider re-linking$"
SIGNALS = 128  # exit statuses above are signals


@dataclass(frozen=True, slots=True)
class Loader:
    """The loader of an architecture; ``command`` is what asks it."""

    arch: str
    command: tuple[str, ...]
    trace: tuple[str, ...] = field(repr=False)

    @property
    def runs_programs(self) -> bool:
        """Whether the kernel is there as well, which starts programs."""
        return is_native(self.arch)

    def release(self) -> tuple[int, int]:
        """Return glibc's release."""
        major, minor = self._run("").split()[0].split(".")[:2]
        return int(major), int(minor)

    def said(self, files: Sequence[tuple[Path, bool]]) -> list[str]:
        """Return why each file does not load, empty where it does.

        With each file comes whether it is a program.
        """
        lines = (f"{'program' if p else 'module'} {file}\n" for file, p in files)
        answers = self._run("".join(lines)).split("\n")[1:-1]
        return [
            self._reason(file, is_program, *answer.split("\t", 1))
            for (file, is_program), answer in zip(files, answers, strict=True)
        ]

    def _run(self, given: str) -> str:
        ended = subprocess.run(
            self.command,
            input=given,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
            check=True,
            timeout=TIMEOUT,
        )
        return ended.stdout

    def _reason(self, file: Path, is_program: bool, status: str, text: str) -> str:
        number = int(status)
        text = text.replace("\v", "\n").replace(str(file), file.name)
        text = re.sub(WARNING, "", text)
        if number > SIGNALS and not is_program:
            return self._crash(file, number)
        if is_program and number in {0, 127}:
            return "; ".join(map(str, read_trace(text).messages))
        if number == 0:
            return ""  # what it says are warnings
        if number > SIGNALS:
            return f"signal {number - SIGNALS}"
        return text.strip() or (f"status {number}" if number else "")

    def _crash(self, file: Path, status: int) -> str:
        """Say how opening a module crashed: the loader itself, or code of the file.

        The loader's tracing mode does all that dlopen does, and runs no code.
        """
        try:
            ended = subprocess.run(
                [*self.trace, str(file)],
                capture_output=True,
                check=False,
                timeout=LONGEST_TRACE,
            )
            is_fault_of_loading = ended.returncode < 0
        except subprocess.TimeoutExpired:
            is_fault_of_loading = True
        where = "in the loader" if is_fault_of_loading else "in its own code"
        return f"signal {status - SIGNALS} {where}"


def find(arch: str, folder: Path) -> Loader:
    """Return the loader of an architecture, after compiling what asks it.

    Raises SystemExit, with the remedy, if it cannot be asked here.
    """
    loader, emulator = find_loader(arch), find_emulator(arch)
    if loader is None or emulator is None:
        raise SystemExit(f"no loader for {arch}; run: {loader_remedy(arch)}")
    program = folder / f"load-{arch}"
    compile_file([*zig(arch), "-ldl"], "load.c", program)
    start = [*filter(None, (emulator,))]
    libraries = ["--library-path", str(loader.resolve().parent)]
    settings = ["LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=1", "LD_BIND_NOW=1"]
    if emulator:
        inner = [part for each in settings for part in ("-E", each)]
        trace = [emulator, *inner, str(loader), *libraries]
    else:
        trace = ["env", *settings, str(loader), *libraries]
    start += [str(loader), *libraries, str(program)]
    return Loader(arch, tuple(start), tuple(trace))


def general(reason: str) -> str:
    """Return a reason without names of files and numbers, to tell kinds apart."""
    reason = re.sub(r"\S*/|\b\d+\.(so|whl)\b", "", reason)
    return re.sub(r"0x[0-9a-f]+|\d+", "N", reason)[:100]
