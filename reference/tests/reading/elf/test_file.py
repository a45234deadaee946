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
    has_tag_of_module,
    is_library_name,
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
    assert need.symbols == need.names == []
    assert (need.library, need.node, need.index, need.weak) == (
        *("libc.so.6", "GLIBC_2.17"),
        *(3, True),
    )


@pytest.mark.parametrize(
    ("name", "of_library", "of_module", "tagged"),
    [
        ("p/mod.so", True, True, False),
        ("p/libmod.so", True, False, False),  # any library may be called so
        ("p/my-mod.so", True, False, False),  # no identifier
        ("p/a.b.so", True, False, False),
        ("p/mod.abi3.so", True, True, True),
        ("p/libmod.abi3.so", True, True, True),  # a tag says what it is
        ("p/mod.ABI3.so", True, False, False),
        ("p/mod.abi3t.so", True, False, False),
        ("p/mod.cpython-312-x86_64-linux-gnu.so", True, True, True),
        ("p/mod.pypy311-pp73-x86_64-linux-gnu.so", True, True, True),
        ("p/mod.graalpy250-312-native.so", True, True, True),
        ("p/a.b.cpython-312.so", True, False, False),
        ("p/mod.abi3.so.1", True, False, False),
        ("p/mod.abi3", False, False, False),
        ("p/mod", False, False, False),
        ("p/mod.SO", False, False, False),
        ("p/.so", False, False, False),
        ("p/x.so.so", True, False, False),
        ("p/liba.so.1.2", True, False, False),
        ("p/liba.so1", False, False, False),
        ("p/liba.so.1a", False, False, False),
        ("p/liba.so.1.so", True, False, False),
        ("p/liba.so.", False, False, False),
    ],
)
def test_kind_of_a_file_is_told_by_its_name(
    name: str, of_library: bool, of_module: bool, tagged: bool
) -> None:
    # importlib.machinery.EXTENSION_SUFFIXES; the ends of SONAMEs
    elf = Elf(name)
    base = name.removeprefix("p/")
    assert (elf.is_named_as_module, has_tag_of_module(base)) == (of_module, tagged)
    assert is_library_name(base) is of_library


@pytest.mark.parametrize(
    ("name", "is_program"),
    [
        ("p-1.data/scripts/tool", True),
        ("p-1.data/scripts/liba.so.1", False),
        ("p-1.data/platlib/tool", False),
        ("p-1.DATA/scripts/tool", False),
        ("p/tool", False),
    ],
)
def test_what_installers_put_where_programs_are_is_one(
    name: str, is_program: bool
) -> None:
    elf = Elf(name)
    elf.type = ET_DYN
    assert (elf.is_script, elf.is_executable) == (is_program, is_program)
