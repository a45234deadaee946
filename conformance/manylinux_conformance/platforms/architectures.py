"""How an engine, Debian and QEMU call the architectures."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# What a kernel runs without an emulator.  That an aarch64 processor runs armv7l too
# depends on the processor; such a machine can still be named as an engine.
NATIVE: Mapping[str, tuple[str, ...]] = MappingProxyType({"x86_64": ("x86_64", "i686")})


@dataclass(frozen=True, slots=True)
class ContainerArchitecture:
    """One architecture.

    ``image`` and ``variant`` are the words of the OCI image specification.
    ``emulator`` is the last part of QEMU's program name.
    """

    name: str
    bits: int
    image: str
    debian: str
    emulator: str
    variant: str = ""

    @property
    def platform(self) -> str:
        """The platform as an engine wants it, such as ``linux/arm/v7``."""
        return "/".join(filter(None, ("linux", self.image, self.variant)))


_TABLE = (
    ContainerArchitecture("x86_64", 64, "amd64", "amd64", "x86_64"),
    ContainerArchitecture("i686", 32, "386", "i386", "i386"),
    ContainerArchitecture("aarch64", 64, "arm64", "arm64", "aarch64"),
    ContainerArchitecture("armv7l", 32, "arm", "armhf", "arm", "v7"),
    ContainerArchitecture("ppc64le", 64, "ppc64le", "ppc64el", "ppc64le"),
    ContainerArchitecture("s390x", 64, "s390x", "s390x", "s390x"),
    ContainerArchitecture("riscv64", 64, "riscv64", "riscv64", "riscv64"),
    ContainerArchitecture("loongarch64", 64, "loong64", "loong64", "loongarch64"),
)
ARCHITECTURES: Mapping[str, ContainerArchitecture] = MappingProxyType(
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
