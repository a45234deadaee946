"""What the dynamic section says of the file, of versions, and of addresses."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.dynamic import read_dynamic
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.elf.test_dynamic import (
    AUDIT,
    AUXILIARY,
    FILTER,
    read,
    read_names,
)
from tests.reading.image import (
    BASE,
    FLAGS,
    FLAGS_1,
    STRSZ,
    STRTAB,
    VERDEF,
    VERNEED,
    VERSYM,
    Image,
    name_hash,
)


@pytest.mark.parametrize(
    ("tags", "is_filter"),
    [
        *(([FILTER], True), ([AUXILIARY], True), ([FILTER, AUXILIARY], True)),
        *(([AUDIT], False), ([], False)),
    ],
)
def test_filter_is_a_file_with_another_in_its_place(
    tags: list[int], is_filter: bool, image: Image
) -> None:
    elf = read_names(image, *((tag, "liba.so") for tag in tags))
    assert elf.is_filter is is_filter


def test_flags_of_the_loader_are_kept(image: Image) -> None:
    image.entries = [(FLAGS, 0), (FLAGS_1, 0x08000041)]
    assert read(image).flags_1 == 0x08000041


def test_versions_are_known_by_their_numbers(image: Image) -> None:
    content = b""
    nodes = [("liba.so", 1, 1), ("A_1", 0, 2), ("A_2", 0, 0x8003), ("A_3", 2, 4)]
    for left, (name, flags, index) in enumerate(nodes, 1 - len(nodes)):
        head = (1, flags, index, 9, name_hash(name), 20, 28 if left else 0)
        content += struct.pack(f"{image.order}4H3I", *head)
        content += struct.pack(f"{image.order}2I", image.string(name), 0)
    image.table(VERDEF, content)
    need = (name_hash("N_1"), 0, 0x8005, image.string("N_1"), 0)
    image.table(
        VERNEED,
        struct.pack(f"{image.order}2H3I", 1, 1, image.string("libn.so"), 16, 0)
        + struct.pack(f"{image.order}I2H2I", *need),
    )
    image.table(VERSYM, bytes(2))
    dynamic, elf = image.dynamic()
    assert dynamic.versions == {0, 1}
    assert (dynamic.nodes, dynamic.used, dynamic.first) == ({}, set(), 1)
    assert list(dynamic.walk(b"name")) == []
    read_dynamic(dynamic, elf)
    assert dynamic.versions == {0, 1, 2, 3, 4, 5}
    assert dynamic.nodes == {2: "A_1", 3: "A_2", 4: "A_3", 5: "N_1"}
    assert elf.definitions == {"liba.so", "A_1", "A_2", "A_3"}


@pytest.mark.parametrize(("size", "is_there"), [(16, True), (17, False)])
def test_bytes_at_an_address_are_all_in_one_segment(
    size: int, is_there: bool, image: Image
) -> None:
    image.data = bytearray(range(32))
    image.loads = [(BASE, 16, 8), (BASE + 16, 8, 0)]
    dynamic, _ = image.dynamic(strings=False)
    assert dynamic.place(BASE + 15) == 23
    if is_there:
        assert dynamic.read(BASE, size) == bytes(range(8, 24))
        return
    with pytest.raises(UnusableError, match=r"is in no segment of the file$"):
        dynamic.read(BASE, size)


def test_string_table_is_whole_in_the_file(image: Image) -> None:
    image.string("libc.so.6")
    image.entries = [(STRTAB, BASE), (STRSZ, 1 << 20)]
    dynamic, _ = image.dynamic(strings=False)
    with pytest.raises(UnusableError, match=r"is in no segment of the file$"):
        dynamic.string_table()
