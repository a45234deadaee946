"""Symbols: what is looked for is found, however the table's length is told."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf, VersionNeed
from manylinux_reference.reading.elf.symbols import SymbolQuery, read_symbols
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import (
    DEFINED,
    GLOBAL,
    GNU_HASH,
    HASH,
    LOCAL,
    STRTAB,
    SYMTAB,
    UNDEFINED,
    VERSYM,
    WEAK,
    Image,
)

EM_S390, EM_X86_64 = 22, 62
SYMBOLS = (
    ("used", GLOBAL, UNDEFINED),
    ("maybe", WEAK, UNDEFINED),
    ("own", GLOBAL, DEFINED),
    ("weakly_own", WEAK, DEFINED),
)
NAMES = [name for name, _, _ in SYMBOLS]
EIGHT = [f"name{number}" for number in range(1, 9)]


def look_for(image: Image, *names: str, strings: bool = True) -> Elf:
    """Look for names in a file that needs a library."""
    dynamic, elf = image.dynamic(strings=strings)
    elf.needed = ["libc.so.6"]
    read_symbols(dynamic, elf, SymbolQuery([name.encode() for name in names]))
    return elf


def sysv_hash(image: Image, count: int, word: str = "I") -> None:
    image.table(HASH, struct.pack(f"{image.order}2{word}", 1, count))


def gnu_hash(image: Image, first: int, buckets: list[int], chains: list[int]) -> None:
    header = struct.pack(f"{image.order}4I", len(buckets), first, 2, 6)
    numbers = struct.pack(f"{image.order}{len(buckets + chains)}I", *buckets, *chains)
    image.table(GNU_HASH, header + bytes(2 * image.word) + numbers)


@pytest.mark.parametrize("few", [0, 64])
def test_names_are_undefined_or_exported(
    few: int, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "manylinux_reference.reading.elf.symbols.FEW", few
    )  # at 0, the whole table is read
    image.symbols(*SYMBOLS)
    sysv_hash(image, 5)
    elf = look_for(image, *NAMES, "absent", "sed", "may")
    assert elf.undefined == {b"used": False, b"maybe": True}
    assert elf.exports == {b"own", b"weakly_own"}


def test_only_names_that_are_asked_for_are_found(image: Image) -> None:
    image.symbols(*SYMBOLS)
    sysv_hash(image, 5)
    elf = look_for(image, "own", "maybe", "sed", "weakly")
    assert (elf.undefined, elf.exports) == ({b"maybe": True}, {b"own"})


def test_name_at_the_end_of_another_is_found(image: Image) -> None:
    at = image.string("libc_free") + len("libc_")
    image.symbols(("x", GLOBAL, UNDEFINED))
    size = 24 if image.bits == 64 else 16
    struct.pack_into(f"{image.order}I", image.data, len(image.data) - size, at)
    sysv_hash(image, 2)
    assert look_for(image, "free").undefined == {b"free": False}


@pytest.mark.parametrize(
    ("bindings", "weak"),
    [((WEAK, WEAK), True), ((WEAK, GLOBAL), False), ((GLOBAL, WEAK), False)],
)
@pytest.mark.parametrize("many", [0, 100])
def test_name_is_weak_if_all_its_entries_are(
    bindings: tuple[int, int], weak: bool, many: int, image: Image
) -> None:
    more = [f"name{number}" for number in range(many)]
    image.symbols(
        *(("mixed", binding, UNDEFINED) for binding in bindings),
        *((name, WEAK, UNDEFINED) for name in more),
    )
    sysv_hash(image, 3 + many)
    assert look_for(image, "mixed", *more).undefined[b"mixed"] is weak


@pytest.mark.parametrize(
    ("count", "found"), [(1, []), (2, [b"used"]), (3, [b"used", b"maybe"])]
)
def test_hash_table_says_how_many_symbols_there_are(
    count: int, found: list[bytes], image: Image
) -> None:
    image.symbols(*SYMBOLS)
    sysv_hash(image, count)
    elf = look_for(image, *NAMES)
    assert (list(elf.undefined), elf.exports) == (found, set())


@pytest.mark.parametrize(
    ("machine", "order", "word"),
    [
        (EM_S390, ">", "Q"),
        (EM_S390, ">", "I"),  # as lld writes it
        (EM_X86_64, ">", "I"),
        (EM_X86_64, "<", "I"),
    ],
)
def test_words_of_the_hash_table_are_wide_on_s390x_alone(
    machine: int, order: str, word: str
) -> None:
    image = Image(order=order, machine=machine)
    sysv_hash(image, 2, word)
    image.symbols(*SYMBOLS)
    assert look_for(image, *NAMES).undefined == {b"used": False}


@pytest.mark.parametrize(
    ("first", "buckets", "chains", "last"),
    [
        (1, [1, 0], [2, 5], 2),
        (1, [1, 2], [3, 5], 2),
        (1, [2, 1], [3, 4, 5], 3),
        (1, [0, 3, 1], [3, 2, 4, 7], 4),
        (3, [3], [1], 3),
    ],
)
def test_gnu_hash_table_ends_with_its_last_chain(
    first: int, buckets: list[int], chains: list[int], last: int, image: Image
) -> None:
    image.symbols(*((name, GLOBAL, UNDEFINED) for name in EIGHT))
    gnu_hash(image, first, buckets, chains)
    found = [name.decode() for name in look_for(image, *EIGHT).undefined]
    assert found == EIGHT[:last]


@pytest.mark.parametrize("buckets", [[4, 1, 2], [1, 2, 4], [0, 4, 0, 0, 1]])
def test_buckets_are_read_block_by_block(
    buckets: list[int], image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("manylinux_reference.reading.elf.symbols.BLOCK", 8)
    image.symbols(*((name, GLOBAL, UNDEFINED) for name in EIGHT))
    gnu_hash(image, 1, buckets, [2, 3, 2, 5])
    assert len(look_for(image, *EIGHT).undefined) == 4


@pytest.mark.parametrize(
    ("first", "buckets"),
    [(9, []), (1, []), (0, []), (9, [0, 0]), (1, [0, 0]), (1, [0]), (9, [1])],
)
def test_strings_end_a_table_of_which_no_hash_table_knows(
    first: int, buckets: list[int], image: Image
) -> None:
    gnu_hash(image, first, buckets, [1, 1])  # chains of no bucket
    image.symbols(*SYMBOLS)
    elf = look_for(image, *NAMES)
    assert (len(elf.undefined), len(elf.exports)) == (2, 2)


def test_strings_end_a_table_without_a_hash_table(image: Image) -> None:
    image.data += bytes(1000)
    image.symbols(*SYMBOLS)
    elf = look_for(image, *NAMES)
    assert (len(elf.undefined), len(elf.exports)) == (2, 2)


@pytest.mark.parametrize("missing", [{SYMTAB}, {STRTAB}, {SYMTAB, STRTAB}])
def test_file_without_symbols_has_none(missing: set[int], image: Image) -> None:
    if SYMTAB not in missing:
        image.symbols(*SYMBOLS)
    sysv_hash(image, 5)
    elf = look_for(image, *NAMES, strings=STRTAB not in missing)
    assert (elf.undefined, elf.exports) == ({}, set())


def test_symbol_table_outside_of_the_file_is_refused(image: Image) -> None:
    image.entries = [(SYMTAB, 9)]
    with pytest.raises(UnusableError, match=r"^the address 0x9 is in no segment"):
        look_for(image)


def test_table_past_the_end_of_the_file_is_refused(image: Image) -> None:
    sysv_hash(image, 100_000)
    image.symbols(*SYMBOLS)
    with pytest.raises(UnusableError, match="is in no segment of the file"):
        look_for(image, *NAMES)


@pytest.mark.parametrize(
    ("name", "least", "reason"),
    [
        ("LARGEST_TABLE", 5, "^a symbol table of 5 entries$"),
        ("LONGEST_CHAIN", 4, "^a chain without end in the hash table$"),
    ],
)
def test_tables_are_bounded(
    name: str, least: int, reason: str, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    image.symbols(*SYMBOLS)
    gnu_hash(image, 1, [1], [2, 2, 2, 1])
    monkeypatch.setattr(f"manylinux_reference.reading.elf.symbols.{name}", least)
    assert look_for(image, *NAMES).undefined
    monkeypatch.setattr(f"manylinux_reference.reading.elf.symbols.{name}", least - 1)
    with pytest.raises(UnusableError, match=reason):
        look_for(image, *NAMES)


def test_buckets_are_bounded(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    image.symbols(("used", GLOBAL, UNDEFINED))
    gnu_hash(image, 1, [1, 0, 0], [1])
    monkeypatch.setattr("manylinux_reference.reading.elf.symbols.LARGEST_TABLE", 3)
    assert look_for(image, "used").undefined
    monkeypatch.setattr("manylinux_reference.reading.elf.symbols.LARGEST_TABLE", 2)
    with pytest.raises(UnusableError, match=r"^a hash table of 3 buckets$"):
        look_for(image, "used")


@pytest.mark.parametrize(
    ("tag", "numbers", "reason"),
    [
        (HASH, (1, 4_000_001), "^a symbol table of 4000001 entries$"),
        (GNU_HASH, (4_000_001, 1, 0, 0), "^a hash table of 4000001 buckets$"),
    ],
)
def test_more_than_four_million_are_refused_unread(
    tag: int, numbers: tuple[int, ...], reason: str, image: Image
) -> None:
    image.table(tag, struct.pack(f"{image.order}{len(numbers)}I", *numbers))
    image.symbols(*SYMBOLS)
    with pytest.raises(UnusableError, match=reason):
        look_for(image, *NAMES)


@pytest.mark.parametrize(
    ("kind", "needed", "undefined"),
    [
        (ET_DYN, [], {b"used": False, b"maybe": True}),
        (ET_DYN, ["libc.so.6"], {}),
        (ET_EXEC, [], {}),
    ],
)
def test_undefined_names_of_a_library_without_needs_are_read(
    kind: int, needed: list[str], undefined: dict[bytes, bool], image: Image
) -> None:
    image.symbols(*SYMBOLS)
    sysv_hash(image, 5)
    dynamic, elf = image.dynamic()
    elf.type, elf.needed = kind, needed
    read_symbols(dynamic, elf, SymbolQuery())
    assert (elf.undefined, elf.exports) == (undefined, set())


@pytest.mark.parametrize(
    ("asked", "more", "exports"),
    [([], [], set()), ([b"own", b"name11"], [b"name11"], {b"own"})],
)
def test_of_a_library_without_needs_a_few_undefined_names_are_read(
    asked: list[bytes], more: list[bytes], exports: set[bytes], image: Image
) -> None:
    names = [f"name{number}" for number in range(16)]
    image.symbols(
        ("own", GLOBAL, DEFINED), *((name, WEAK, UNDEFINED) for name in names)
    )
    sysv_hash(image, 18)
    dynamic, elf = image.dynamic()
    read_symbols(dynamic, elf, SymbolQuery(asked))
    found = [name.encode() for name in names[:8]] + more
    assert list(elf.undefined.items()) == [(name, True) for name in found]
    assert elf.exports == exports


def test_query_adds_what_the_file_needs_and_is_called() -> None:
    query = SymbolQuery(
        (b"always",), {"liba.so": [b"a"], "libb.so": [b"b"]}, (b"PyInit_", b"init")
    )
    elf = Elf("p/mod.abi3.so")
    assert query.names_for(elf) == [b"always", b"PyInit_mod", b"initmod"]
    elf.needed = ["libb.so"]
    assert query.names_for(elf) == [b"always", b"PyInit_mod", b"initmod", b"b"]
    elf.version_needs = [VersionNeed("libb.so", "NODE", 2, weak=False)]
    assert query.indexes_for(elf) == []
    assert SymbolQuery().names_for(elf) == []


def bound(
    image: Image,
    *needs: tuple[str, int, bool],
    known: frozenset[str] | None = frozenset(),
) -> Elf:
    """Read the symbols of versions that are needed: node, index, whether weakly."""
    dynamic, elf = image.dynamic()
    elf.needed = ["libc.so.6"]
    elf.version_needs = [
        VersionNeed("libc.so.6", node, index, weak=weak) for node, index, weak in needs
    ]
    read_symbols(dynamic, elf, SymbolQuery(known_nodes=known))
    return elf


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (None, {}),
        (frozenset(), {2: ["old"], 3: ["new", "hidden"], 4: [], 5: []}),
        (frozenset({"OLD", "NONE", "MINE"}), {3: ["new", "hidden"]}),
    ],
)
def test_symbols_of_a_version_are_undefined(
    known: frozenset[str] | None, found: dict[int, list[str]], image: Image
) -> None:
    image.symbols(
        ("own", GLOBAL, DEFINED),
        ("old", GLOBAL, UNDEFINED),
        ("new", GLOBAL, UNDEFINED),
        ("hidden", GLOBAL, UNDEFINED),
        ("mine", GLOBAL, DEFINED),
    )
    sysv_hash(image, 6)
    versions = struct.pack(f"{image.order}6H", 0, 3, 2, 3, 0x8003, 5)
    image.table(VERSYM, versions)
    needs = [(node, index, False) for node, index in NODES]
    assert bound(image, *needs, known=known).version_symbols == found


NODES = (("OLD", 2), ("NEW", 3), ("NONE", 4), ("MINE", 5))


@pytest.mark.parametrize(
    ("binding", "where", "strong"),
    [
        (GLOBAL, UNDEFINED, True),
        (LOCAL, UNDEFINED, True),
        (WEAK, UNDEFINED, False),
        (GLOBAL, DEFINED, False),
    ],
)
@pytest.mark.parametrize("index", [2, 0x8002])
def test_strong_symbol_makes_a_weak_need_count(
    index: int, binding: int, where: int, strong: bool, image: Image
) -> None:
    image.symbols(("a", WEAK, UNDEFINED), ("b", binding, where))
    sysv_hash(image, 3)
    image.table(VERSYM, struct.pack(f"{image.order}3H", 0, 2, index))
    (need,) = bound(image, ("NODE", 2, True), known=None).version_needs
    assert need.strong is strong


def test_strong_symbols_of_other_needs_are_not_looked_for(image: Image) -> None:
    image.symbols(("a", GLOBAL, UNDEFINED))
    sysv_hash(image, 2)
    image.table(VERSYM, struct.pack(f"{image.order}2H", 0, 2))
    needs = bound(image, ("NODE", 2, False), ("WEAK", 3, True)).version_needs
    assert [need.strong for need in needs] == [False, False]


def test_hash_tables_agree_about_the_number_of_symbols(image: Image) -> None:
    image.symbols(*SYMBOLS)
    sysv_hash(image, 5)
    empty_filter = bytes(image.word)
    for last, agrees in ((4, True), (3, False)):
        head = struct.pack(f"{image.order}4I", 1, last, 1, 0)
        tail = struct.pack(f"{image.order}2I", last, 1)
        image.table(GNU_HASH, head + empty_filter + tail)
        if agrees:
            look_for(image, *NAMES)
            continue
        with pytest.raises(UnusableError, match=r"^5 symbols by DT_HASH, 4 by"):
            look_for(image, *NAMES)
