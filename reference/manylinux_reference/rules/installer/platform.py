"""Platform detection: from a system's raw answers to its architecture and glibc."""

from __future__ import annotations

from dataclasses import dataclass

from manylinux_reference.mutants.rule import always, rule, same
from manylinux_reference.rules import tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.rules.tags import Version

EM_386, EM_ARM = 3, 40  # e_machine, gABI chapter 4
ELFCLASS32, ELFCLASS64 = 1, 2
ELFDATA2LSB = 1
SMALLEST_HEADER = 52  # e_ehsize of ELF32
BITS_32, BITS_64 = 32, 64
EF_ARM_EABI, EF_ARM_EABI_VER5 = 0xFF000000, 0x05000000  # ELF for the Arm architecture
EF_ARM_ABI_FLOAT_HARD = 0x400
LONGEST_VERSION = 256  # characters; glibc's own buffer is far smaller


@dataclass(frozen=True, slots=True)
class SystemAnswers:
    """What a system says about itself, before any rule has looked at it.

    ``platform`` is ``sysconfig.get_platform()``; ``confstr`` the answer to
    ``CS_GNU_LIBC_VERSION``; ``interpreter`` the first bytes of its file.
    """

    platform: str
    confstr: str | None = None
    gnu_get_libc_version: str | None = None
    opens_main_program: bool = True
    interpreter: bytes = b""


@dataclass(frozen=True, slots=True)
class Environment:
    """What a wheel meets: the answer of detection.

    ``linux`` are the names after ``linux_``, ``arch`` the one of manylinux tags,
    empty if none fits; ``glibc`` is None where there is no usable version.
    """

    linux: tuple[str, ...]
    arch: str
    glibc: Version | None


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of an ELF header that detection looks at (gABI, chapter 4)."""

    bits: int
    little_endian: bool
    machine: int
    flags: int


def detect(answers: SystemAnswers) -> Environment:
    """Return the environment that a system's answers describe."""
    if not is_linux(answers.platform):
        return Environment((), "", None)
    header = read_header(answers.interpreter)
    machine = _machine(answers.platform.partition("-")[2], header)
    arch = _architecture(machine, header)
    linux = (machine, arch) if arch not in ("", machine) else (machine,)
    return Environment(linux, arch, glibc_version(answers))


def glibc_version(answers: SystemAnswers) -> Version | None:
    """Return the version of the glibc that answered, or None."""
    if not main_program_opens(answers):
        return None
    text = glibc_only(version_text(answers.confstr, answers.gnu_get_libc_version))
    return None if text is None else leading_version(text)


def read_header(data: bytes) -> Header | None:
    """Return the header of an ELF file's first bytes, or None if it is none."""
    if len(data) < SMALLEST_HEADER or data[:4] != b"\x7fELF":
        return None
    if data[4] not in (ELFCLASS32, ELFCLASS64):
        return None
    little = data[5] == ELFDATA2LSB
    at = 36 if data[4] == ELFCLASS32 else 48  # e_flags comes after three addresses
    return Header(
        bits=BITS_32 if data[4] == ELFCLASS32 else BITS_64,
        little_endian=little,
        machine=int.from_bytes(data[18:20], "little" if little else "big"),
        flags=int.from_bytes(data[at : at + 4], "little" if little else "big"),
    )


def _machine(name: str, header: Header | None) -> str:
    machine = tags.underscored(name)
    if header and header.bits == BITS_32:
        if machine == "x86_64":
            return i686_under_x86_64(machine)
        if machine == "aarch64":
            return armv8l_under_aarch64(machine)
    return machine


def _architecture(machine: str, header: Header | None) -> str:
    arch = other_i686_name(armv7l_under_armv8l(older_arm(machine)))
    if arch == "i686" and not is_i686(header):
        return ""
    if arch == "armv7l" and not is_hard_float_arm(header):
        return ""
    return arch


@rule("platform.linux-only", off=always)
def is_linux(platform: str) -> bool:
    """Return whether sysconfig's platform is Linux."""
    return platform.startswith("linux-")


@rule("platform.target-libc", off=lambda _target, tool: tool)
def whose(target: SystemAnswers, _tool: SystemAnswers) -> SystemAnswers:
    """Return whose answers count: the target interpreter's, never the tool's own."""
    return target


@rule("platform.static-interpreter", off=always)
def main_program_opens(answers: SystemAnswers) -> bool:
    """Return whether the main program could be opened; a static one has no glibc."""
    return answers.opens_main_program


def _library_first(confstr: str | None, library: str | None) -> str | None:
    return library or (confstr or "").removeprefix("glibc ") or None


@rule(
    "platform.detection-order",
    reversed=_library_first,
    confstr=lambda confstr, _: (confstr or "").removeprefix("glibc ") or None,
)
def version_text(confstr: str | None, library: str | None) -> str | None:
    """Return confstr's version if it names glibc and one, else the library's answer."""
    provider, _, version = (confstr or "").partition(" ")
    return version if provider == "glibc" and version else library


@rule("platform.glibc-only", off=lambda text: "2.17" if text is None else text)
def glibc_only(text: str | None) -> str | None:
    """Return the version text, None if nothing that is glibc answered."""
    return text


def _two_parts(text: str) -> Version | None:
    major, _, minor = text.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        return unreadable(text)
    return int(major), int(minor)


def _digits(text: str) -> Version | None:
    major, _, rest = text.partition(".")
    minor = rest.partition("-")[2].partition(".")[0] or rest.rpartition(".")[2]
    return (int(major), int(minor)) if (major + minor).isdecimal() else unreadable(text)


@rule("platform.version.leading", exactly=_two_parts, last=_digits)
def leading_version(text: str) -> Version | None:
    """Return the leading MAJOR.MINOR of a version text; what follows is ignored."""
    major, _, rest = text.partition(".")
    minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    if major.isascii() and major.isdecimal() and minor and len(text) <= LONGEST_VERSION:
        return int(major), int(minor)
    return unreadable(text)


@rule("platform.version.unparsable", off=lambda _: (2, 17))
def unreadable(_text: str) -> Version | None:
    """Return None: a version that cannot be read yields no manylinux tag."""
    return None


@rule("platform.i686.on-x86-64-kernel", off=same)
def i686_under_x86_64(_machine: str) -> str:
    """Return what a 32-bit interpreter under an x86_64 kernel is."""
    return "i686"


def _any_32_bits(header: Header | None) -> bool:
    return header is not None and header.bits == BITS_32


@rule("platform.i686.interpreter", off=always, x32=_any_32_bits)
def is_i686(header: Header | None) -> bool:
    """Return whether an interpreter is 32-bit x86, and not x32."""
    return (
        header is not None
        and header.bits == BITS_32
        and header.little_endian
        and header.machine == EM_386
    )


def _any_x86(machine: str) -> str:
    return "i686" if machine in {"i386", "i486", "i586"} else machine


@rule("platform.i686.other-names", off=_any_x86)
def other_i686_name(machine: str) -> str:
    """Return a machine unchanged: an i386, i486 or i586 may lack what i686 has."""
    return machine


def _any_float(header: Header | None) -> bool:
    return header is not None and header.machine == EM_ARM


@rule("platform.armv7l.interpreter", off=always, any_float=_any_float)
def is_hard_float_arm(header: Header | None) -> bool:
    """Return whether an interpreter follows Arm's EABI 5 with hard floats."""
    return (
        header is not None
        and header.bits == BITS_32
        and header.little_endian
        and header.machine == EM_ARM
        and header.flags & EF_ARM_EABI == EF_ARM_EABI_VER5
        and header.flags & EF_ARM_ABI_FLOAT_HARD != 0
    )


@rule("platform.armv7l.on-64-bit-kernel", off=same)
def armv7l_under_armv8l(machine: str) -> str:
    """Return armv7l for the name that a 64-bit kernel gives 32-bit Arm code."""
    return "armv7l" if machine == "armv8l" else machine


def armv8l_under_aarch64(_machine: str) -> str:
    """Return the name that a 64-bit Arm kernel gives to a 32-bit process."""
    return "armv8l"


@rule("platform.arm.older", off=lambda m: "armv7l" if m.startswith("armv6") else m)
def older_arm(machine: str) -> str:
    """Return nothing for Arm before version 7, any other machine unchanged."""
    return "" if machine.startswith(("armv4", "armv5", "armv6")) else machine
