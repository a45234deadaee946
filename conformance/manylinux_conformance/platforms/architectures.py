"""How engines, Debian, QEMU, Zig and GNU call the architectures.

What their ELF files and tags look like is in ``manylinux_spec.architectures``.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from manylinux_spec.architectures import architectures

# What a kernel runs without an emulator.  That an aarch64 processor runs armv7l too
# depends on the processor; such a machine can still be named as an engine.
NATIVE: Mapping[str, tuple[str, ...]] = MappingProxyType({"x86_64": ("x86_64", "i686")})

NARROW = 32  # bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The names of one architecture; ``name`` is the specification's.

    ``image`` and ``variant`` are the words of the OCI image specification.
    ``debian`` is dpkg's name.
    ``emulator`` is the last part of the name of QEMU's program, ``oldest_emulator`` the
    first version of it that runs Debian's programs; empty: any that is still around.
    ``zig`` is the target of ``zig cc``.
    ``gnu`` is the triple by which Debian names its folder of cross libraries.
    """

    name: str
    image: str
    debian: str
    emulator: str
    zig: str
    gnu: str
    variant: str = ""
    oldest_emulator: str = ""

    @property
    def platform(self) -> str:
        """The platform as an engine wants it, such as ``linux/arm/v7``."""
        return "/".join(filter(None, ("linux", self.image, self.variant)))


_TABLE = (
    Architecture(
        name="x86_64",
        image="amd64",
        debian="amd64",
        emulator="x86_64",
        zig="x86_64-linux-gnu",
        gnu="x86_64-linux-gnu",
    ),
    Architecture(
        name="i686",
        image="386",
        debian="i386",
        emulator="i386",
        zig="x86-linux-gnu",
        gnu="i686-linux-gnu",
    ),
    Architecture(
        name="aarch64",
        image="arm64",
        debian="arm64",
        emulator="aarch64",
        zig="aarch64-linux-gnu",
        gnu="aarch64-linux-gnu",
    ),
    Architecture(
        name="armv7l",
        image="arm",
        variant="v7",
        debian="armhf",
        emulator="arm",
        zig="arm-linux-gnueabihf",
        gnu="arm-linux-gnueabihf",
    ),
    Architecture(
        name="ppc64",
        image="ppc64",
        debian="ppc64",
        emulator="ppc64",
        zig="powerpc64-linux-gnu",
        gnu="powerpc64-linux-gnu",
    ),
    Architecture(
        name="ppc64le",
        image="ppc64le",
        debian="ppc64el",
        emulator="ppc64le",
        zig="powerpc64le-linux-gnu",
        gnu="powerpc64le-linux-gnu",
    ),
    Architecture(
        name="s390x",
        image="s390x",
        debian="s390x",
        emulator="s390x",
        zig="s390x-linux-gnu",
        gnu="s390x-linux-gnu",
    ),
    Architecture(
        name="riscv64",
        image="riscv64",
        debian="riscv64",
        emulator="riscv64",
        zig="riscv64-linux-gnu",
        gnu="riscv64-linux-gnu",
    ),
    Architecture(
        name="loongarch64",
        image="loong64",
        debian="loong64",
        emulator="loongarch64",
        # Debian builds with the vector instructions LSX, which QEMU has since 8.1; its
        # Python ends with an illegal instruction under 7.2, and runs under 10.0.
        oldest_emulator="8.1",
        zig="loongarch64-linux-gnu",
        gnu="loongarch64-linux-gnu",
    ),
)
ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {each.name: each for each in _TABLE}
)


def is_native(arch: str, machine: str = "") -> bool:
    """Return whether a machine, by default this one, needs no emulator for it."""
    host = machine or platform.machine()
    return arch == host or arch in NATIVE.get(host, ())


def machine_of(arch: str, machine: str = "") -> str:
    """Return what ``uname -m`` says in a container.

    The kernel gives its own name, to 32-bit programs too; an emulator gives its own.
    """
    host = machine or platform.machine()
    return host if is_native(arch, host) else arch


def narrow_architecture(machine: str) -> str:
    """Return whose 32-bit programs a machine runs, by what ``uname -m`` says there.

    It is the machine itself if the specification has no such architecture.
    """
    found = (
        arch.name
        for arch in architectures().values()
        if arch.bits == NARROW and machine in arch.kernels
    )
    return next(found, machine)


def runs_both_widths(machine: str) -> bool:
    """Return whether what ``uname -m`` says leaves the width of pointers open."""
    rows = architectures().values()
    return len({arch.bits for arch in rows if machine in arch.kernels}) > 1
