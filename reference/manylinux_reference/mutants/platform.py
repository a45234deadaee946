"""Wrong functions for the rules on platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import Table, always
from manylinux_reference.reading.policy import elf_abi
from manylinux_reference.reading.system import BITS_64
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer.eligibility import fits_architecture
from manylinux_reference.rules.installer.platform import (
    architecture,
    decisive_system,
    glibc_version,
    is_linux,
    is_made_for,
    leading_version,
    machine_name,
    version_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from manylinux_reference.reading.system import InterpreterHeader, SystemAnswers
    from manylinux_reference.rules.tags import Version


def _of_tool(systems: Mapping[str, SystemAnswers]) -> SystemAnswers:
    return systems.get("tool", systems["target"])


def _of_static_too(answers: SystemAnswers) -> Version | None:
    return glibc_version(replace(answers, static=False))


def _of_any_library(answers: SystemAnswers) -> Version | None:
    if answers.static:
        return None
    text = version_text(answers.confstr, answers.gnu_get_libc_version)
    return (2, 17) if text is None else glibc_version(answers)


def _confstr_alone(confstr: str | None, _library: str | None) -> str | None:
    return (confstr or "").removeprefix("glibc ") or None


def _library_first(confstr: str | None, library: str | None) -> str | None:
    return library or _confstr_alone(confstr, library)


def _two_parts(text: str) -> Version | None:
    major, _, minor = text.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return None
    return int(major), int(minor)


def _last_digits(text: str) -> Version | None:
    major, _, rest = text.partition(".")
    minor = rest.partition("-")[2].partition(".")[0] or rest.rpartition(".")[2]
    return (int(major), int(minor)) if (major + minor).isdecimal() else None


def _kernels_name(name: str, pointer_bits: int) -> str:
    machine = tags.underscored(name)
    return machine if machine == "x86_64" else machine_name(name, pointer_bits)


def _any_x86(machine: str) -> str:
    return architecture("i686" if machine in {"i386", "i486", "i586"} else machine)


def _armv8l_kept(machine: str) -> str:
    return machine if machine == "armv8l" else architecture(machine)


def _armv6_too(machine: str) -> str:
    return architecture("armv7l" if machine.startswith("armv6") else machine)


def _unlooked(*archs: str) -> Callable[..., bool]:
    """Return a function that takes every interpreter for one of some architectures."""

    def fits(arch: str, bits: int, header: InterpreterHeader | None) -> bool:
        return arch in archs or is_made_for(arch, bits, header)

    return fits


def _by_width(arch: str, bits: int, header: InterpreterHeader | None) -> bool:
    """Look at the class of the interpreter's file alone."""
    abi = elf_abi(arch)
    shown = header.bits if header else bits
    return abi is None or (bits == abi[0] and shown == abi[0])


def _by_machine(arch: str, bits: int, header: InterpreterHeader | None) -> bool:
    """Look at width and machine, and not at the flags."""
    abi = elf_abi(arch)
    if abi is None or header is None:
        return is_made_for(arch, bits, header)
    return (header.bits, header.machine, header.little_endian) == (
        *abi[:2],
        not abi[2],
    )


def _of_32_bits(arch: str, bits: int, header: InterpreterHeader | None) -> bool:
    """Take 64-bit interpreters under a kernel that gives a 32-bit name."""
    narrow = arch in {"i686", "armv7l"} and bits == BITS_64
    return narrow or is_made_for(arch, bits, header)


def _armv8l_on_armv7l(arch: str, host: str) -> bool:
    return (arch, host) == ("armv8l", "armv7l") or fits_architecture(arch, host)


MUTANTS: Table = {
    "platform.arm.older": {"off": {architecture: _armv6_too}},
    "platform.armv7l.interpreter": {
        "any_float": {is_made_for: _by_machine},
        "off": {is_made_for: _unlooked("armv7l")},
    },
    "platform.armv7l.no-armv8l": {"off": {fits_architecture: _armv8l_on_armv7l}},
    "platform.armv7l.on-64-bit-kernel": {"off": {architecture: _armv8l_kept}},
    "platform.detection-order": {
        "confstr": {version_text: _confstr_alone},
        "reversed": {version_text: _library_first},
    },
    "platform.glibc-only": {"off": {glibc_version: _of_any_library}},
    "platform.i686.interpreter": {
        "off": {is_made_for: _unlooked("i686")},
        "x32": {is_made_for: _by_width},
    },
    "platform.i686.on-x86-64-kernel": {"off": {machine_name: _kernels_name}},
    "platform.i686.other-names": {"off": {architecture: _any_x86}},
    "platform.interpreter": {
        "flags": {is_made_for: _by_machine},
        "off": {is_made_for: always},
        "width": {is_made_for: _by_width},
    },
    "platform.linux-only": {"off": {is_linux: always}},
    "platform.personality": {"off": {is_made_for: _of_32_bits}},
    "platform.static-interpreter": {"off": {glibc_version: _of_static_too}},
    "platform.target-libc": {"off": {decisive_system: _of_tool}},
    "platform.version.leading": {
        "exactly": {leading_version: _two_parts},
        "last": {leading_version: _last_digits},
    },
    "platform.version.unparsable": {
        "off": {leading_version: lambda text: leading_version(text) or (2, 17)},
    },
}
