"""What follows from the facts of an ELF file."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.elf import (
    ET_DYN,
    ET_EXEC,
    ET_REL,
    Elf,
    VersionNeed,
)

ET_CORE = 4


@pytest.mark.parametrize(
    ("kind", "interpreter", "executable", "shared", "loadable"),
    [
        (ET_DYN, None, False, True, True),
        (ET_DYN, "/lib/ld.so", True, False, True),  # position-independent
        (ET_EXEC, "/lib/ld.so", True, False, True),
        (ET_EXEC, None, True, False, True),  # static
        (ET_REL, None, False, False, False),
        (ET_CORE, None, False, False, False),
    ],
)
def test_type_and_interpreter_tell_programs_from_libraries(
    kind: int, interpreter: str | None, executable: bool, shared: bool, loadable: bool
) -> None:
    elf = Elf("a.so")
    elf.type, elf.interpreter = kind, interpreter
    assert elf.is_executable is executable
    assert elf.is_shared_object is shared
    assert elf.is_loadable is loadable


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
    assert known == {
        "big_endian": False,
        "bits": 0,
        "dynamic": False,
        "example_symbols": {},
        "exports": set(),
        "flags": 0,
        "interpreter": None,
        "isa_needed": 0,
        "machine": 0,
        "name": "a.so",
        "needed": [],
        "osabi": 0,
        "relr": False,
        "runpaths": [],
        "soname": "",
        "stack": None,
        "static_tls": False,
        "textrel": False,
        "type": 0,
        "undefined": {},
        "version_needs": [],
    }


def test_version_need_names_library_and_node() -> None:
    need = VersionNeed("libc.so.6", "GLIBC_2.17", 3, weak=True)
    assert (need.library, need.node, need.index, need.weak) == (
        *("libc.so.6", "GLIBC_2.17"),
        *(3, True),
    )
