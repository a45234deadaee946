"""The dynamic section and version needs, laid out as the gABI and the LSB say."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading import elf_dynamic
from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.elf_dynamic import Dynamic, read_dynamic
from manylinux_reference.reading.range_buffer import RangeBuffer
from manylinux_reference.reading.unusable import UnusableError

NULL, NEEDED, STRTAB, STRSZ, SONAME, RPATH = 0, 1, 5, 10, 14, 15
TEXTREL, RUNPATH, FLAGS, RELR = 22, 29, 30, 36
VERNEED, VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
BASE = 0x1000  # where the file is loaded
STRINGS = b"\0libc.so.6\0liba.so\0/x:$ORIGIN\0GLIBC_2.17\0GLIBC_2.5\0"
TABLE = [(STRTAB, BASE), (STRSZ, len(STRINGS))]


def at(text: str) -> int:
    """Return where a string stands in the string table."""
    return STRINGS.index(b"\0" + text.encode() + b"\0") + 1


def dynamic_of(
    *entries: tuple[int, int], data: bytes = STRINGS, bits: int = 64, order: str = "<",
    more: bytes = b"",
) -> tuple[Dynamic, Elf]:  # fmt: skip
    """Return the dynamic section that stands after some data."""
    layout = {32: f"{order}2I", 64: f"{order}2Q"}[bits]
    section = b"".join(struct.pack(layout, *entry) for entry in entries) + more
    buffer = RangeBuffer(len(data) + len(section))
    buffer.feed(data + section)
    elf = Elf("a.so")
    elf.bits, elf.big_endian = bits, order == ">"
    loads = [(BASE, len(data), 0)]
    return Dynamic(buffer, elf, (len(data), len(section)), loads), elf


def read(*entries: tuple[int, int]) -> Elf:
    dynamic, elf = dynamic_of(*TABLE, *entries)
    read_dynamic(dynamic, elf)
    return elf


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_entries_are_read_up_to_the_null_entry(bits: int, order: str) -> None:
    entries = [(NEEDED, 3), (SONAME, 4), (NEEDED, 7), (NULL, 0), (RELR, 1)]
    dynamic, _ = dynamic_of(*entries, bits=bits, order=order, more=b"xyz")
    assert dynamic.all(NEEDED) == [3, 7]
    assert (dynamic.one(NEEDED), dynamic.one(SONAME)) == (7, 4)
    assert NEEDED in dynamic
    assert RELR not in dynamic
    assert (dynamic.all(RELR), dynamic.one(RELR)) == ([], 0)


@pytest.mark.parametrize(("bits", "largest"), [(32, 2**32 - 1), (64, 2**64 - 1)])
def test_values_are_unsigned(bits: int, largest: int) -> None:
    dynamic, _ = dynamic_of((VERNEED, largest), bits=bits)
    assert dynamic.one(VERNEED) == largest


def test_section_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elf_dynamic, "MOST_ENTRIES", 2)
    dynamic_of((NEEDED, 1), (NEEDED, 2), more=b"x" * 15)
    with pytest.raises(UnusableError, match=r"^a dynamic section of 48 bytes$"):
        dynamic_of((NEEDED, 1), (NEEDED, 2), (NULL, 0))


@pytest.mark.parametrize(
    ("address", "offset"),
    [(0x1000, 0), (0x100F, 15), (0x3000, 4), (0x3001, 5)],
)
def test_address_is_somewhere_in_the_file(address: int, offset: int) -> None:
    buffer = RangeBuffer(16)
    buffer.feed(struct.pack("<2Q", SONAME, address))
    elf = Elf("a.so")
    elf.bits = 64
    dynamic = Dynamic(buffer, elf, (0, 16), [(0x1000, 16, 0), (0x3000, 2, 4)])
    assert dynamic.offset(SONAME) == offset


@pytest.mark.parametrize("address", [0, 0xFFF, 0x1010, 0x2FFF, 0x3002])
def test_address_in_no_segment_is_refused(address: int) -> None:
    buffer = RangeBuffer(16)
    buffer.feed(struct.pack("<2Q", SONAME, address))
    elf = Elf("a.so")
    elf.bits = 64
    dynamic = Dynamic(buffer, elf, (0, 16), [(0x1000, 16, 0), (0x3000, 2, 4)])
    reason = f"^the address {address:#x} is in no segment of the file$"
    with pytest.raises(UnusableError, match=reason):
        dynamic.offset(SONAME)


def test_string_ends_at_its_null_byte() -> None:
    dynamic, _ = dynamic_of(*TABLE)
    assert dynamic.string_table() == (0, len(STRINGS))
    assert dynamic.string(0) == ""
    assert dynamic.string(at("libc.so.6")) == "libc.so.6"
    assert dynamic.string(at("libc.so.6") + 3) == "c.so.6"
    assert dynamic.string(len(STRINGS) - 1) == ""


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (8, "^a name at 8, past the end of the string table$"),
        (9, "^a name at 9, past the end of the string table$"),
        (4, "^the name at 4 of the string table has no end$"),
    ],
)
def test_string_is_inside_of_its_table(where: int, reason: str) -> None:
    dynamic, _ = dynamic_of((STRTAB, BASE + 2), (STRSZ, 8), data=b"x\0a\0\xff\0bcde\0")
    assert dynamic.string(0) == "a"
    assert dynamic.string(2) == "\\xff"
    with pytest.raises(UnusableError, match=reason):
        dynamic.string(where)


def test_string_has_a_largest_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elf_dynamic, "LONGEST_STRING", 8)
    dynamic, _ = dynamic_of(*TABLE)
    assert dynamic.string(at("liba.so")) == "liba.so"
    with pytest.raises(UnusableError, match="has no end"):
        dynamic.string(at("libc.so.6"))


@pytest.mark.parametrize("missing", [STRTAB, STRSZ])
def test_name_without_a_string_table_is_refused(missing: int) -> None:
    entries = [entry for entry in TABLE if entry[0] != missing]
    dynamic, elf = dynamic_of(*entries, (NEEDED, 1))
    with pytest.raises(UnusableError, match=r"^names without a string table$"):
        read_dynamic(dynamic, elf)


def test_section_without_names_needs_no_string_table() -> None:
    dynamic, elf = dynamic_of((FLAGS, 0))
    read_dynamic(dynamic, elf)
    assert (elf.dynamic, elf.needed, elf.soname) == (True, [], "")


def test_names_are_those_of_the_string_table() -> None:
    elf = read(
        (NEEDED, at("libc.so.6")),
        (SONAME, at("GLIBC_2.5")),
        (NEEDED, at("liba.so")),
        (SONAME, at("liba.so")),
    )
    assert elf.dynamic
    assert elf.needed == ["libc.so.6", "liba.so"]
    assert elf.soname == "liba.so"


def test_search_path_has_elements_of_both_entries() -> None:
    elf = read(
        (RUNPATH, at("/x:$ORIGIN")), (RPATH, at("liba.so")), (RPATH, at("libc.so.6"))
    )
    assert elf.runpaths == ["liba.so", "libc.so.6", "/x", "$ORIGIN"]
    assert read((RPATH, 0)).runpaths == []


@pytest.mark.parametrize(
    ("entry", "marked"),
    [
        ((RELR, 1), {"relr"}),
        ((TEXTREL, 0), {"textrel"}),
        ((FLAGS, 0x4), {"textrel"}),
        ((FLAGS, 0x10), {"static_tls"}),
        ((FLAGS, 0x14), {"textrel", "static_tls"}),
        ((FLAGS, 0xFFEB), set()),
        ((FLAGS, 0), set()),
    ],
)
def test_flags_are_those_of_the_section(
    entry: tuple[int, int], marked: set[str]
) -> None:
    elf = read(entry)
    names = ("relr", "textrel", "static_tls")
    assert {name for name in names if getattr(elf, name) is True} == marked
    assert all(getattr(elf, name) in (True, False) for name in names)


def need(
    order: str, library: str, *nodes: tuple[str, int, int], last: bool,
    version: int = 1, count: int = 0,
) -> bytes:  # fmt: skip
    """Return a need with its nodes behind it (LSB, Symbol Versioning)."""
    size = 16 + 16 * len(nodes)
    head = struct.pack(
        f"{order}2H3I",
        *(version, count or len(nodes), at(library), 16, 0 if last else size),
    )
    return head + b"".join(
        struct.pack(
            f"{order}I2H2I",
            *(0, flags, index, at(node), 16 if number < len(nodes) else 0),
        )
        for number, (node, flags, index) in enumerate(nodes, 1)
    )


def needs(
    data: bytes, count: int, order: str = "<"
) -> list[tuple[str, str, int, bool]]:
    address = BASE + len(STRINGS)
    entries = [*TABLE, (VERNEED, address), (VERNEEDNUM, count)]
    dynamic, elf = dynamic_of(*entries, data=STRINGS + data, order=order)
    read_dynamic(dynamic, elf)
    return [(n.library, n.node, n.index, n.weak) for n in elf.version_needs]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("count", "read"), [(9, 3), (2, 3), (1, 2), (0, 0)])
def test_version_needs_are_a_chain_of_chains(order: str, count: int, read: int) -> None:
    old, new = ("GLIBC_2.5", 0, 2), ("GLIBC_2.17", 2, 3)
    first = need(order, "libc.so.6", old, new, last=False, count=7)
    second = need(order, "liba.so", ("GLIBC_2.5", 0xFFFD, 0xFFFE), last=True)
    found = [
        ("libc.so.6", "GLIBC_2.5", 2, False),
        ("libc.so.6", "GLIBC_2.17", 3, True),
        ("liba.so", "GLIBC_2.5", 0xFFFE, False),
    ]
    assert needs(first + second, count, order) == found[:read]


def test_nodes_are_as_many_as_the_need_says() -> None:
    nodes = [("GLIBC_2.5", 0, 2), ("GLIBC_2.17", 0, 3)]
    data = need("<", "libc.so.6", *nodes, last=True, count=1)
    assert [node for _, node, _, _ in needs(data, 1)] == ["GLIBC_2.5"]


def test_unknown_revision_of_version_needs_is_refused() -> None:
    data = need("<", "libc.so.6", last=True, version=2)
    with pytest.raises(UnusableError, match=r"^version needs of unknown revision 2$"):
        needs(data, 1)


def test_version_needs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = need("<", "libc.so.6", *[("GLIBC_2.5", 0, 2)] * 9, last=True)
    monkeypatch.setattr(elf_dynamic, "MOST_ENTRIES", 10)
    assert len(needs(data, 1)) == 9
    monkeypatch.setattr(elf_dynamic, "MOST_ENTRIES", 9)
    with pytest.raises(UnusableError, match=r"^more than 9 version needs$"):
        needs(data, 1)
