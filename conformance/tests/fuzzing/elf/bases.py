"""The well-formed files that mutants start from: of the corpus, and compiled."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_fixtures.elf.description import Elf, FileType
from manylinux_fixtures.elf.writer import write_elf
from manylinux_fixtures.files.data_folder import data_path
from manylinux_fixtures.recipes.recipe import Expectation

TOPICS = ("elf", "hardening", "needed", "versions")  # with files of every kind
HERE = Path(__file__).parent
MODULE, PROGRAM = "p/_ext.abi3.so", "p-1.data/scripts/program"  # paths in the wheel
TIMEOUT = 900  # seconds; the first build for a target makes zig build much
GLIBC = "2.34"  # that zig links for
ZIG = {
    "lld both": "-shared -Wl,--hash-style=both",
    "lld sysv": "-shared -Wl,--hash-style=sysv -s",
    "lld program": "-pie",
}
GCC = {
    "ld both": "-shared -Wl,--hash-style=both",
    "ld sysv": "-shared -Wl,--hash-style=sysv -s",
    "ld now": "-shared -nostartfiles -Wl,-z,now,-z,relro,-z,separate-code",
    "ld together": "-shared -Wl,--hash-style=sysv,-z,noseparate-code,-z,norelro",
    "ld threads": "-shared -ftls-model=initial-exec",
    "ld much of threads": "-shared -Wl,--hash-style=sysv -DROOM=8192",
    "ld threads full": "-shared -ftls-model=initial-exec -DROOM=1536",
    "ld relr": "-shared -Wl,-z,pack-relative-relocs -DSPREAD=1024",
    "ld versions": "-shared -Wl,--default-symver -Wl,-soname,lib_ext.so.1",
    "ld program": "-pie",
    "ld executable": "-no-pie",
}


@dataclass(frozen=True, slots=True)
class Base:
    """A well-formed file: ``path`` is its place in a wheel."""

    name: str
    content: bytes
    path: str

    @property
    def is_program(self) -> bool:
        """Whether the kernel starts it, and nobody opens it as a library."""
        return self.path == PROGRAM


def bases(arch: str) -> Iterator[Base]:
    """Yield the files of an architecture; those of gcc where it is this machine's."""
    yield from _of_the_corpus(arch)
    for name, options in ZIG.items():
        yield _compiled(name, [*zig(arch), *options.split()])
    if arch == platform.machine() and shutil.which("gcc"):
        for name, options in GCC.items():
            yield _compiled(name, ["gcc", *options.split()])


def zig(arch: str) -> list[str]:
    """Return the command of the compiler for an architecture."""
    target = f"{ARCHITECTURES[arch].zig}.{GLIBC}"
    return [sys.executable, "-m", "ziglang", "cc", "-target", target]


def compile_file(command: Sequence[str], source: str, output: Path) -> None:
    """Compile a source of this folder.  Raises CalledProcessError if that fails."""
    options = ["-O1", "-fPIC", "-w", "-Wl,--build-id=none"]
    whole = [*command, *options, str(HERE / source), "-o", str(output)]
    subprocess.run(whole, check=True, capture_output=True, timeout=TIMEOUT)


def _compiled(name: str, command: Sequence[str]) -> Base:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        compile_file(command, "module.c", output)
        path = MODULE if "-shared" in command else PROGRAM
        return Base(name, output.read_bytes(), path)


def _of_the_corpus(arch: str) -> Iterator[Base]:
    """Yield each sound file of the corpus that is alone in its wheel, once."""
    seen: set[bytes] = set()
    found = [
        each for topic in TOPICS for each in fixtures(data_path("recipes") / topic)
    ]
    for fixture in found:
        recipe = fixture.recipe
        if recipe.arch != (arch,) or len(recipe.elf) != 1:
            continue
        (elf,) = recipe.elf
        if not _is_sound(elf) or fixture.expectation is Expectation.VIOLATES:
            continue
        content = write_elf(elf)
        if content not in seen:
            seen.add(content)
            path = MODULE if elf.type is FileType.SHARED else PROGRAM
            yield Base(fixture.id, content, path)


def _is_sound(elf: Elf) -> bool:
    kinds = (FileType.SHARED, FileType.PIE, FileType.EXECUTABLE)
    return elf.type in kinds and not elf.unloadable
