"""Finds glibc's dynamic loader for an architecture, and how it is started here."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path, PurePosixPath

from manylinux_fixtures.files.atomic_file import whole_file
from manylinux_spec.architectures import architectures
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import MissingProgramError
from manylinux_conformance.platforms.architectures import ARCHITECTURES, is_native

ELFDATA = {"little": 1, "big": 2}  # gABI, ELF Identification
E_MACHINE = slice(18, 20)  # of the ELF header


def loader_name(arch: str) -> str:
    """Return the loader's SONAME, such as ``ld-linux-x86-64.so.2``."""
    return PurePosixPath(architectures()[arch].loader).name


def find_loader(arch: str, root: Path = Path("/")) -> Path | None:
    """Return an architecture's installed loader, or None.

    It is looked for at its own path and where Debian's cross libraries have it.
    """
    name, path = loader_name(arch), architectures()[arch].loader
    for place in (path, f"/usr/{ARCHITECTURES[arch].gnu}/lib/{name}", f"/lib32/{name}"):
        found = root / place.lstrip("/")
        if found.is_file() and _is_for(arch, found):
            return found
    return None


def find_emulator(arch: str, machine: str = "") -> str | None:
    """Return the emulator's path, empty if none is needed, None if it is absent.

    ``machine`` is the one that is to run the loader, by default this one.
    """
    if is_native(arch, machine):
        return ""
    emulator = ARCHITECTURES[arch].emulator
    names = (f"qemu-{emulator}-static", f"qemu-{emulator}")
    return next(filter(None, map(shutil.which, names)), None)


def loader_remedy(arch: str) -> str:
    """Return the command that installs a loader and its emulator on Debian."""
    if arch == "i686":  # also on x86_64, where it needs no emulator
        return "apt-get install libc6-i386"
    names = ARCHITECTURES[arch]
    packages = f"libc6-{names.debian}-cross qemu-user-static"
    newer = " (Debian 13 or newer)" if names.oldest_emulator else ""
    return f"apt-get install {packages}{newer}"


def _is_for(arch: str, path: Path) -> bool:
    """Tell architectures apart whose loaders share a name, such as ld64.so.1."""
    facts = architectures()[arch]
    with path.open("rb") as file:
        header = file.read(E_MACHINE.stop)
    machine = int.from_bytes(header[E_MACHINE], facts.byte_order)
    return (
        header[:4] == b"\x7fELF"
        and header[5] == ELFDATA[facts.byte_order]
        and machine == facts.e_machine_number
    )


def renamed_loader(arch: str, loader: Path, cache: Path) -> Path:
    """Return a copy of the loader whose own SONAME is spelled ``LD...``.

    A loader counts itself as an already loaded library: whatever a file needs of
    ``ld-linux-x86-64.so.2`` it finds in the host's loader, however new.  Under another
    name it looks for the sysroot's stub instead.  Nothing else of it is changed.
    Raises MissingProgramError for a loader that has another SONAME.
    """
    content = read_bytes(loader)
    name = loader_name(arch).encode()
    if b"\0" + name + b"\0" not in content:
        raise MissingProgramError(loader, f"has no SONAME {name.decode()!r}")
    renamed = content.replace(b"\0" + name + b"\0", b"\0LD" + name[2:] + b"\0")
    digest = hashlib.sha256(renamed).hexdigest()[:12]
    path = cache / "loaders" / f"{arch}-{digest}"
    if not path.exists():
        with whole_file(path) as new:
            new.write_bytes(renamed)
            new.chmod(0o755)
    return path
