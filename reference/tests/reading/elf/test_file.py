"""What follows from the facts of an ELF file."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.elf.file import (
    DF_1_NOOPEN,
    DF_1_PIE,
    ET_DYN,
    ET_EXEC,
    ET_REL,
    MACHINES,
    Elf,
    VersionNeed,
)
from manylinux_reference.reading.policy import Policy, architectures

ET_CORE = 4


PIE, LOADER = DF_1_PIE, "/lib/ld.so"


@pytest.mark.parametrize(
    ("kind", "facts", "kinds"),
    [
        (ET_DYN, {}, "shared"),
        (ET_DYN, {"interpreter": LOADER}, "executable"),  # before DF_1_PIE
        (ET_DYN, {"interpreter": LOADER, "soname": "libQt6Core.so.6"}, "shared"),
        (ET_DYN, {"flags_1": PIE, "interpreter": LOADER}, "executable"),
        (ET_DYN, {"flags_1": PIE, "soname": "a.so"}, "executable static"),
        (ET_DYN, {"flags_1": PIE, "needed": ["libc.so.6"]}, "executable"),
        (ET_DYN, {"flags_1": DF_1_NOOPEN}, "shared"),
        (ET_DYN, {"dynamic": False}, ""),
        (ET_EXEC, {"interpreter": LOADER}, "executable"),
        (ET_EXEC, {}, "executable static"),
        (ET_REL, {}, ""),
        (ET_CORE, {}, ""),
    ],
)
def test_programs_and_libraries_are_told_apart(
    kind: int, facts: dict[str, object], kinds: str
) -> None:
    elf = Elf("a")
    elf.type, elf.dynamic = kind, True
    for name, value in facts.items():
        setattr(elf, name, value)
    known = {
        "executable": elf.is_executable,
        "shared": elf.is_shared_object,
        "static": elf.is_static,
    }
    assert " ".join(name for name in sorted(known) if known[name]) == kinds


@pytest.mark.parametrize(
    ("name", "flags", "is_executable"),
    [
        ("p/tool", 0, True),
        ("p-1.data/scripts/tool", 0, True),
        ("p/_ext.abi3.so", 0, False),
        ("p/libfoo.so.1.2", 0, False),
        ("p/_ext.abi3.so", PIE, True),
    ],
)
def test_file_with_interpreter_is_a_program_unless_it_is_named_as_a_library(
    name: str, flags: int, is_executable: bool
) -> None:
    elf = Elf(name)
    elf.type, elf.dynamic = ET_DYN, True
    elf.interpreter, elf.flags_1 = LOADER, flags
    assert elf.is_executable is is_executable


@pytest.mark.parametrize(
    ("kind", "machine", "debug", "loadable"),
    [
        (ET_DYN, 62, False, True),
        (ET_EXEC, 183, False, True),
        (ET_DYN, 62, True, False),
        (ET_REL, 62, False, False),
        (ET_CORE, 62, False, False),
        (ET_DYN, 224, False, False),  # AMD GPU
        (ET_EXEC, 190, False, False),  # CUDA
    ],
)
def test_loader_is_asked_for_files_of_its_machine(
    kind: int, machine: int, debug: bool, loadable: bool
) -> None:
    elf = Elf("a.so")
    elf.type, elf.machine, elf.debug = kind, machine, debug
    assert elf.is_loadable is loadable


def test_machines_are_those_of_the_policy() -> None:
    assert {Policy(arch).machine for arch in architectures()} == MACHINES


def test_empty_search_path_has_no_element() -> None:
    elf = Elf("a.so")
    assert elf.runpaths == []
    elf.rpath, elf.runpath = "a:", ":b"
    assert elf.runpaths == ["a", "", "", "b"]


@pytest.mark.parametrize(("bits", "wide"), [(32, False), (64, True)])
def test_class_is_that_of_addresses(bits: int, wide: bool) -> None:
    elf = Elf("a.so")
    elf.bits = bits
    assert elf.is_64_bit is wide


@pytest.mark.parametrize(
    ("name", "base", "stem"),
    [
        ("a/b/mod.cpython-312.so", "mod.cpython-312.so", b"mod"),
        ("mod.so", "mod.so", b"mod"),
        ("a.b/ü", "ü", "ü".encode()),
    ],
)
def test_stem_is_the_name_of_an_extension_module(
    name: str, base: str, stem: bytes
) -> None:
    elf = Elf(name)
    assert (elf.base_name, elf.stem) == (base, stem)


def test_nothing_is_known_of_a_file_that_was_not_read() -> None:
    elf = Elf("a.so")
    known = {name: getattr(elf, name) for name in Elf.__slots__}
    assert {name: value for name, value in known.items() if value} == {"name": "a.so"}
    assert known["interpreter"] is known["stack"] is known["kernel"] is None


def test_version_need_names_library_and_node() -> None:
    need = VersionNeed("libc.so.6", "GLIBC_2.17", 3, weak=True)
    assert not need.strong
    assert (need.library, need.node, need.index, need.weak) == (
        *("libc.so.6", "GLIBC_2.17"),
        *(3, True),
    )
