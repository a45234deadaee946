"""Wrong functions for the rules on platforms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from manylinux_reference.mutants.table import Table, always
from manylinux_reference.reading.system import BITS_32
from manylinux_reference.rules import tags
from manylinux_reference.rules.installer.eligibility import fits_architecture
from manylinux_reference.rules.installer.platform import (
    EM_ARM,
    architecture,
    decisive_system,
    glibc_version,
    is_hard_float_arm,
    is_i686,
    is_linux,
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
    return glibc_version(replace(answers, opens_main_program=True))


def _of_any_library(answers: SystemAnswers) -> Version | None:
    if not answers.opens_main_program:
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


def _kernels_name(name: str, header: InterpreterHeader | None) -> str:
    machine = tags.underscored(name)
    return machine if machine == "x86_64" else machine_name(name, header)


def _any_x86(machine: str, header: InterpreterHeader | None) -> str:
    i686 = machine in {"i386", "i486", "i586"}
    return architecture("i686" if i686 else machine, header)


def _armv8l_kept(machine: str, header: InterpreterHeader | None) -> str:
    return machine if machine == "armv8l" else architecture(machine, header)


def _armv6_too(machine: str, header: InterpreterHeader | None) -> str:
    armv6 = machine.startswith("armv6")
    return architecture("armv7l" if armv6 else machine, header)


def _any_32_bits(header: InterpreterHeader | None) -> bool:
    return header is not None and header.bits == BITS_32


def _any_float(header: InterpreterHeader | None) -> bool:
    return header is not None and header.machine == EM_ARM


def _armv8l_on_armv7l(arch: str, host: str) -> bool:
    return (arch, host) == ("armv8l", "armv7l") or fits_architecture(arch, host)


MUTANTS: Table = {
    "platform.arm.older": {"off": {architecture: _armv6_too}},
    "platform.armv7l.interpreter": {
        "any_float": {is_hard_float_arm: _any_float},
        "off": {is_hard_float_arm: always},
    },
    "platform.armv7l.no-armv8l": {"off": {fits_architecture: _armv8l_on_armv7l}},
    "platform.armv7l.on-64-bit-kernel": {"off": {architecture: _armv8l_kept}},
    "platform.detection-order": {
        "confstr": {version_text: _confstr_alone},
        "reversed": {version_text: _library_first},
    },
    "platform.glibc-only": {"off": {glibc_version: _of_any_library}},
    "platform.i686.interpreter": {
        "off": {is_i686: always},
        "x32": {is_i686: _any_32_bits},
    },
    "platform.i686.on-x86-64-kernel": {"off": {machine_name: _kernels_name}},
    "platform.i686.other-names": {"off": {architecture: _any_x86}},
    "platform.linux-only": {"off": {is_linux: always}},
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
