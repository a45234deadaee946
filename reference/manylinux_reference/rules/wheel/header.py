"""Rules on the ELF header: is this file made for the claimed architecture?"""

from __future__ import annotations

from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.rules import decides
from manylinux_reference.rules.wheel.report import Finding, Findings

ELFOSABI_NONE, ELFOSABI_GNU, ELFOSABI_ARM_AEABI = 0, 3, 64
E_FLAGS = {32: 0x24, 64: 0x30}  # the field's offset in the header
FLAGS_RULES = {  # where e_flags tell ABIs apart
    "armv7l": "wheel.elf.flags.armv7l",
    "ppc64": "wheel.elf.flags.powerpc",
    "ppc64le": "wheel.elf.flags.powerpc",
    "riscv64": "wheel.elf.flags.riscv64",
    "loongarch64": "wheel.elf.flags.loongarch64",
}


@decides("wheel.elf.not-loaded")
def is_data(elf: Elf) -> bool:
    """Return whether no loader is ever asked for a file, so that it makes no promise.

    gABI, ELF Header: relocatable files, and machines that run no program of Linux.
    """
    return not elf.is_loadable


def origin(elf: Elf, policy: Policy) -> list[Finding]:
    """Return what makes a file foreign; nothing else is then known about it."""
    return [*machine(elf, policy), *elf_class(elf, policy), *byte_order(elf, policy)]


def header(elf: Elf, policy: Policy) -> Findings:
    """Yield what else is wrong in the header of a file of this architecture."""
    yield from os_abi(elf, policy)
    yield from abi_version(elf)
    yield from flags(elf, policy)


@decides("wheel.elf.machine")
def machine(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if e_machine is another architecture's (gABI, ELF Header)."""
    if elf.machine != policy.machine:
        text = f"e_machine is {elf.machine}, {policy.arch} has {policy.machine}"
        yield Finding("wheel.elf.machine", elf.name, text, offset=0x12)


@decides("wheel.elf.class")
def elf_class(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if EI_CLASS is another ABI's, such as that of x32 (gABI)."""
    if elf.machine == policy.machine and elf.bits != policy.bits:
        text = f"a {elf.bits}-bit file, {policy.arch} has {policy.bits}"
        yield Finding("wheel.elf.class", elf.name, text, offset=4)


@decides("wheel.elf.byte-order")
def byte_order(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if EI_DATA is the other byte order (gABI, ELF Identification)."""
    if elf.machine == policy.machine and elf.big_endian != policy.big_endian:
        text = f"{'big' if elf.big_endian else 'little'}-endian, unlike {policy.arch}"
        yield Finding("wheel.elf.byte-order", elf.name, text, offset=5)


@decides("wheel.elf.osabi")
def os_abi(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if the file is for another operating system.

    glibc's loader accepts two values (``elf/dl-load.c``), on Arm a third one.
    """
    accepted = [ELFOSABI_NONE, ELFOSABI_GNU]
    if policy.arch == "armv7l":
        accepted.append(ELFOSABI_ARM_AEABI)
    if elf.osabi not in accepted:
        text = f"EI_OSABI is {elf.osabi}, neither System V nor GNU/Linux"
        yield Finding("wheel.elf.osabi", elf.name, text, offset=7)


@decides("wheel.elf.abi-version")
def abi_version(elf: Elf) -> Findings:
    """Yield a finding if the file wants a newer ABI of its operating system.

    Which ones a loader accepts differs between releases (glibc, ``libc-abis``).
    """
    if elf.abi_version:
        text = f"EI_ABIVERSION is {elf.abi_version}, every loader accepts 0 alone"
        yield Finding("wheel.elf.abi-version", elf.name, text, offset=8)


@decides(
    "wheel.elf.flags.armv7l",
    "wheel.elf.flags.loongarch64",
    "wheel.elf.flags.powerpc",
    "wheel.elf.flags.riscv64",
)
def flags(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if e_flags name another ABI than the architecture's.

    Hard float and EABI 5, ELFv2 or not, double float, lp64d: what each architecture's
    psABI supplement says of ``e_flags``.
    """
    rule = FLAGS_RULES.get(policy.arch)
    if rule and elf.flags & policy.flags_mask != policy.flags_value:
        text = f"e_flags {elf.flags:#x} name another ABI than that of {policy.arch}"
        yield Finding(rule, elf.name, text, offset=E_FLAGS[elf.bits])
