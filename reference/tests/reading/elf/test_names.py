"""Names that a file asks for and those that others find in it (``do_lookup_x``)."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.dynamic import Dynamic
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf, VersionNeed
from manylinux_reference.reading.elf.names import read_names
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import (
    BASE,
    DEFINED,
    GLOBAL,
    HASH,
    STRTAB,
    SYMTAB,
    UNDEFINED,
    VERSYM,
    WEAK,
    Image,
    Symbol,
)

ABSOLUTE = 0xFFF1  # SHN_ABS
LOCAL_FUNC, FUNC, OBJECT, TLS, IFUNC = 0x02, 0x12, 0x11, 0x16, 0x1A
# name, st_info, st_shndx, st_other, st_value; found are those that begin with "yes"
KINDS = [
    ("yes_func", FUNC, DEFINED, 0, 1),
    ("no_local", LOCAL_FUNC, DEFINED, 0, 1),
    ("yes_object", OBJECT, DEFINED, 0, 1),
    ("yes_weak", 0x22, DEFINED, 0, 1),
    ("yes_unique", 0xA1, DEFINED, 0, 1),
    ("yes_of_no_type", GLOBAL, DEFINED, 0, 1),
    ("yes_common", 0x15, DEFINED, 0, 1),
    ("no_section", 0x13, DEFINED, 0, 1),
    ("no_file", 0x14, DEFINED, 0, 1),
    ("no_other_type", 0x1F, DEFINED, 0, 1),
    ("no_other_binding", 0x32, DEFINED, 0, 1),
    ("no_last_binding", 0xF2, DEFINED, 0, 1),
    ("yes_ifunc", IFUNC, DEFINED, 0, 1),
    ("no_internal", FUNC, DEFINED, 1, 1),
    ("no_hidden", FUNC, DEFINED, 2, 1),
    ("yes_protected", FUNC, DEFINED, 3, 1),
    ("yes_of_ppc64", FUNC, DEFINED, 0x60, 1),  # a local entry point
    ("no_hidden_of_ppc64", FUNC, DEFINED, 0x62, 1),
    ("no_undefined", FUNC, UNDEFINED, 0, 1),
    ("yes_section_256", FUNC, 0x100, 0, 1),
    ("yes_value_256", FUNC, DEFINED, 0, 0x100),
    ("yes_value_of_the_upper_byte", FUNC, DEFINED, 0, 0x40000000),
    ("no_value", FUNC, DEFINED, 0, 0),
    ("yes_absolute", FUNC, ABSOLUTE, 0, 0),
    ("yes_tls", TLS, DEFINED, 0, 0),
    ("no_value_either", OBJECT, DEFINED, 0, 0),
]


def opened(
    image: Image,
    symbols: list[tuple[str, int, int, int, int]],
    versions: list[int] | None = None,
    first: int = 1,
) -> tuple[Dynamic, Elf]:
    """Return a file whose hash table leads to every symbol from ``first`` on."""
    more = {name: (other, value) for name, *_, other, value in symbols}
    image.symbols(*((name, info, at) for name, info, at, *_ in symbols), more=more)
    count = len(symbols) + 1
    image.table(HASH, struct.pack(f"{image.order}2I", 1, count))
    if versions is not None:
        numbers = struct.pack(f"{image.order}{count}H", 0, *versions)
        image.table(VERSYM, numbers)
    dynamic, elf = image.dynamic()
    dynamic.first, dynamic.walk = first, lambda _: range(first, count)
    return dynamic, elf


@pytest.mark.parametrize("first", [1, 3])
def test_others_find_what_the_loader_lets_them_find(first: int, image: Image) -> None:
    dynamic, elf = opened(image, KINDS, first=first)
    read_names(dynamic, elf)
    exported = elf.exported
    assert exported is not None
    names = [name for name, *_ in KINDS]
    found = {name for name in names[first - 1 :] if name.startswith("yes")}
    assert {name for name in names if exported.has(name.encode())} == found
    assert exported.hashes() == {hash(name.encode()) for name in found}
    assert not exported.has(b"yes")


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_symbol_is_found_or_not_wherever_it_stands(number: int, image: Image) -> None:
    name, *_ = KINDS[number]
    for symbols in (KINDS[number:], KINDS[number : number + 1]):
        dynamic, elf = opened(Image(image.bits, image.order), symbols)
        read_names(dynamic, elf)
        assert elf.exported is not None
        assert elf.exported.has(name.encode()) is name.startswith("yes")
        assert elf.exported.first == 1


@pytest.mark.parametrize(
    ("versions", "node", "found"),
    [
        ([2, 3], "A_1", {"a"}),
        ([2, 3], "A_2", {"b"}),
        ([2, 0x8003], "A_2", {"b"}),
        ([2, 0x8003], "", {"a"}),
        ([1, 3], "A_1", {"a"}),
    ],
)
def test_names_are_exported_under_their_versions(
    versions: list[int], node: str, found: set[str], image: Image
) -> None:
    symbols = [(name, FUNC, DEFINED, 0, 1) for name in "ab"]
    dynamic, elf = opened(image, symbols, versions)
    dynamic.nodes = {2: "A_1", 3: "A_2"}
    read_names(dynamic, elf)
    assert elf.exported is not None
    assert {name for name in "ab" if elf.exported.has(name.encode(), node)} == found


# name, st_info, st_shndx, number of the version
WANTED = [
    ("foo", GLOBAL, UNDEFINED, 0),
    ("PyList_New", GLOBAL, UNDEFINED, 0),
    ("_ZNSt6vectorIiE", GLOBAL, UNDEFINED, 1),
    ("old", FUNC, UNDEFINED, 2),
    ("perhaps", WEAK, UNDEFINED, 0),
    ("perhaps_old", 0x22, UNDEFINED, 2),
    ("mine", GLOBAL, DEFINED, 1),
    ("section_256", GLOBAL, 0x100, 1),
    ("_PyRuntime", GLOBAL, UNDEFINED, 1),
    ("", GLOBAL, UNDEFINED, 0),
    ("hidden_old", OBJECT, UNDEFINED, 0x8002),
    ("new", LOCAL_FUNC, UNDEFINED, 3),
    ("__cxa_throw", FUNC, UNDEFINED, 0),
    ("__cxa_finalize", FUNC, UNDEFINED, 0x8001),
    ("_Znwm", 0xA2, UNDEFINED, 0),
    ("bar", 0xF2, UNDEFINED, 0),
]
LOOSE = ["foo", "__cxa_finalize", "bar"]
OF_CXX = ["_ZNSt6vectorIiE", "__cxa_throw", "_Znwm"]


def wanting(
    image: Image, used: set[int], *, versions: bool = True, kind: int = ET_DYN
) -> tuple[Dynamic, Elf]:
    symbols = [(name, info, where, 0, 1) for name, info, where, _ in WANTED]
    numbers = [version for *_, version in WANTED] if versions else None
    dynamic, elf = opened(image, symbols, numbers)
    dynamic.used, elf.type = used, kind
    if versions:
        elf.version_needs = [
            VersionNeed("libc.so.6", f"GLIBC_2.{index}", index, weak=False)
            for index in (2, 3, 4)
        ]
    return dynamic, elf


@pytest.mark.parametrize("kind", [ET_DYN, ET_EXEC])
def test_names_are_asked_for_under_versions_or_without(kind: int, image: Image) -> None:
    dynamic, elf = wanting(image, set(range(len(WANTED) + 1)), kind=kind)
    elf.needed = ["libc.so.6"]
    read_names(dynamic, elf)
    assert (elf.loose, elf.unversioned) == (LOOSE, OF_CXX)
    assert [need.names for need in elf.version_needs] == [
        *([b"old", b"hidden_old"], [b"new"], [])
    ]
    assert elf.exported is not None


def test_without_versions_every_name_is_loose(image: Image) -> None:
    dynamic, elf = wanting(image, set(range(1, len(WANTED) + 1)), versions=False)
    read_names(dynamic, elf)
    more = ["foo", "old", "hidden_old", "new", "__cxa_finalize", "bar"]
    assert (elf.loose, elf.unversioned) == (more, OF_CXX)


@pytest.mark.parametrize("number", [1, 3, 4, 16])
def test_names_count_that_relocations_use(number: int, image: Image) -> None:
    dynamic, elf = wanting(image, {number})
    read_names(dynamic, elf)
    found = [*elf.loose, *elf.unversioned]
    found += [name.decode() for need in elf.version_needs for name in need.names]
    assert found == [WANTED[number - 1][0]]


def test_program_of_its_own_is_asked_for_versions_alone(image: Image) -> None:
    dynamic, elf = wanting(image, set(range(len(WANTED) + 1)), kind=ET_EXEC)
    read_names(dynamic, elf)  # and needs no library that could have the others
    assert elf.version_needs[0].names == [b"old", b"hidden_old"]
    assert (elf.loose, elf.unversioned, elf.exported) == ([], [], None)
    dynamic, elf = wanting(Image(), {1}, versions=False, kind=ET_EXEC)
    read_names(dynamic, elf)
    assert (elf.loose, elf.unversioned, elf.exported) == ([], [], None)


@pytest.mark.parametrize("version", [4, 0x8004, 5])
def test_name_of_no_library_has_no_version(version: int, image: Image) -> None:
    dynamic, elf = opened(image, [("foo", GLOBAL, UNDEFINED, 0, 0)], [version])
    elf.version_needs = [VersionNeed("libc.so.6", "GLIBC_2.2", 2, weak=False)]
    dynamic.used = {1}
    with pytest.raises(UnusableError, match=r"of a version of the file's own$"):
        read_names(dynamic, elf)


@pytest.mark.parametrize("missing", [SYMTAB, STRTAB])
def test_without_symbols_nothing_is_asked_for(missing: int, image: Image) -> None:
    symbol: Symbol = ("foo", GLOBAL, UNDEFINED)
    image.symbols(symbol)
    if missing == SYMTAB:
        image.entries = [(HASH, BASE)]
    dynamic, elf = image.dynamic(strings=missing != STRTAB)
    read_names(dynamic, elf)
    assert (elf.loose, elf.exported) == ([], None)
