"""Eligibility: which platform tags fit an environment."""

from __future__ import annotations

from manylinux_reference.mutants.rule import always, rule
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer import override

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from manylinux_reference.rules.installer.platform import Environment
    from manylinux_reference.rules.tags import Promise, Version

ARCHITECTURES = tags.PEP_599 | {"riscv64", "loongarch64"}


def fits(promise: Promise, environment: Environment, module: ModuleType | None) -> bool:
    """Return whether a wheel with this promise may be installed.

    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    host = environment.glibc
    if host is None or not environment.arch:
        return False
    version, arch = promise[:2], promise[2]
    able = fits_architecture(arch, environment.arch) and fits_glibc(version, arch, host)
    return override.allowed(lambda: override.decision(module, promise, host), fits=able)


def fits_architecture(arch: str, host: str) -> bool:
    """Return whether code for an architecture runs on the host's."""
    if not (
        same_architecture(arch, host)
        or is_armv8l_for_armv7l(arch, host)
        or is_other_byte_order(arch, host)
    ):
        return False
    return is_known(host)


def fits_glibc(version: Version, arch: str, host: Version) -> bool:
    """Return whether a promise about glibc covers the host's version."""
    if not (has_minor(version, host) and accepts_low(version, arch)):
        return False
    if not accepts_earlier_than_port(version, arch):
        return False
    if version[0] < host[0]:
        return covers_older_major(version, host)
    return at_least(version, host)


def _one_older(version: Version, host: Version) -> bool:
    return tags.not_newer(version, (host[0], host[1] - 1))


def _one_newer(version: Version, host: Version) -> bool:
    return tags.not_newer(version, (host[0], host[1] + 1))


@rule("installer.glibc.at-least", off=always, older=_one_older, newer=_one_newer)
def at_least(version: Version, host: Version) -> bool:
    """Return whether the host's glibc is the tag's version or newer."""
    return tags.not_newer(version, host)


@rule("installer.glibc.newer-major", off=lambda *_: False)
def covers_older_major(_version: Version, _host: Version) -> bool:
    """Return True: a newer major version covers every version of older majors."""
    return True


@rule(
    "installer.glibc.every-minor",
    images=lambda version, host: version in {(2, 5), (2, 12), (2, 17), (2, 28), host},
    legacy=lambda version, host: version in {(2, 5), (2, 12), (2, 17), host},
)
def has_minor(_version: Version, _host: Version) -> bool:
    """Return True: every minor counts, also those without an image or a policy."""
    return True


def floor(arch: str) -> Version:
    """Return the oldest version that a listing need name."""
    return (2, 5) if arch in tags.PEP_513 else (2, 17)


@rule("installer.glibc.below-floor", off=lambda version, arch: version >= floor(arch))
def accepts_low(_version: Version, _arch: str) -> bool:
    """Return True: a tag older than every listed one is compared like any other."""
    return True


FIRST_PORT = {"riscv64": (2, 27), "loongarch64": (2, 36), "aarch64": (2, 17)}


@rule(
    "installer.architecture.old-version",
    off=lambda version, arch: version >= FIRST_PORT.get(arch, (0, 0)),
)
def accepts_earlier_than_port(_version: Version, _arch: str) -> bool:
    """Return True: a version older than the architecture's first glibc is no harm."""
    return True


@rule("installer.architecture.equal", off=always)
def same_architecture(arch: str, host: str) -> bool:
    """Return whether the tag's architecture is the host's."""
    return arch == host


@rule(
    "platform.armv7l.no-armv8l",
    off=lambda arch, host: (arch, host) == ("armv8l", "armv7l"),
)
def is_armv8l_for_armv7l(_arch: str, _host: str) -> bool:
    """Return False: the younger 32-bit Arm does not stand for the older one."""
    return False


@rule(
    "installer.architecture.ppc64-byte-order",
    off=lambda arch, host: {arch, host} == {"ppc64", "ppc64le"},
)
def is_other_byte_order(_arch: str, _host: str) -> bool:
    """Return False: big-endian and little-endian PowerPC never mix."""
    return False


@rule("installer.architecture.known", off=always, seven=lambda a: a in tags.PEP_599)
def is_known(arch: str) -> bool:
    """Return whether an ABI is defined for an architecture."""
    return arch in ARCHITECTURES
