"""The dynamic section: what it names, and what is wrong with a damaged one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from manylinux_reference.reading import elf_dynamic
from manylinux_reference.reading.elf_dynamic import (
    DT_FLAGS,
    DT_NEEDED,
    DT_RELR,
    DT_RPATH,
    DT_RUNPATH,
    DT_SONAME,
    DT_STRTAB,
    DT_TEXTREL,
    DT_VERNEED,
    DT_VERNEEDNUM,
    read_dynamic,
)
from manylinux_reference.reading.unusable import UnusableError

if TYPE_CHECKING:
    from tests.reading.conftest import Image

Needs = list[tuple[str, list[tuple[str, int, int]]]]


def test_names_and_flags_are_read(image: Image) -> None:
    for tag, text in (
        (DT_NEEDED, "libc.so.6"),
        (DT_NEEDED, "libm.so.6"),
        (DT_SONAME, "libfirst.so"),
        (DT_SONAME, "libmine.so"),
        (DT_RPATH, "$ORIGIN:/a"),
        (DT_RUNPATH, "b"),
        (DT_RUNPATH, ""),
    ):
        image.entries.append((tag, image.string(text)))
    image.entries += [(DT_FLAGS, 0x10), (DT_RELR, 0)]
    dynamic, elf = image.dynamic()
    read_dynamic(dynamic, elf)
    assert elf.needed == ["libc.so.6", "libm.so.6"]
    assert elf.soname == "libmine.so"  # the loader takes the last
    assert elf.runpaths == ["$ORIGIN", "/a", "b"]
    assert (elf.dynamic, elf.relr, elf.static_tls, elf.textrel) == (True,) * 3 + (
        False,
    )


@pytest.mark.parametrize("entry", [(DT_TEXTREL, 0), (DT_FLAGS, 4)])
def test_text_relocations_are_marked_in_two_ways(
    entry: tuple[int, int], image: Image
) -> None:
    image.entries.append(entry)
    dynamic, elf = image.dynamic()
    read_dynamic(dynamic, elf)
    assert elf.textrel


def test_section_without_anything_says_nothing(image: Image) -> None:
    dynamic, elf = image.dynamic(strings=False)
    read_dynamic(dynamic, elf)
    assert (elf.needed, elf.soname, elf.runpaths) == ([], "", [])


def test_name_that_is_not_utf_8_is_kept_readable(image: Image) -> None:
    at = len(image.strings)
    image.strings += b"lib\xff.so\0"
    image.entries.append((DT_NEEDED, at))
    dynamic, elf = image.dynamic()
    read_dynamic(dynamic, elf)
    assert elf.needed == ["lib\\xff.so"]


@pytest.mark.parametrize(
    ("at", "reason"),
    [(1000, "past the end of the string table"), (1, "has no end")],
)
def test_name_outside_the_string_table_is_refused(
    at: int, reason: str, image: Image
) -> None:
    image.strings += b"endless"
    image.entries.append((DT_NEEDED, at))
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match=reason):
        read_dynamic(dynamic, elf)


def test_name_without_a_string_table_is_refused(image: Image) -> None:
    image.entries.append((DT_NEEDED, 1))
    dynamic, elf = image.dynamic(strings=False)
    with pytest.raises(UnusableError, match="names without a string table"):
        read_dynamic(dynamic, elf)


def test_address_in_no_segment_is_refused(image: Image) -> None:
    image.entries += [(DT_STRTAB, 0x10), (10, 4)]
    dynamic, elf = image.dynamic(strings=False)
    with pytest.raises(UnusableError, match="address 0x10 is in no segment"):
        read_dynamic(dynamic, elf)


def test_section_of_too_many_entries_is_refused(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elf_dynamic, "MOST_ENTRIES", 3)
    with pytest.raises(UnusableError, match="a dynamic section of"):
        image.dynamic()


def packed(image: Image, needs: Needs, *, revision: int = 1) -> bytes:
    """Return version needs, each library with its (node, flags, index)."""
    content = b""
    for number, (library, nodes) in enumerate(needs):
        last = number == len(needs) - 1
        size = 16 * (1 + len(nodes))
        name = image.string(library)
        header = (revision, len(nodes), name, 16, 0 if last else size)
        content += struct.pack(f"{image.order}2H3I", *header)
        for place, (node, flags, index) in enumerate(nodes, 1):
            step = 0 if place == len(nodes) else 16
            aux = (0, flags, index, image.string(node), step)
            content += struct.pack(f"{image.order}I2H2I", *aux)
    return content


NEEDS: Needs = [
    ("libc.so.6", [("GLIBC_2.17", 0, 2), ("GLIBC_2.34", 2, 3)]),
    ("libm.so.6", [("GLIBC_2.29", 0, 4)]),
]


def test_version_needs_are_read_in_order(image: Image) -> None:
    image.table(DT_VERNEED, packed(image, NEEDS))
    image.entries.append((DT_VERNEEDNUM, 2))
    dynamic, elf = image.dynamic()
    read_dynamic(dynamic, elf)
    assert [(n.library, n.node, n.weak, n.index) for n in elf.version_needs] == [
        ("libc.so.6", "GLIBC_2.17", False, 2),
        ("libc.so.6", "GLIBC_2.34", True, 3),
        ("libm.so.6", "GLIBC_2.29", False, 4),
    ]


@pytest.mark.parametrize(("count", "found"), [(0, 0), (1, 2), (2, 3), (99, 3)])
def test_count_and_chain_both_end_the_needs(
    count: int, found: int, image: Image
) -> None:
    image.table(DT_VERNEED, packed(image, NEEDS))
    image.entries.append((DT_VERNEEDNUM, count))
    dynamic, elf = image.dynamic()
    read_dynamic(dynamic, elf)
    assert len(elf.version_needs) == found


def test_needs_of_an_unknown_revision_are_refused(image: Image) -> None:
    image.table(DT_VERNEED, packed(image, NEEDS, revision=2))
    image.entries.append((DT_VERNEEDNUM, 2))
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match="of unknown revision 2"):
        read_dynamic(dynamic, elf)


def test_needs_without_end_are_refused(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    image.table(DT_VERNEED, packed(image, NEEDS))
    image.entries.append((DT_VERNEEDNUM, 2))
    dynamic, elf = image.dynamic()
    monkeypatch.setattr(elf_dynamic, "MOST_ENTRIES", 3)
    with pytest.raises(UnusableError, match="more than 3 version needs"):
        read_dynamic(dynamic, elf)
