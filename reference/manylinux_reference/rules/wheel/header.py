"""Rules on the ELF header: is this file made for the claimed architecture?"""

from __future__ import annotations

from manylinux_reference.mutants.rule import rule
from manylinux_reference.rules.wheel.finding import Finding, no_findings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.rules.wheel.policy import Policy

ELFOSABI_NONE, ELFOSABI_GNU = 0, 3
E_FLAGS = {32: 0x24, 64: 0x30}  # the field's offset in the header


def origin(elf: Elf, policy: Policy) -> list[Finding]:
    """Return what makes a file foreign; nothing else is then known about it."""
    return [*machine(elf, policy), *elf_class(elf, policy), *byte_order(elf, policy)]


def header(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield what else is wrong in the header of a file of this architecture."""
    yield from os_abi(elf, policy)
    for check in (flags_armv7l, flags_powerpc, flags_riscv64, flags_loongarch64):
        yield from check(elf, policy)


@rule("wheel.elf.machine", off=no_findings)
def machine(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the machine is another architecture's."""
    if elf.machine != policy.machine:
        text = f"e_machine is {elf.machine}, {policy.arch} has {policy.machine}"
        yield Finding("wheel.elf.machine", elf.name, text, offset=0x12)


@rule("wheel.elf.class", off=no_findings)
def elf_class(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the class is another ABI's, such as that of x32."""
    if elf.machine == policy.machine and elf.bits != policy.bits:
        text = f"a {elf.bits}-bit file, {policy.arch} has {policy.bits}"
        yield Finding("wheel.elf.class", elf.name, text, offset=4)


@rule("wheel.elf.byte-order", off=no_findings)
def byte_order(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the bytes are in the other order."""
    if elf.machine == policy.machine and elf.big_endian != policy.big_endian:
        text = f"{'big' if elf.big_endian else 'little'}-endian, unlike {policy.arch}"
        yield Finding("wheel.elf.byte-order", elf.name, text, offset=5)


@rule("wheel.elf.osabi", off=no_findings)
def os_abi(elf: Elf, _policy: Policy) -> Iterator[Finding]:
    """Yield a finding if the file is for another operating system."""
    if elf.osabi not in (ELFOSABI_NONE, ELFOSABI_GNU):
        text = f"EI_OSABI is {elf.osabi}, neither System V nor GNU/Linux"
        yield Finding("wheel.elf.osabi", elf.name, text, offset=7)


def _flags(elf: Elf, policy: Policy, identifier: str, *names: str) -> Iterator[Finding]:
    if policy.arch in names and elf.flags & policy.flags_mask != policy.flags_value:
        text = f"e_flags {elf.flags:#x} name another ABI than that of {policy.arch}"
        yield Finding(identifier, elf.name, text, offset=E_FLAGS[elf.bits])


@rule("wheel.elf.flags.armv7l", off=no_findings)
def flags_armv7l(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding unless the flags say EABI 5 and hard float."""
    return _flags(elf, policy, "wheel.elf.flags.armv7l", "armv7l")


@rule("wheel.elf.flags.powerpc", off=no_findings)
def flags_powerpc(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding unless the flags say ELFv2 on ppc64le, and do not on ppc64."""
    return _flags(elf, policy, "wheel.elf.flags.powerpc", "ppc64", "ppc64le")


@rule("wheel.elf.flags.riscv64", off=no_findings)
def flags_riscv64(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding unless the flags say double float and the full base."""
    return _flags(elf, policy, "wheel.elf.flags.riscv64", "riscv64")


@rule("wheel.elf.flags.loongarch64", off=no_findings)
def flags_loongarch64(elf: Elf, policy: Policy) -> Iterator[Finding]:
    """Yield a finding unless the flags say lp64d and object ABI 1."""
    return _flags(elf, policy, "wheel.elf.flags.loongarch64", "loongarch64")
