"""Detection: raw answers of systems, real and imagined."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.system import (
    InterpreterHeader,
    SystemAnswers,
    read_header,
)
from manylinux_reference.rules.installer.order import Ranks
from manylinux_reference.rules.installer.platform import (
    LONGEST_VERSION,
    Environment,
    decisive_system,
    detect,
    glibc_version,
    leading_version,
)

EM_386, EM_ARM, EM_PPC64, EM_X86_64 = 3, 40, 21, 62


def header(
    machine: int, bits: int = 64, flags: int = 0, order: str = "<", size: int = 64
) -> bytes:
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    addresses = "QQQ" if bits == 64 else "III"
    packed = struct.pack(f"{order}HHI{addresses}I", 2, machine, 1, 0, 0, 0, flags)
    return (ident + packed).ljust(size, b"\0")


def system(platform: str, interpreter: bytes) -> SystemAnswers:
    """Return the answers of a system whose process is as wide as its interpreter."""
    shown = read_header(interpreter)
    narrow = platform in {"linux-i686", "linux-armv7l"}
    width = shown.bits if shown else 32 if narrow else 64
    return SystemAnswers(
        platform, "glibc 2.39", "2.39", interpreter=interpreter, pointer_bits=width
    )


X86_64 = header(EM_X86_64)
HARD_FLOAT = header(EM_ARM, 32, 0x05000400)


@pytest.mark.parametrize(
    ("platform", "interpreter", "linux", "arch"),
    [
        ("linux-x86_64", X86_64, ("x86_64",), "x86_64"),
        ("linux-x86_64", header(EM_386, 32), ("i686",), "i686"),
        ("linux-x86_64", header(EM_X86_64, 32), ("i686",), ""),
        ("linux-i686", header(EM_386, 32), ("i686",), "i686"),
        ("linux-i686", b"#!/bin/sh", ("i686",), ""),
        ("linux-i386", header(EM_386, 32), ("i386",), "i386"),
        ("linux-armv7l", HARD_FLOAT, ("armv7l",), "armv7l"),
        ("linux-armv7l", header(EM_ARM, 32, 0x05000200), ("armv7l",), ""),
        ("linux-armv7l", header(EM_ARM, 32, 0x04000400), ("armv7l",), ""),
        ("linux-armv7l", b"", ("armv7l",), ""),
        ("linux-armv8l", HARD_FLOAT, ("armv8l", "armv7l"), "armv7l"),
        ("linux-aarch64", HARD_FLOAT, ("armv8l", "armv7l"), "armv7l"),
        ("linux-aarch64", header(183), ("aarch64",), "aarch64"),
        ("linux-armv6l", HARD_FLOAT, ("armv6l",), ""),
        ("linux-ppc64", header(EM_PPC64, order=">"), ("ppc64",), "ppc64"),
        ("linux-mips64", header(8, order=">"), ("mips64",), "mips64"),
        ("linux-mips64", b"", ("mips64",), "mips64"),
    ],
)
def test_machine_and_interpreter_give_the_architecture(
    platform: str, interpreter: bytes, linux: tuple[str, ...], arch: str
) -> None:
    answers = system(platform, interpreter)
    assert detect(answers) == Environment(linux, arch, (2, 39))


@pytest.mark.parametrize("platform", ["macosx-11.0-arm64", "win-amd64", "freebsd-14"])
def test_other_systems_than_linux_have_no_tags(platform: str) -> None:
    answers = SystemAnswers(platform, "glibc 2.39", "2.39", interpreter=X86_64)
    assert detect(answers) == Environment((), "", None)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.36", (2, 36)),
        ("2.20-2014.11", (2, 20)),
        ("2.43.9000", (2, 43)),
        ("2.17-326.el7", (2, 17)),
        ("3.1", (3, 1)),
        ("2", None),
        ("2.", None),
        (".17", None),
        ("", None),
        ("glibc-2.4.5", None),
        ("+2.17", None),
        ("\uff12.17", None),
        ("2.\uff11", None),
        ("2." + "9" * 10_000, None),
    ],
)
def test_leading_numbers_are_the_version(
    text: str, version: tuple[int, int] | None
) -> None:
    assert (
        glibc_version(SystemAnswers("linux-x86_64", f"glibc {text}", text)) == version
    )


@pytest.mark.parametrize(
    ("confstr", "library", "version"),
    [
        ("glibc 2.28", "2.36", (2, 28)),
        ("glibc 2.28 of ours", "2.36", (2, 28)),
        (None, "2.36", (2, 36)),
        ("no version", "2.36", (2, 36)),
        ("glibc ", "2.36", (2, 36)),
        ("musl 1.2", None, None),
        (None, None, None),
    ],
)
def test_confstr_is_asked_before_the_library(
    confstr: str | None, library: str | None, version: tuple[int, int] | None
) -> None:
    assert glibc_version(SystemAnswers("linux-x86_64", confstr, library)) == version


def test_interpreter_linked_statically_has_no_glibc_whatever_answers() -> None:
    answers = SystemAnswers("linux-x86_64", "glibc 2.36", "2.36", static=True)
    assert glibc_version(answers) is None


def test_header_says_class_order_machine_and_flags() -> None:
    assert read_header(HARD_FLOAT) == InterpreterHeader(
        bits=32, little_endian=True, machine=EM_ARM, flags=0x05000400
    )
    assert read_header(header(EM_PPC64, order=">", flags=1)) == InterpreterHeader(
        bits=64, little_endian=False, machine=EM_PPC64, flags=1
    )


def test_header_of_no_class_is_none() -> None:
    assert read_header(b"\x7fELF" + bytes(60)) is None


@given(st.binary(max_size=80))
def test_any_bytes_are_a_header_or_none(data: bytes) -> None:
    found = read_header(b"\x7fELF" + data)
    assert found is None or found.bits in (32, 64)


@given(st.text(max_size=30), st.none() | st.text(max_size=30))
def test_any_version_text_gives_a_version_or_none(
    confstr: str, library: str | None
) -> None:
    version = glibc_version(SystemAnswers("linux-x86_64", confstr, library))
    assert version is None or min(version) >= 0


def test_version_text_has_a_largest_length() -> None:
    longest = "2.17-".ljust(LONGEST_VERSION, "x")
    assert leading_version(longest) == (2, 17)
    assert leading_version(f"{longest}x") is None


@pytest.mark.parametrize(
    ("platform", "linux"),
    [
        ("linux-x86-64.v 2", ("x86_64_v_2",)),
        ("linux-armv5tel", ("armv5tel",)),
        ("linux-armv4l", ("armv4l",)),
    ],
)
def test_machine_is_spelled_as_in_a_tag(platform: str, linux: tuple[str, ...]) -> None:
    answers = SystemAnswers(platform, interpreter=X86_64)
    assert detect(answers).linux == linux


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("machine", [EM_386, EM_ARM])
def test_interpreter_of_32_bits_is_little_endian(
    order: str, bits: int, machine: int
) -> None:
    name = {EM_386: "i686", EM_ARM: "armv7l"}[machine]
    interpreter = header(machine, bits, 0x05000400, order)
    answers = system(f"linux-{name}", interpreter)
    right = order == "<" and bits == 32
    assert detect(answers).arch == (name if right else "")


def test_target_decides_and_not_what_runs_the_tool() -> None:
    target, tool = SystemAnswers("linux-s390x"), SystemAnswers("linux-x86_64")
    assert decisive_system({"tool": tool, "target": target}) is target


# From architectures.toml and the processor supplements of the gABI: an interpreter of
# each architecture, and others that run under a kernel of the same name.
MADE_FOR = {
    "x86_64": header(EM_X86_64),
    "aarch64": header(183),
    "ppc64": header(EM_PPC64, flags=1, order=">"),
    "ppc64le": header(EM_PPC64, flags=2),
    "s390x": header(22, order=">"),
    "riscv64": header(243, flags=5),
    "loongarch64": header(258, flags=0x43),
}
OTHERS = [
    ("x86_64", "x32", header(EM_X86_64, 32)),
    ("aarch64", "ILP32", header(183, 32)),
    ("aarch64", "big-endian", header(183, order=">")),
    ("ppc64", "ELFv2", header(EM_PPC64, flags=2, order=">")),
    ("ppc64le", "ELFv1", header(EM_PPC64, flags=1)),
    ("ppc64le", "big-endian", header(EM_PPC64, flags=2, order=">")),
    ("s390x", "31-bit", header(22, 32, order=">")),
    ("s390x", "little-endian", header(22)),
    ("riscv64", "soft float", header(243, flags=1)),
    ("riscv64", "single float", header(243, flags=3)),
    ("riscv64", "RVE", header(243, flags=0xD)),
    ("riscv64", "32-bit", header(243, 32, flags=5)),
    ("loongarch64", "soft float", header(258, flags=0x41)),
    ("loongarch64", "object file version 0", header(258, flags=0x3)),
    *((name, "a processor of no name", header(8)) for name in MADE_FOR),
]


@pytest.mark.parametrize("name", MADE_FOR)
def test_interpreter_of_an_architecture_gets_its_tags(name: str) -> None:
    assert detect(system(f"linux-{name}", MADE_FOR[name])).arch == name


@pytest.mark.parametrize(("name", "_what", "interpreter"), OTHERS)
@pytest.mark.parametrize("width", [32, 64])
def test_interpreter_of_another_abi_gets_no_manylinux_tag(
    name: str, _what: str, interpreter: bytes, width: int
) -> None:
    answers = system(f"linux-{name}", interpreter)
    assert detect(answers).arch == ""
    assert detect(replace(answers, pointer_bits=width)).arch == ""


@pytest.mark.parametrize(
    ("kernel", "name"), [("i686", "x86_64"), ("armv8l", "aarch64")]
)
def test_64_bit_interpreter_under_a_32_bit_personality_gets_no_32_bit_tag(
    kernel: str, name: str
) -> None:
    for interpreter in (MADE_FOR[name], b""):
        answers = SystemAnswers(f"linux-{kernel}", interpreter=interpreter)
        assert detect(answers).arch == ""


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *(("x86_64", True), ("aarch64", True), ("s390x", True)),
        *(("ppc64", False), ("ppc64le", False)),
        *(("riscv64", False), ("loongarch64", False)),
        *(("i686", False), ("armv7l", False)),
    ],
)
def test_width_is_enough_where_it_leaves_one_abi(name: str, known: bool) -> None:
    assert detect(SystemAnswers(f"linux-{name}")).arch == (name if known else "")


@pytest.mark.parametrize(
    ("machine", "name"), [("x86_64", "i686"), ("aarch64", "armv8l")]
)
def test_process_tells_its_width_and_not_the_kernel(machine: str, name: str) -> None:
    answers = SystemAnswers(f"linux-{machine}", pointer_bits=32)
    assert detect(answers).linux == (name,)
    assert detect(answers).arch == ""


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader\n", (1, 2)),
        ("musl libc\nVersion 1.1\n", (1, 1)),
        ("ld.so (GNU libc)\nVersion 2.36\n", None),
        ("musl libc (x86_64)\nRelease 1.2.5\n", None),
        ("musl libc (x86_64)\n", None),
        ("", None),
    ],
)
def test_musl_is_known_by_what_its_loader_says(
    said: str, version: tuple[int, int] | None
) -> None:
    answers = SystemAnswers("linux-x86_64", interpreter=X86_64, musl=said)
    assert detect(answers) == Environment(("x86_64",), "x86_64", None, version)


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("musllinux_1_2_x86_64", True),
        ("musllinux_1_1_x86_64.manylinux_2_17_x86_64", True),
        ("musllinux_1_3_x86_64", False),
        ("musllinux_0_9_x86_64", False),
        ("musllinux_1_2_aarch64", False),
        ("musllinux_1_x86_64", False),
        ("musllinux_1_+2_x86_64", False),
        ("manylinux_2_17_x86_64", False),
    ],
)
def test_musllinux_tag_fits_the_musl_of_the_environment(tag: str, fits: bool) -> None:
    musl = Environment(("x86_64",), "x86_64", None, (1, 2))
    assert (Ranks(musl)[tag] is not None) == fits
    glibc = Environment(("x86_64",), "x86_64", (2, 5))
    assert Ranks(glibc)[tag] is None
