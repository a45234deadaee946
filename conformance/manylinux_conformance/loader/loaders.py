"""Finds glibc's dynamic loader for an architecture, and how it is started here."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from manylinux_fixtures.elf.architectures import ARCHITECTURES, ByteOrder
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import MissingProgramError

# Which architectures a kernel of the key runs without an emulator.
NATIVE = {"x86_64": ("x86_64", "i686"), "aarch64": ("aarch64",)}
E_MACHINE = slice(18, 20)  # of the ELF header


@dataclass(frozen=True, slots=True)
class Loader:
    """Where one architecture's loader is looked for, and what would provide it.

    ``triple`` names the folder of cross libraries, ``emulator`` QEMU's program,
    ``packages`` those of Debian.
    """

    arch: str
    triple: str
    emulator: str
    packages: str

    @property
    def remedy(self) -> str:
        """The command that would enable this architecture on a Debian system."""
        return f"apt-get install {self.packages}"

    def find(self, root: Path = Path("/")) -> Path | None:
        """Return the installed loader, or None."""
        path = ARCHITECTURES[self.arch].loader_path
        name = ARCHITECTURES[self.arch].loader
        places = (path, f"/usr/{self.triple}/lib/{name}", f"/lib32/{name}")
        for place in places:
            found = root / place.lstrip("/")
            if found.is_file() and _is_for(self.arch, found):
                return found
        return None

    def find_emulator(self, machine: str = "") -> str | None:
        """Return the emulator's path, empty if none is needed, None if it is absent."""
        if self.arch in NATIVE.get(machine or platform.machine(), ()):
            return ""
        names = (f"qemu-{self.emulator}-static", f"qemu-{self.emulator}")
        return next(filter(None, map(shutil.which, names)), None)


def _table(*loaders: Loader) -> Mapping[str, Loader]:
    return MappingProxyType({loader.arch: loader for loader in loaders})


LOADERS = _table(
    Loader(
        "x86_64", "x86_64-linux-gnu", "x86_64", "libc6-amd64-cross qemu-user-static"
    ),
    Loader("i686", "i686-linux-gnu", "i386", "libc6-i386"),
    Loader(
        "aarch64", "aarch64-linux-gnu", "aarch64", "libc6-arm64-cross qemu-user-static"
    ),
    Loader(
        "armv7l", "arm-linux-gnueabihf", "arm", "libc6-armhf-cross qemu-user-static"
    ),
    Loader(
        "ppc64", "powerpc64-linux-gnu", "ppc64", "libc6-ppc64-cross qemu-user-static"
    ),
    Loader(
        "ppc64le",
        "powerpc64le-linux-gnu",
        "ppc64le",
        "libc6-ppc64el-cross qemu-user-static",
    ),
    Loader("s390x", "s390x-linux-gnu", "s390x", "libc6-s390x-cross qemu-user-static"),
    Loader(
        "riscv64",
        "riscv64-linux-gnu",
        "riscv64",
        "libc6-riscv64-cross qemu-user-static",
    ),
    # Neither is in Debian 12: the loader came with Debian 13, the emulator with QEMU 8.
    Loader(
        "loongarch64",
        "loongarch64-linux-gnu",
        "loongarch64",
        "libc6-loong64-cross qemu-user-static (Debian 13 or newer)",
    ),
)


def _is_for(arch: str, path: Path) -> bool:
    """Tell architectures apart whose loaders share a name, such as ld64.so.1."""
    facts = ARCHITECTURES[arch]
    with path.open("rb") as file:
        header = file.read(E_MACHINE.stop)
    order = 1 if facts.order is ByteOrder.LITTLE else 2
    return (
        header[:4] == b"\x7fELF"
        and header[5] == order
        and int.from_bytes(header[E_MACHINE], facts.order.value) == facts.machine
    )


def renamed_loader(arch: str, loader: Path, cache: Path) -> Path:
    """Return a copy of the loader whose own SONAME is spelled ``LD...``.

    A loader counts itself as an already loaded library: whatever a file needs of
    ``ld-linux-x86-64.so.2`` it finds in the host's loader, however new.  Under another
    name it looks for the sysroot's stub instead.  Nothing else of it is changed.
    Raises MissingProgramError for a loader that has another SONAME.
    """
    content = read_bytes(loader)
    name = ARCHITECTURES[arch].loader.encode()
    if b"\0" + name + b"\0" not in content:
        raise MissingProgramError(loader, f"has no SONAME {name.decode()!r}")
    renamed = content.replace(b"\0" + name + b"\0", b"\0LD" + name[2:] + b"\0")
    digest = sha256(renamed).hexdigest()[:12]
    path = cache / "loaders" / f"{arch}-{digest}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        making = path.with_suffix(f".making-{id(content)}")
        making.write_bytes(renamed)
        making.chmod(0o755)
        making.replace(path)
    return path
