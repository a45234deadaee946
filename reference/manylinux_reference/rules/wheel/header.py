"""Rules on the ELF header: is this file made for the claimed architecture?"""

from __future__ import annotations

from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf
from manylinux_reference.reading.policy import Policy
from manylinux_reference.rules import decides
from manylinux_reference.rules.findings import Finding, Findings

EM_NONE = 0
PROCESSORS = {  # by e_machine, as gABI and the psABI supplements call them
    EM_NONE: "no processor",
    2: "SPARC",
    3: "Intel 80386",
    8: "MIPS",
    20: "32-bit PowerPC",
    21: "64-bit PowerPC",
    22: "IBM S/390",
    40: "32-bit Arm",
    50: "Intel IA-64",
    62: "AMD x86-64",
    183: "64-bit Arm",
    190: "NVIDIA CUDA",
    224: "AMD GPU",
    243: "RISC-V",
    247: "Linux BPF",
    258: "LoongArch",
}
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
    A header that a patch has spoilt was one of a tag's architecture.
    """
    if elf.is_loadable:
        return False
    is_spoilt = elf.machine == EM_NONE and elf.type in (ET_EXEC, ET_DYN)
    return not is_spoilt


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
        made_for = PROCESSORS.get(elf.machine, "a processor of no tag")
        text = f"is made for {made_for} (e_machine {elf.machine}), not {policy.arch}"
        yield Finding("wheel.elf.machine", elf.name, text, offset=0x12)


@decides("wheel.elf.class")
def elf_class(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if EI_CLASS is another ABI's, such as that of x32 (gABI)."""
    if elf.machine == policy.machine and elf.bits != policy.bits:
        text = f"is a {elf.bits}-bit file, and {policy.arch} has {policy.bits} bits"
        yield Finding("wheel.elf.class", elf.name, text, offset=4)


@decides("wheel.elf.byte-order")
def byte_order(elf: Elf, policy: Policy) -> Findings:
    """Yield a finding if EI_DATA is the other byte order (gABI, ELF Identification)."""
    if elf.machine == policy.machine and elf.big_endian != policy.big_endian:
        order = "big-endian" if elf.big_endian else "little-endian"
        text = f"has the wrong byte order: {order}, unlike {policy.arch}"
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
        text = f"is for another system: EI_OSABI is {elf.osabi}, not System V or Linux"
        yield Finding("wheel.elf.osabi", elf.name, text, offset=7)


@decides("wheel.elf.abi-version")
def abi_version(elf: Elf) -> Findings:
    """Yield a finding if the file wants a newer ABI of its operating system.

    Which ones a loader accepts differs between releases (glibc, ``libc-abis``).
    """
    if elf.abi_version:
        text = f"wants a newer loader: EI_ABIVERSION is {elf.abi_version}, not 0"
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
        text = (
            f"is for another ABI than that of {policy.arch}: e_flags are {elf.flags:#x}"
        )
        yield Finding(rule, elf.name, text, offset=E_FLAGS[elf.bits])
