"""The dynamic section: what it names, and what is wrong with a damaged one."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading import budget
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.dynamic import read_dynamic
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import (
    BASE,
    FLAGS,
    NEEDED,
    NULL,
    RELR,
    RELRENT,
    RPATH,
    RUNPATH,
    SONAME,
    STRSZ,
    STRTAB,
    TEXTREL,
    VERDEF,
    VERNEED,
    VERNEEDNUM,
    VERSYM,
    Image,
    name_hash,
)

FILTER, AUXILIARY, AUDIT, DEPAUDIT = 0x7FFFFFFF, 0x7FFFFFFD, 0x6FFFFEFC, 0x6FFFFEFB
WORD = (RELRENT, -1)  # stands for the size of an address
Need = tuple[str, list[tuple[str, int, int]]]  # library; node, flags, index


def read(image: Image, *, strings: bool = True) -> Elf:
    dynamic, elf = image.dynamic(strings=strings)
    read_dynamic(dynamic, elf)
    return elf


def read_names(image: Image, *names: tuple[int, str]) -> Elf:
    image.entries += [(tag, image.string(name)) for tag, name in names]
    return read(image)


def test_entries_are_read_up_to_the_null_entry(image: Image) -> None:
    image.entries = [(NEEDED, 3), (SONAME, 4), (NEEDED, 7), (NULL, 0), (RELR, 1)]
    dynamic, _ = image.dynamic()
    assert dynamic.all(NEEDED) == [3, 7]
    assert (dynamic.one(NEEDED), dynamic.one(SONAME)) == (7, 4)
    assert NEEDED in dynamic
    assert RELR not in dynamic
    assert (dynamic.all(RELR), dynamic.one(RELR)) == ([], 0)


def test_section_ends_with_a_null_entry(image: Image) -> None:
    image.entries, image.end = [(NEEDED, 3)], ((NEEDED, 7),)
    with pytest.raises(UnusableError, match="does not end in DT_NULL"):
        image.dynamic()


def test_values_are_unsigned(image: Image) -> None:
    largest = 2**image.bits - 1
    image.entries = [(VERNEED, largest)]
    dynamic, _ = image.dynamic()
    assert dynamic.one(VERNEED) == largest


def test_section_is_bounded(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    image.end = ((NEEDED, 1), (NEEDED, 2), (NULL, 0))
    monkeypatch.setattr("manylinux_reference.reading.elf.dynamic.MOST_ENTRIES", 3)
    image.dynamic(strings=False)
    monkeypatch.setattr("manylinux_reference.reading.elf.dynamic.MOST_ENTRIES", 2)
    reason = f"^a dynamic section of {3 * 2 * image.word} bytes$"
    with pytest.raises(UnusableError, match=reason):
        image.dynamic(strings=False)


@pytest.mark.parametrize(
    ("address", "offset"),
    [(0x1000, 0), (0x100F, 15), (0x3000, 4), (0x3001, 5)],
)
def test_address_is_somewhere_in_the_file(
    address: int, offset: int, image: Image
) -> None:
    image.entries = [(SONAME, address)]
    image.loads = [(0x1000, 16, 0), (0x3000, 2, 4)]
    dynamic, _ = image.dynamic()
    assert dynamic.offset(SONAME) == offset


@pytest.mark.parametrize("address", [0, 0xFFF, 0x1010, 0x2FFF, 0x3002])
def test_address_in_no_segment_is_refused(address: int, image: Image) -> None:
    image.entries = [(SONAME, address), (STRTAB, address), (STRSZ, 4)]
    image.loads = [(0x1000, 16, 0), (0x3000, 2, 4)]
    dynamic, elf = image.dynamic(strings=False)
    reason = f"^the address {address:#x} is in no segment of the file$"
    with pytest.raises(UnusableError, match=reason):
        dynamic.offset(SONAME)
    with pytest.raises(UnusableError, match=reason):
        read_dynamic(dynamic, elf)


def test_string_ends_at_its_null_byte(image: Image) -> None:
    image.data.clear()  # the table may be at the beginning of the file
    at = image.string("libc.so.6")
    dynamic, _ = image.dynamic()
    assert dynamic.string_table() == (0, 11)
    assert dynamic.string(0) == ""
    assert dynamic.string(at) == "libc.so.6"
    assert dynamic.string(at + 3) == "c.so.6"
    assert dynamic.string(10) == ""


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (8, "^a name at 8, past the end of the string table$"),
        (9, "^a name at 9, past the end of the string table$"),
        (1000, "^a name at 1000, past the end of the string table$"),
        (4, "^the name at 4 of the string table has no end$"),
    ],
)
def test_string_is_inside_of_its_table(at: int, reason: str, image: Image) -> None:
    image.strings[:] = b"a\0\xff\0bcde"
    image.entries = [(NEEDED, at)]
    dynamic, elf = image.dynamic()
    assert dynamic.string(0) == "a"
    assert dynamic.string(2) == "\\xff"  # not UTF-8, but readable
    with pytest.raises(UnusableError, match=reason):
        dynamic.string(at)
    with pytest.raises(UnusableError, match=reason):
        read_dynamic(dynamic, elf)


def test_string_has_a_largest_length(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("manylinux_reference.reading.elf.dynamic.LONGEST_STRING", 8)
    short, long = image.string("liba.so"), image.string("libab.so")
    dynamic, _ = image.dynamic()
    assert dynamic.string(short) == "liba.so"
    with pytest.raises(UnusableError, match="has no end"):
        dynamic.string(long)


@pytest.mark.parametrize("table", [[], [(STRTAB, BASE)], [(STRSZ, 4)]])
def test_name_without_a_string_table_is_refused(
    table: list[tuple[int, int]], image: Image
) -> None:
    image.entries = [*table, (NEEDED, 1)]
    with pytest.raises(UnusableError, match=r"^names without a string table$"):
        read(image, strings=False)


def test_section_without_names_needs_no_string_table(image: Image) -> None:
    elf = read(image, strings=False)
    assert elf.dynamic
    assert (elf.needed, elf.soname, elf.runpaths) == ([], "", [])


def test_names_are_those_of_the_string_table(image: Image) -> None:
    elf = read_names(
        image,
        (NEEDED, "libc.so.6"),
        (SONAME, "libfirst.so"),
        (NEEDED, "libm.so.6"),
        (SONAME, "libmine.so"),
    )
    assert elf.dynamic
    assert elf.needed == ["libc.so.6", "libm.so.6"]
    assert elf.soname == "libmine.so"  # the loader takes the last


def test_search_path_is_that_of_the_last_entries(image: Image) -> None:
    elf = read_names(
        image,
        (RUNPATH, "/x:$ORIGIN"),
        (RUNPATH, ""),
        (RUNPATH, "$ORIGIN:/y"),
        (RPATH, "/a"),
        (RPATH, ":b"),
    )
    assert (elf.rpath, elf.runpath) == (":b", "$ORIGIN:/y")
    assert elf.runpaths == ["", "b", "$ORIGIN", "/y"]


@pytest.mark.parametrize("tag", [FILTER, AUXILIARY, AUDIT, DEPAUDIT])
def test_filters_and_auditors_are_libraries_too(tag: int, image: Image) -> None:
    elf = read_names(image, (NEEDED, "libc.so.6"), (tag, "liba.so"))
    assert (elf.needed, elf.filters) == (["libc.so.6"], ["liba.so"])


def test_auditors_are_a_list_of_which_the_last_counts(image: Image) -> None:
    names = [(AUDIT, "liba.so"), (AUDIT, "libb.so::libc.so"), (FILTER, "libd.so")]
    assert read_names(image, *names).filters == ["libd.so", "libb.so", "libc.so"]


@pytest.mark.parametrize(
    ("entries", "marked"),
    [
        ([(RELR, 1), WORD], {"relr"}),
        ([(TEXTREL, 0)], {"textrel"}),
        ([(FLAGS, 0x4)], {"textrel"}),
        ([(FLAGS, 0x10)], {"static_tls"}),
        ([(FLAGS, 0x14)], {"textrel", "static_tls"}),
        ([(FLAGS, 0x10), (RELR, 0), WORD], {"static_tls", "relr"}),
        ([(FLAGS, 0xFFEB)], set()),
        ([(FLAGS, 0)], set()),
        ([], set()),
    ],
)
def test_flags_are_those_of_the_section(
    entries: list[tuple[int, int]], marked: set[str], image: Image
) -> None:
    image.entries = [(RELRENT, image.word) if e == WORD else e for e in entries]
    elf = read(image)
    names = ("relr", "textrel", "static_tls")
    assert {name for name in names if getattr(elf, name) is True} == marked
    assert all(getattr(elf, name) in (True, False) for name in names)


def read_needs(
    image: Image, needs: list[Need], number: int = 9, *,
    revision: int = 1, count: int | None = None, wrong: int = 0, versym: bool = True,
) -> list[tuple[str, str, int, bool]]:  # fmt: skip
    """Read needs, each with its nodes behind it (LSB, Symbol Versioning).

    ``number`` is what the section says of the needs, ``count`` what each need says of
    its nodes if that is not true; ``wrong`` is added to the hashes.
    """
    content = b""
    for left, (library, nodes) in enumerate(needs, 1 - len(needs)):
        following = 16 * (1 + len(nodes)) if left else 0
        told = len(nodes) if count is None else count
        head = (revision, told, image.string(library), 16, following)
        content += struct.pack(f"{image.order}2H3I", *head)
        for more, (node, flags, index) in enumerate(nodes, 1 - len(nodes)):
            number = name_hash(node) + wrong
            aux = (number, flags, index, image.string(node), 16 if more else 0)
            content += struct.pack(f"{image.order}I2H2I", *aux)
    image.table(VERNEED, content)
    image.entries.append((VERNEEDNUM, number))
    if versym:
        image.table(VERSYM, bytes(2))
    return [(n.library, n.node, n.index, n.weak) for n in read(image).version_needs]


NEEDS: list[Need] = [
    ("libc.so.6", [("GLIBC_2.17", 0, 2), ("GLIBC_2.34", 2, 3)]),
    ("libm.so.6", [("GLIBC_2.29", 0xFFFD, 0xFFFE)]),
]
READ = [
    ("libc.so.6", "GLIBC_2.17", 2, False),
    ("libc.so.6", "GLIBC_2.34", 3, True),
    ("libm.so.6", "GLIBC_2.29", 0x7FFE, False),
]


@pytest.mark.parametrize("number", [0, 1, 2, 99])
@pytest.mark.parametrize("count", [None, 0, 1, 7])
def test_version_needs_are_chains_whatever_is_counted(
    number: int, count: int | None, image: Image
) -> None:
    assert read_needs(image, NEEDS, number, count=count) == READ


def test_node_with_the_hash_of_another_is_refused(image: Image) -> None:
    with pytest.raises(UnusableError, match=r"^the version need GLIBC_2\.17 has the"):
        read_needs(image, NEEDS, wrong=1)


def test_version_needs_want_the_table_of_symbols(image: Image) -> None:
    with pytest.raises(
        UnusableError, match=r"^versions of libraries, and no DT_VERSYM$"
    ):
        read_needs(image, NEEDS, versym=False)


def test_unknown_revision_of_version_needs_is_refused(image: Image) -> None:
    with pytest.raises(UnusableError, match=r"^version needs of unknown revision 2$"):
        read_needs(image, NEEDS, revision=2)


def test_version_needs_are_counted_down(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = ("GLIBC_2.17", 0, 2)
    needs: list[Need] = [("libc.so.6", [node] * 40), ("libm.so.6", [node] * 50)]
    assert len(read_needs(image, needs)) == 90
    monkeypatch.setattr(budget, "ENTRIES", 89)
    with pytest.raises(NotJudgedError, match=r"^takes more than 89 table entries$"):
        read(image)


def read_definitions(image: Image, *nodes: tuple[str, int, int]) -> set[str]:
    """Read definitions: names, flags, and what is added to the hash."""
    content = b""
    for left, (name, flags, wrong) in enumerate(nodes, 1 - len(nodes)):
        number = name_hash(name) + wrong
        head = (1, flags, 1, 9, number, 20, 28 if left else 0)
        content += struct.pack(f"{image.order}4H3I", *head)
        content += struct.pack(f"{image.order}2I", image.string(name), 0)
    image.table(VERDEF, content)
    image.table(VERSYM, bytes(2))
    return read(image).definitions


def test_definitions_are_a_chain(image: Image) -> None:
    nodes = [("liba.so", 1, 0), ("A_1", 0, 0), ("A_2", 0, 0)]
    assert read_definitions(image, *nodes) == {"liba.so", "A_1", "A_2"}


def test_definition_with_the_hash_of_another_is_refused(image: Image) -> None:
    with pytest.raises(UnusableError, match=r"^the version A_1 has the hash"):
        read_definitions(image, ("liba.so", 1, 0), ("A_1", 0, 1))


def test_name_of_the_file_may_have_changed(image: Image) -> None:
    assert read_definitions(image, ("liba.so", 1, 1), ("A_1", 0, 0)) == {"A_1"}


@pytest.mark.parametrize(
    ("table", "entry", "words"), [(7, 9, 3), (17, 19, 2), (RELR, RELRENT, 1)]
)
def test_relocations_have_the_size_that_the_loader_asserts(
    table: int, entry: int, words: int, image: Image
) -> None:
    image.entries = [(table, BASE), (entry, words * image.word)]
    read(image)
    image.entries = [(table, BASE), (entry, words * image.word + 1)]
    with pytest.raises(UnusableError, match=r"^relocations of"):
        read(image)


@pytest.mark.parametrize(
    ("machine", "kind", "accepted"),
    [(62, 7, True), (62, 17, False), (3, 17, True), (40, 17, True), (3, 7, False)],
)
def test_kind_of_relocations_is_the_architectures(
    machine: int, kind: int, accepted: bool, image: Image
) -> None:
    image.machine, image.entries = machine, [(20, kind)]
    if accepted:
        read(image)
        return
    with pytest.raises(UnusableError, match=r"of another architecture$"):
        read(image)
