"""Eligibility: which platform tags fit an environment."""

from __future__ import annotations

from types import ModuleType

from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.installer import override
from manylinux_reference.rules.installer.platform import Environment
from manylinux_reference.rules.tags import Promise, Version

ARCHITECTURES = tags.PEP_599 | {"riscv64", "loongarch64"}


@decides("override.each-tag", "override.removes-only")
def fits(promise: Promise, environment: Environment, module: ModuleType | None) -> bool:
    """Return whether a wheel with this promise may be installed.

    The module is asked about each tag, and only takes away (PEP 600, Package
    installers).
    Raises OverrideError if the ``_manylinux`` module breaks.
    """
    if not fits_environment(promise, environment):
        return False
    return override.decision(module, promise) is not False


@decides("installer.architecture.old-version", "installer.glibc.below-floor")
def fits_environment(promise: Promise, environment: Environment) -> bool:
    """Return whether a promise covers an environment (PEP 600, Package installers).

    A version below every listed one, or older than the architecture itself, is
    compared like any other.
    """
    (version, arch), host = promise, environment.glibc
    if host is None or not fits_architecture(arch, environment.arch):
        return False
    return fits_glibc(version, host)


@decides(
    "installer.architecture.equal",
    "installer.architecture.ppc64-byte-order",
    "platform.armv7l.no-armv8l",
)
def fits_architecture(arch: str, host: str) -> bool:
    """Return whether a tag's architecture is the host's (PEP 600, the sample parser).

    No other one runs: not the other byte order of PowerPC, nor armv8l on armv7l.
    """
    return arch == host and is_known(host)


@decides(
    "installer.glibc.at-least",
    "installer.glibc.every-minor",
    "installer.glibc.newer-major",
    "tag.version.order",
)
def fits_glibc(version: Version, host: Version) -> bool:
    """Return whether the host's glibc is the tag's version or newer.

    They compare as pairs of integers (PEP 600, Package installers), so that a newer
    major covers every older one, and minors without an image or a policy count too.
    """
    return version <= host


@decides("installer.architecture.known")
def is_known(arch: str) -> bool:
    """Return whether an ABI is defined for an architecture (packaging's list)."""
    return arch in ARCHITECTURES
