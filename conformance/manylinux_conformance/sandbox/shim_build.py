"""Builds the shim on demand, with the C compiler that is there.

The first of these that is there counts: a GNU cross compiler for big-endian ppc64, the
package ziglang, this machine's own compiler, a GNU cross compiler, zig.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.sections import SymbolTableSection
from manylinux_fixtures.files.atomic_file import whole_file

from manylinux_conformance.errors import DISK_FULL, UnavailableError, is_disk_full
from manylinux_conformance.platforms.architectures import ARCHITECTURES

SOURCE = Path(__file__).parent / "shim" / "shim.c"
FLAGS = (
    "-shared",
    "-fPIC",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-nostdlib",
    "-ffreestanding",
    "-fvisibility=hidden",
    "-fno-sanitize=undefined",
    "-fno-stack-protector",
    "-fno-exceptions",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    "-Wl,-s",
)
INSTALL = "pip install 'manylinux-conformance[compiler]'"
OWN = ("cc", "gcc", "clang")  # the names of a compiler for this machine
# Big-endian programs of Debian have ELFv1's function descriptors, which LLVM's linker
# does not make: what zig links is of ELFv2, and their loader refuses it.
GNU_ONLY = frozenset({"ppc64"})
COMPILE_TIMEOUT = 300  # seconds
UNNAMEABLE = frozenset(" :")  # the separators of LD_PRELOAD
# In every glibc since 2.3, on every architecture, and in musl.
NEEDED_SYMBOLS = frozenset(
    {
        "__errno_location",
        "dl_iterate_phdr",
        "getenv",
        "memcpy",
        "memset",
        "readlink",
        "realpath",
        "strcmp",
        "strlen",
        "strncmp",
    }
)


class ShimError(UnavailableError):
    """The shim cannot be built or does not work: the suite's fault, never a tool's."""


def build_shim(cache: Path, arch: str) -> Path:
    """Return the shim for an architecture, built at first need and kept in ``cache``.

    ``arch`` is an architecture as tags spell it.
    Raises ShimError if the compiler cannot build it or the result would not load on
    the oldest glibc of the architecture.
    """
    if arch not in ARCHITECTURES:
        raise ShimError(arch, "there is no shim for this architecture")
    compiler = _compiler(arch)
    built = cache / f"shim-{_digest(compiler)}-{arch}.so"
    if not built.is_file():
        with whole_file(built) as new:
            _compile(new, compiler)
            check_shim(new)
    return built


def preloadable(shim: Path, folder: Path) -> Path:
    """Return a shim where LD_PRELOAD can name it: a copy in a folder if need be.

    A home folder may have a space in its name; see ld.so(8).
    """
    if not UNNAMEABLE & set(str(shim)):
        return shim
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(shim, folder))


def check_shim(path: Path) -> None:
    """Raise ShimError unless the file loads on any glibc: no library, no version."""
    try:
        with path.open("rb") as file:
            undefined, needs = _needs(ELFFile(file))
    except (ELFError, OSError) as error:
        raise ShimError(path, str(error)) from error
    if needs or not undefined <= NEEDED_SYMBOLS:
        wrong = sorted({*needs, *(undefined - NEEDED_SYMBOLS)})
        raise ShimError(path, f"needs {', '.join(wrong)}")


def _needs(elf: ELFFile) -> tuple[set[str], set[str]]:
    """Return the undefined symbols, and the libraries and version needs."""
    undefined: set[str] = set()
    needs: set[str] = set()
    for section in elf.iter_sections():
        if isinstance(section, SymbolTableSection):
            undefined |= {
                symbol.name
                for symbol in section.iter_symbols()
                if symbol.name and symbol["st_shndx"] == "SHN_UNDEF"
            }
        if isinstance(section, GNUVerNeedSection):
            needs.add(section.name)
        if isinstance(section, DynamicSection):
            needs |= {str(tag) for tag in section.iter_tags("DT_NEEDED")}
    return undefined, needs


def _compiler(arch: str) -> tuple[str, ...]:
    """Return the compiler for an architecture, with the options that name it.

    Raises ShimError if there is none.
    """
    found = next(_compilers(arch), None)
    if found is None:
        raise ShimError(f"the shim for {arch}", "there is no compiler", INSTALL)
    return found


def _compilers(arch: str) -> Iterator[tuple[str, ...]]:
    """Yield the compilers for an architecture that are there, the best first."""
    names = ARCHITECTURES[arch]
    zig = ("cc", "-target", names.zig)
    cross = shutil.which(f"{names.gnu}-gcc")
    if cross and arch in GNU_ONLY:
        yield (cross,)
    if importlib.util.find_spec("ziglang") is not None:
        yield (sys.executable, "-m", "ziglang", *zig)
    own = OWN if arch == platform.machine() else ()
    yield from ((path,) for path in (*map(shutil.which, own), cross) if path)
    if path := shutil.which("zig"):
        yield (path, *zig)


def _digest(compiler: tuple[str, ...]) -> str:
    version = Path(compiler[0]).name
    if "ziglang" in compiler:
        version = importlib.metadata.version("ziglang")
    text = "\0".join((version, *compiler[1:], *FLAGS))
    return hashlib.sha256(text.encode() + SOURCE.read_bytes()).hexdigest()[:16]


def _compile(to: Path, compiler: tuple[str, ...]) -> None:
    command = [*compiler, *FLAGS, "-o", str(to), str(SOURCE)]
    subject = f"{SOURCE.name} with {' '.join(compiler[1:]) or compiler[0]}"
    caches = dict.fromkeys(
        ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"), str(to.parent / "zig")
    )
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            env=os.environ | caches,
            timeout=COMPILE_TIMEOUT,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        if is_disk_full(said):
            raise ShimError(to.parent.parent, DISK_FULL) from error
        raise ShimError(subject, f"does not compile: {said}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ShimError(subject, str(error)) from error
