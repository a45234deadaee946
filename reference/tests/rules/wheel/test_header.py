"""The ELF header says for which architecture a file was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.policy import NEVER, Policy, architectures
from manylinux_reference.rules.wheel.header import header, is_data, origin

ARCHITECTURES = architectures()
MakeElf = Callable[..., Elf]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_file_of_the_architecture_is_at_home(arch: str, make_elf: MakeElf) -> None:
    elf = make_elf(arch)
    assert origin(elf, Policy(arch)) == []
    assert list(header(elf, Policy(arch))) == []


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("other", ARCHITECTURES)
def test_file_of_another_architecture_is_foreign(
    arch: str, other: str, make_elf: MakeElf
) -> None:
    assert (origin(make_elf(other), Policy(arch)) == []) == (arch == other)


def test_x32_has_the_machine_of_x86_64_and_another_class(make_elf: MakeElf) -> None:
    elf = make_elf("x86_64")
    elf.bits = 32
    (finding,) = origin(elf, Policy("x86_64"))
    assert finding.rule == "wheel.elf.class"
    assert finding.text == "is a 32-bit file, and x86_64 has 64 bits"


def test_byte_order_tells_the_two_powerpcs_apart(make_elf: MakeElf) -> None:
    (finding,) = origin(make_elf("ppc64"), Policy("ppc64le"))
    assert finding.rule == "wheel.elf.byte-order"
    assert finding.evidence == {"offset": 5}


def test_class_of_another_machine_is_not_its_own_breach(make_elf: MakeElf) -> None:
    found = [finding.rule for finding in origin(make_elf("s390x"), Policy("i686"))]
    assert found == ["wheel.elf.machine"]


@pytest.mark.parametrize(
    ("osabi", "accepted"), [(0, True), (3, True), (1, False), (9, False), (97, False)]
)
def test_loader_accepts_system_v_and_gnu(
    osabi: int, accepted: bool, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.osabi = osabi
    found = [finding.rule for finding in header(elf, Policy("x86_64"))]
    assert found == ([] if accepted else ["wheel.elf.osabi"])


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_arm_has_an_osabi_of_its_own(arch: str, make_elf: MakeElf) -> None:
    elf = make_elf(arch)
    elf.osabi = 64
    assert (list(header(elf, Policy(arch))) == []) == (arch == "armv7l")


@pytest.mark.parametrize(("osabi", "version"), [(0, 1), (3, 1), (3, 255)])
def test_every_loader_knows_abi_version_0_alone(
    osabi: int, version: int, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.osabi, elf.abi_version = osabi, version
    (finding,) = header(elf, Policy("x86_64"))
    assert (finding.rule, finding.min_level) == ("wheel.elf.abi-version", NEVER)


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({}, False),
        ({"type": 1}, True),
        ({"machine": 247}, True),
        ({"debug": True}, True),
    ],
)
def test_file_that_no_loader_is_asked_for_is_data(
    fields: dict[str, int], data: bool, make_elf: MakeElf
) -> None:
    elf = make_elf()
    for field, value in fields.items():
        setattr(elf, field, value)
    assert is_data(elf) is data


@pytest.mark.parametrize(
    ("arch", "flags", "rule"),
    [
        ("armv7l", 0x05000400, ""),
        ("armv7l", 0x05000200, "wheel.elf.flags.armv7l"),  # soft float
        ("armv7l", 0x04000400, "wheel.elf.flags.armv7l"),  # EABI 4
        ("armv7l", 0x05400400, ""),  # the byte order of code says nothing here
        ("ppc64le", 2, ""),
        ("ppc64le", 1, "wheel.elf.flags.powerpc"),
        ("ppc64", 2, "wheel.elf.flags.powerpc"),
        ("ppc64", 0, ""),
        ("ppc64", 1, ""),
        ("riscv64", 5, ""),  # double float, compressed code
        ("riscv64", 4, ""),
        ("riscv64", 3, "wheel.elf.flags.riscv64"),  # single float
        ("riscv64", 12, "wheel.elf.flags.riscv64"),  # the small base
        ("loongarch64", 0x43, ""),
        ("loongarch64", 0x42, "wheel.elf.flags.loongarch64"),  # single float
        ("loongarch64", 0x03, "wheel.elf.flags.loongarch64"),  # object ABI 0
        ("x86_64", 0xFFFF, ""),  # no meaning there
        ("s390x", 1, ""),
    ],
)
def test_flags_name_the_abi(
    arch: str, flags: int, rule: str, make_elf: MakeElf
) -> None:
    elf = make_elf(arch)
    elf.flags = flags
    found = [finding.rule for finding in header(elf, Policy(arch))]
    assert found == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("arch", "fields", "rule", "offset", "words"),
    [
        ("x86_64", {"machine": 183}, "wheel.elf.machine", 0x12, "64-bit Arm"),
        ("x86_64", {"machine": 999}, "wheel.elf.machine", 0x12, "a processor of no"),
        ("x86_64", {"bits": 32}, "wheel.elf.class", 4, "is a 32-bit file"),
        ("ppc64", {"big_endian": False}, "wheel.elf.byte-order", 5, ": little-endian,"),
        ("ppc64le", {"big_endian": True}, "wheel.elf.byte-order", 5, ": big-endian,"),
        ("x86_64", {"osabi": 9}, "wheel.elf.osabi", 7, "EI_OSABI is 9"),
        ("x86_64", {"abi_version": 1}, "wheel.elf.abi-version", 8, "is 1, not 0"),
        ("armv7l", {"flags": 0}, "wheel.elf.flags.armv7l", 0x24, "e_flags are 0x0"),
        ("ppc64le", {"flags": 1}, "wheel.elf.flags.powerpc", 0x30, "e_flags are 0x1"),
    ],
)
def test_finding_names_the_file_and_the_offset_of_the_field(
    arch: str,
    fields: dict[str, int],
    rule: str,
    offset: int,
    words: str,
    make_elf: MakeElf,
) -> None:
    elf = make_elf(arch)
    for name, value in fields.items():
        setattr(elf, name, value)
    policy = Policy(arch)
    (finding,) = [*origin(elf, policy), *header(elf, policy)]
    assert (finding.rule, finding.member) == (rule, elf.name)
    assert finding.evidence == {"offset": offset}
    assert words in finding.text
    assert (finding.min_level, finding.advice) == (NEVER, False)


@pytest.mark.parametrize(
    ("name", "machine", "rule"),
    [
        ("_ext.abi3.so", 0, "wheel.elf.machine"),  # no machine
        ("tool", 0, "wheel.elf.machine"),
    ],
)
def test_a_file_for_no_tag_is_foreign_where_the_loader_is_asked_for_it(
    make_elf: MakeElf, name: str, machine: int, rule: str
) -> None:
    elf = make_elf("x86_64")
    elf.name, elf.machine = name, machine
    assert not is_data(elf)
    assert [finding.rule for finding in origin(elf, Policy("x86_64"))] == [rule]


@pytest.mark.parametrize(("name", "machine"), [("k.hsaco", 224), ("p.bpf.o", 247)])
def test_code_for_other_processors_is_data(
    make_elf: MakeElf, name: str, machine: int
) -> None:
    elf = make_elf("x86_64")
    elf.name, elf.machine = name, machine
    assert is_data(elf)
