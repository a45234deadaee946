"""Symbols: what is looked for is found, however the table's length is told."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from manylinux_reference.reading import elf_symbols
from manylinux_reference.reading.elf import Elf, VersionNeed
from manylinux_reference.reading.elf_dynamic import (
    DT_GNU_HASH,
    DT_HASH,
    DT_VERSYM,
    Dynamic,
)
from manylinux_reference.reading.elf_symbols import ENOUGH, SymbolQuery, read_symbols
from manylinux_reference.reading.unusable import UnusableError

if TYPE_CHECKING:
    from tests.reading.conftest import Image

EM_S390 = 22
SYMBOLS = (
    ("exp", False, False),
    ("weakly", False, True),
    ("mixed", False, True),
    ("mixed", False, False),
    ("PyInit_module", True, False),
)
NAMES = [name.encode() for name in ("exp", "weakly", "mixed", "PyInit_module", "gone")]


def hashed(image: Image, count: int, word: str = "I") -> None:
    image.table(DT_HASH, struct.pack(f"{image.order}2{word}", 1, count))


def check(dynamic: Dynamic, elf: Elf, *names: bytes) -> None:
    elf.needed = ["libc.so.6"]
    read_symbols(dynamic, elf, SymbolQuery(names or NAMES))


def test_symbols_are_undefined_weak_or_exported(image: Image) -> None:
    hashed(image, 1 + len(SYMBOLS))
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert elf.undefined == {b"exp": False, b"weakly": True, b"mixed": False}
    assert elf.exports == {b"PyInit_module"}


def test_what_was_not_asked_for_is_not_reported(image: Image) -> None:
    hashed(image, 1 + len(SYMBOLS))
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf, b"exp", b"xp", b"weak")
    assert elf.undefined == {b"exp": False}
    assert elf.exports == set()


def test_name_inside_a_longer_one_is_found(image: Image) -> None:
    at = image.string("prefix_exp") + len("prefix_")
    hashed(image, 2)
    image.symbols(("x", False, False))
    size = 24 if image.bits == 64 else 16
    struct.pack_into(f"{image.order}I", image.data, len(image.data) - size, at)
    dynamic, elf = image.dynamic()
    check(dynamic, elf, b"exp")
    assert elf.undefined == {b"exp": False}


@pytest.mark.parametrize("few", [0, 64])
def test_reading_the_whole_table_finds_the_same(
    few: int, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elf_symbols, "FEW", few)
    hashed(image, 1 + len(SYMBOLS))
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert elf.undefined == {b"exp": False, b"weakly": True, b"mixed": False}


def test_library_without_needs_tells_its_undefined_names(image: Image) -> None:
    symbols = [(f"name{number}", False, False) for number in range(2 * ENOUGH)]
    hashed(image, 1 + len(symbols))
    image.symbols(*symbols)
    dynamic, elf = image.dynamic()
    read_symbols(dynamic, elf, SymbolQuery())
    assert list(elf.undefined) == [f"name{number}".encode() for number in range(ENOUGH)]


def test_file_without_a_symbol_table_has_no_symbols(image: Image) -> None:
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert (elf.undefined, elf.exports) == ({}, set())


def test_without_hash_tables_the_strings_end_the_symbols(image: Image) -> None:
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert len(elf.undefined) == 3


@pytest.mark.parametrize("word", ["I", "Q"])
def test_words_of_the_hash_table_on_s390x_are_told_apart(
    word: str, image: Image
) -> None:
    if (image.bits, image.order) != (64, ">"):
        return
    image.machine = EM_S390
    hashed(image, 3, word)
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert elf.undefined == {b"exp": False, b"weakly": True}  # the first three alone


def gnu_hashed(image: Image, buckets: list[int], chain: list[int], first: int) -> None:
    bloom = bytes(image.bits // 8)
    header = struct.pack(f"{image.order}4I", len(buckets), first, 1, 0)
    words = struct.pack(f"{image.order}{len(buckets + chain)}I", *buckets, *chain)
    image.table(DT_GNU_HASH, header + bloom + words)


def test_gnu_hash_table_ends_with_the_last_chain(image: Image) -> None:
    gnu_hashed(image, [0, 3, 1], [3, 2, 4, 7], first=1)  # symbols 1 to 4; 7 is the end
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert elf.undefined == {b"exp": False, b"weakly": True, b"mixed": False}
    assert elf.exports == set()  # the fifth is behind the end


def test_empty_gnu_hash_table_leaves_it_to_the_strings(image: Image) -> None:
    gnu_hashed(image, [0], [], first=1)
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    check(dynamic, elf)
    assert len(elf.undefined) == 3


def test_chain_without_end_is_refused(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elf_symbols, "LONGEST_CHAIN", 4)
    gnu_hashed(image, [1], [2, 4, 6, 8, 10, 12], first=1)
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match="a chain without end"):
        check(dynamic, elf)


def test_too_large_tables_are_refused(image: Image) -> None:
    hashed(image, elf_symbols.LARGEST_TABLE + 1)
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match="a symbol table of 4000001 entries"):
        check(dynamic, elf)


def test_too_many_buckets_are_refused(image: Image) -> None:
    header = (elf_symbols.LARGEST_TABLE + 1, 1, 0, 0)
    image.table(DT_GNU_HASH, struct.pack(f"{image.order}4I", *header))
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match="a hash table of 4000001 buckets"):
        check(dynamic, elf)


def test_table_past_the_end_of_the_file_is_refused(image: Image) -> None:
    hashed(image, 100_000)
    image.symbols(*SYMBOLS)
    dynamic, elf = image.dynamic()
    with pytest.raises(UnusableError, match="past its end"):
        check(dynamic, elf)


def test_example_is_an_undefined_symbol_of_the_version(image: Image) -> None:
    hashed(image, 1 + len(SYMBOLS))
    image.symbols(*SYMBOLS)
    indexes = (0, 2, 3, 2, 2, 4)  # of the empty first symbol and the five
    image.table(DT_VERSYM, struct.pack(f"{image.order}6H", *indexes))
    dynamic, elf = image.dynamic()
    elf.needed = ["libm.so.6"]
    elf.version_needs = [
        VersionNeed("libm.so.6", node, index, weak=False)
        for index, node in enumerate(("GLIBC_2.29", "GLIBC_2.17", "FOO", "BAR"), 2)
    ]
    query = SymbolQuery(known_nodes=frozenset({"GLIBC_2.17"}))
    read_symbols(dynamic, elf, query)
    assert elf.example_symbols == {2: "exp"}  # 3 is known, 4 defined, 5 not there


def test_search_for_an_example_is_given_up(
    image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elf_symbols, "MOST_TRIES", 1)
    symbols = [*[("defined", True, False)] * 4, ("exp", False, False)]
    hashed(image, 6)
    image.symbols(*symbols)
    image.table(DT_VERSYM, struct.pack(f"{image.order}6H", 0, 2, 2, 2, 2, 2))
    dynamic, elf = image.dynamic()
    elf.version_needs = [VersionNeed("libm.so.6", "GLIBC_2.29", 2, weak=False)]
    elf.needed = ["libm.so.6"]
    read_symbols(dynamic, elf, SymbolQuery(known_nodes=frozenset()))
    assert elf.example_symbols == {}


def test_query_adds_what_the_file_needs_and_is_called() -> None:
    query = SymbolQuery(
        [b"always"], {"libz.so.1": [b"inflate"]}, stem_prefixes=(b"init",)
    )
    elf = Elf("a/module.cpython-312.so")
    assert query.names_for(elf) == [b"always", b"initmodule"]
    elf.needed = ["libz.so.1"]
    assert query.names_for(elf) == [b"always", b"initmodule", b"inflate"]
    assert query.indexes_for(elf) == []
