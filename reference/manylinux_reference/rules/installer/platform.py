"""Platform detection: from a system's raw answers to its architecture and glibc."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from manylinux_reference.reading.policy import elf_abi
from manylinux_reference.reading.system import (
    BITS_32,
    BITS_64,
    InterpreterHeader,
    SystemAnswers,
    read_header,
)
from manylinux_reference.rules import decides, tags
from manylinux_reference.rules.tags import Version

LONGEST_VERSION = 256  # characters; glibc's own buffer is far smaller
OLDER_ARM = ("armv4", "armv5", "armv6")


@dataclass(frozen=True, slots=True)
class Environment:
    """What a wheel meets: the answer of detection.

    ``linux`` are the names after ``linux_``, ``arch`` the one of manylinux tags,
    empty if none fits; ``glibc`` and ``musl`` are None without a usable version.
    """

    linux: tuple[str, ...]
    arch: str
    glibc: Version | None
    musl: Version | None = None


def detect(answers: SystemAnswers) -> Environment:
    """Return the environment that a system's answers describe."""
    if not is_linux(answers.platform):
        return Environment((), "", None)
    width = answers.pointer_bits
    machine = machine_name(answers.platform.partition("-")[2], width)
    arch = architecture(machine)
    if not is_made_for(arch, width, read_header(answers.interpreter)):
        arch = ""
    linux = (machine, arch) if arch not in ("", machine) else (machine,)
    return Environment(linux, arch, glibc_version(answers), musl_version(answers.musl))


def musl_version(said: str) -> Version | None:
    """Return the version in what musl's loader says (PEP 656), None without one."""
    first, _, rest = said.strip().partition("\n")
    word, _, version = rest.strip().partition(" ")
    if not first.startswith("musl") or word != "Version":
        return None
    return leading_version(version)


@decides("platform.target-libc")
def decisive_system(systems: Mapping[str, SystemAnswers]) -> SystemAnswers:
    """Return whose answers decide: the target's, not those of what runs the tool.

    PEP 513, Platform Detection for Installers.
    """
    return systems["target"]


@decides("platform.linux-only")
def is_linux(platform: str) -> bool:
    """Return whether sysconfig's platform is Linux (PEP 513, the sample code)."""
    return platform.startswith("linux-")


@decides("platform.glibc-only", "platform.static-interpreter")
def glibc_version(answers: SystemAnswers) -> Version | None:
    """Return the version of the glibc that answered, or None.

    An interpreter that is linked statically loads no extension module, whatever answers
    in it, and what is not glibc fits no tag (PEP 600, Core definition).
    """
    if answers.static:
        return None
    text = version_text(answers.confstr, answers.gnu_get_libc_version)
    return None if text is None else leading_version(text)


@decides("platform.detection-order")
def version_text(confstr: str | None, library: str | None) -> str | None:
    """Return confstr's version if it names glibc and one, else the library's answer.

    packaging asks in this order: confstr needs no foreign function call.
    """
    provider, _, version = (confstr or "").partition(" ")
    return version if provider == "glibc" and version else library


@decides("platform.version.leading", "platform.version.unparsable")
def leading_version(text: str) -> Version | None:
    """Return the leading MAJOR.MINOR of a version text; what follows is ignored.

    Distributors append to it (PEP 513's sample code); without the two, no tag fits.
    """
    major, _, rest = text.partition(".")
    minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    if major.isascii() and major.isdecimal() and minor and len(text) <= LONGEST_VERSION:
        return int(major), int(minor)
    return None


@decides("platform.i686.on-x86-64-kernel")
def machine_name(name: str, pointer_bits: int) -> str:
    """Return the machine of sysconfig's platform, as the interpreter sees it.

    The kernel gives its own name to a 32-bit process as well (packaging).
    """
    machine = tags.underscored(name)
    if pointer_bits == BITS_32:
        return {"x86_64": "i686", "aarch64": "armv8l"}.get(machine, machine)
    return machine


@decides(
    "platform.arm.older",
    "platform.armv7l.on-64-bit-kernel",
    "platform.i686.other-names",
)
def architecture(machine: str) -> str:
    """Return the architecture of manylinux tags for a machine, empty if none fits.

    A 64-bit kernel calls 32-bit Arm code armv8l; what Arm was before version 7, and
    i386 to i586, may lack what the architectures have (PEP 599, packaging).
    """
    if machine.startswith(OLDER_ARM):
        return ""
    return "armv7l" if machine == "armv8l" else machine


@decides(
    "platform.armv7l.interpreter",
    "platform.i686.interpreter",
    "platform.interpreter",
    "platform.personality",
)
def is_made_for(arch: str, pointer_bits: int, header: InterpreterHeader | None) -> bool:
    """Return whether an interpreter has the ABI of an architecture, if that has one.

    The process tells its width, and its file the rest: class, byte order, machine and
    flags (``architectures.toml``).  Without the file, the width is enough where it
    leaves no second ABI, never on 32-bit architectures.
    """
    abi = elf_abi(arch)
    if abi is None:
        return True
    bits, machine, big_endian, mask, value = abi
    if pointer_bits != bits:
        return False
    if header is None:
        return bits == BITS_64 and not mask
    if (header.bits, header.machine) != (bits, machine):
        return False
    return header.little_endian != big_endian and header.flags & mask == value
