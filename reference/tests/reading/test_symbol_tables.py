"""The dynamic symbol table and its hash tables, laid out as the gABI says."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading import elf_symbols
from manylinux_reference.reading.elf import ET_DYN, ET_EXEC, Elf, VersionNeed
from manylinux_reference.reading.elf_dynamic import Dynamic
from manylinux_reference.reading.elf_symbols import SymbolQuery, read_symbols
from manylinux_reference.reading.range_buffer import RangeBuffer
from manylinux_reference.reading.unusable import UnusableError

HASH, STRTAB, SYMTAB, STRSZ = 4, 5, 6, 10
GNU_HASH, VERSYM = 0x6FFFFEF5, 0x6FFFFFF0
GLOBAL, WEAK, DEFINED, EM_S390 = 0x10, 0x20, 7, 22
BASE = 0x1000
Symbol = tuple[str, int, int]  # name, st_info, st_shndx
FIRST = ("", 0, 0)  # the table begins with an entry of zeros


class File:
    """Tables one after the other, and the dynamic section that names them."""

    def __init__(self, bits: int = 64, order: str = "<", machine: int = 0) -> None:
        self.bits, self.order = bits, order
        self.elf = Elf("a.so")
        self.elf.bits, self.elf.big_endian = bits, order == ">"
        self.elf.machine, self.elf.type = machine, ET_EXEC
        self.data = b""
        self.entries: list[tuple[int, int]] = []

    def table(self, tag: int, data: bytes) -> None:
        self.entries.append((tag, BASE + len(self.data)))
        self.data += data

    def symbols(self, *symbols: Symbol) -> None:
        """Add a symbol table, and the strings right behind it."""
        strings, rows = b"\0", []
        for name, info, section in (FIRST, *symbols):
            where = len(strings) if name else 0
            strings += name.encode() + b"\0" if name else b""
            rows.append(
                struct.pack(f"{self.order}I2BH2Q", where, info, 0, section, 5, 6)
                if self.bits == 64
                else struct.pack(f"{self.order}3I2BH", where, 5, 6, info, 0, section)
            )
        self.table(SYMTAB, b"".join(rows))
        self.table(STRTAB, strings)
        self.entries.append((STRSZ, len(strings)))

    def sysv_hash(self, count: int, word: str = "I") -> None:
        self.table(HASH, struct.pack(f"{self.order}2{word}", 1, count))

    def gnu_hash(self, first: int, buckets: list[int], chains: list[int]) -> None:
        header = struct.pack(f"{self.order}4I", len(buckets), first, 2, 6)
        numbers = struct.pack(
            f"{self.order}{len(buckets + chains)}I", *buckets, *chains
        )
        self.table(GNU_HASH, header + bytes(2 * self.bits // 8) + numbers)

    def read(self, *names: str, known: frozenset[str] | None = None) -> Elf:
        layout = f"{self.order}2{'Q' if self.bits == 64 else 'I'}"
        section = b"".join(struct.pack(layout, *entry) for entry in self.entries)
        buffer = RangeBuffer(len(self.data) + len(section))
        buffer.feed(self.data + section)
        loads = [(BASE, len(self.data), 0)]
        where = (len(self.data), len(section))
        dynamic = Dynamic(buffer, self.elf, where, loads)
        query = SymbolQuery([name.encode() for name in names], known_nodes=known)
        read_symbols(dynamic, self.elf, query)
        return self.elf


SYMBOLS = (
    ("used", GLOBAL, 0),
    ("maybe", WEAK, 0),
    ("own", GLOBAL, DEFINED),
    ("weakly_own", WEAK, DEFINED),
)
NAMES = [name for name, _, _ in SYMBOLS]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_names_are_undefined_or_exported(bits: int, order: str) -> None:
    file = File(bits, order)
    file.symbols(*SYMBOLS)
    file.sysv_hash(5)
    elf = file.read(*NAMES, "absent", "sed")
    assert elf.undefined == {b"used": False, b"maybe": True}
    assert elf.exports == {b"own", b"weakly_own"}


def test_only_names_that_are_asked_for_are_found() -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.sysv_hash(5)
    elf = file.read("own", "maybe")
    assert (elf.undefined, elf.exports) == ({b"maybe": True}, {b"own"})


def test_name_at_the_end_of_another_is_found() -> None:
    file = File()
    file.symbols(("libc_free", GLOBAL, 0))
    strings = dict(file.entries)[STRTAB] - BASE
    size = 24
    row = struct.pack("<I2BH2Q", 1 + len("libc_"), GLOBAL, 0, 0, 0, 0)
    file.data = file.data[:size] + row + file.data[strings:]
    file.sysv_hash(2)
    assert file.read("free").undefined == {b"free": False}


@pytest.mark.parametrize(
    ("infos", "weak"),
    [((WEAK, WEAK), True), ((WEAK, GLOBAL), False), ((GLOBAL, WEAK), False)],
)
@pytest.mark.parametrize("many", [0, 100])
def test_name_is_weak_if_all_its_entries_are(
    infos: tuple[int, int], weak: bool, many: int
) -> None:
    file = File()
    more = [f"name{number}" for number in range(many)]
    file.symbols(*(("f", info, 0) for info in infos), *((m, WEAK, 0) for m in more))
    file.sysv_hash(3 + many)
    assert file.read("f", *more).undefined[b"f"] is weak


@pytest.mark.parametrize(
    ("count", "found"), [(1, []), (2, ["used"]), (3, ["used", "maybe"])]
)
def test_hash_table_says_how_many_symbols_there_are(
    count: int, found: list[str]
) -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.sysv_hash(count)
    elf = file.read(*NAMES)
    assert [name.decode() for name in elf.undefined] == found


@pytest.mark.parametrize(
    ("machine", "order", "word"),
    [(EM_S390, ">", "Q"), (EM_S390, ">", "I"), (62, ">", "I"), (62, "<", "I")],
)
def test_words_of_the_hash_table_are_wide_on_s390x_alone(
    machine: int, order: str, word: str
) -> None:
    file = File(64, order, machine)
    file.symbols(*SYMBOLS)
    file.sysv_hash(2, word)
    assert file.read(*NAMES).undefined == {b"used": False}


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("first", "tables", "count"),
    [
        (1, ([1, 0], [2, 5]), 3),
        (1, ([1, 2], [3, 5]), 3),
        (1, ([2, 1], [3, 4, 5]), 4),
        (3, ([3], [1]), 4),
    ],
)
def test_gnu_hash_table_ends_with_its_last_chain(
    bits: int, order: str, first: int, tables: tuple[list[int], list[int]], count: int
) -> None:
    file = File(bits, order)
    undefined = [(f"u{number}", GLOBAL, 0) for number in range(1, 9)]
    file.symbols(*undefined)
    file.gnu_hash(first, *tables)
    found = file.read(*(name for name, _, _ in undefined)).undefined
    assert len(found) == count - 1


@pytest.mark.parametrize(
    ("first", "buckets"),
    [(9, []), (1, []), (9, [0, 0]), (1, [0, 0]), (9, [1]), (0, [])],
)
def test_strings_end_a_table_of_which_no_hash_table_knows(
    first: int, buckets: list[int]
) -> None:
    file = File()
    file.gnu_hash(first, buckets, [])
    file.symbols(*SYMBOLS)
    elf = file.read(*NAMES)
    assert len(elf.undefined) + len(elf.exports) == 4


def test_strings_end_a_table_without_a_hash_table() -> None:
    file = File()
    file.table(0x70000000, bytes(1000))  # of some other kind
    file.symbols(*SYMBOLS)
    elf = file.read(*NAMES)
    assert len(elf.undefined) + len(elf.exports) == 4


@pytest.mark.parametrize("buckets", [[4, 1, 2], [1, 2, 4], [0, 4, 0, 0, 1]])
def test_buckets_are_read_block_by_block(
    monkeypatch: pytest.MonkeyPatch, buckets: list[int]
) -> None:
    monkeypatch.setattr(elf_symbols, "BLOCK", 8)
    file = File()
    undefined = [(f"u{number}", GLOBAL, 0) for number in range(1, 9)]
    file.symbols(*undefined)
    file.gnu_hash(1, buckets, [2, 3, 2, 5])
    found = file.read(*(name for name, _, _ in undefined)).undefined
    assert len(found) == 4


def test_names_are_those_of_needed_libraries_and_of_the_file() -> None:
    query = SymbolQuery(
        (b"always",), {"liba.so": [b"a"], "libb.so": [b"b"]}, (b"PyInit_", b"init")
    )
    elf = Elf("p/mod.abi3.so")
    elf.needed = ["libb.so"]
    assert query.names_for(elf) == [b"always", b"PyInit_mod", b"initmod", b"b"]
    assert SymbolQuery().names_for(elf) == []


def test_needs_without_a_table_of_versions_have_no_example() -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.sysv_hash(5)
    file.elf.needed = ["libc.so.6"]
    file.elf.version_needs = [VersionNeed("libc.so.6", "NODE", 2, weak=False)]
    assert file.read(known=frozenset()).example_symbols == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("LARGEST_TABLE", "^a symbol table of 5 entries$"),
        ("LONGEST_CHAIN", "^a chain without end in the hash table$"),
    ],
)
def test_tables_are_bounded(
    monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.gnu_hash(1, [1], [2, 2, 2, 1])
    monkeypatch.setattr(elf_symbols, name, {"LARGEST_TABLE": 5}.get(name, 4))
    assert file.read(*NAMES).undefined
    monkeypatch.setattr(elf_symbols, name, {"LARGEST_TABLE": 4}.get(name, 3))
    with pytest.raises(UnusableError, match=reason):
        file.read(*NAMES)


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    file = File()
    file.symbols(("used", GLOBAL, 0))
    file.gnu_hash(1, [1, 0, 0], [1])
    monkeypatch.setattr(elf_symbols, "LARGEST_TABLE", 3)
    assert file.read("used").undefined
    monkeypatch.setattr(elf_symbols, "LARGEST_TABLE", 2)
    with pytest.raises(UnusableError, match=r"^a hash table of 3 buckets$"):
        file.read("used")


def test_of_a_library_without_needs_a_few_undefined_names_are_read() -> None:
    file = File()
    names = [f"name{number}" for number in range(12)]
    file.symbols(("own", GLOBAL, DEFINED), *((name, WEAK, 0) for name in names))
    file.sysv_hash(14)
    file.elf.type = ET_DYN
    elf = file.read("own", "name11")
    first = [f"name{number}".encode() for number in range(elf_symbols.ENOUGH)]
    assert elf.undefined == dict.fromkeys([*first, b"name11"], True)
    assert elf.exports == {b"own"}


@pytest.mark.parametrize("needed", [[], ["libc.so.6"]])
def test_names_of_a_library_with_needs_are_not_read(needed: list[str]) -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.sysv_hash(5)
    file.elf.type, file.elf.needed = ET_DYN, needed
    assert bool(file.read().undefined) is (needed == [])


@pytest.mark.parametrize("order", ["<", ">"])
def test_example_of_a_version_is_an_undefined_symbol(order: str) -> None:
    file = File(order=order)
    file.symbols(
        ("own", GLOBAL, DEFINED), ("old", GLOBAL, 0), ("new", GLOBAL, 0), ("z", 0, 0)
    )
    file.sysv_hash(5)
    file.table(VERSYM, struct.pack(f"{order}5H", 0, 0x8003, 2, 0x8003, 9))
    file.elf.needed = ["libc.so.6"]
    file.elf.version_needs = [
        VersionNeed("libc.so.6", node, index, weak=False)
        for node, index in (("OLD", 2), ("NEW", 0x8003), ("NONE", 4))
    ]
    assert file.read(known=frozenset(("OLD",))).example_symbols == {0x8003: "new"}
    file.elf.example_symbols = {}
    assert file.read(known=None).example_symbols == {}
    assert file.read(known=frozenset()).example_symbols == {2: "old", 0x8003: "new"}


def test_examples_are_looked_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    file = File()
    file.symbols(("a", 0, DEFINED), ("b", 0, DEFINED), ("c", 0, 0))
    file.sysv_hash(4)
    file.table(VERSYM, struct.pack("<4H", 0, 2, 2, 2))
    file.elf.needed = ["libc.so.6"]
    file.elf.version_needs = [VersionNeed("libc.so.6", "NODE", 2, weak=False)]
    monkeypatch.setattr(elf_symbols, "MOST_TRIES", 2)
    assert file.read(known=frozenset()).example_symbols == {2: "c"}
    file.elf.example_symbols = {}
    monkeypatch.setattr(elf_symbols, "MOST_TRIES", 1)
    assert file.read(known=frozenset()).example_symbols == {}


@pytest.mark.parametrize("missing", [SYMTAB, STRTAB])
def test_file_without_symbols_has_none(missing: int) -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.sysv_hash(5)
    file.entries = [entry for entry in file.entries if entry[0] != missing]
    elf = file.read(*NAMES)
    assert (elf.undefined, elf.exports) == ({}, set())


def test_symbol_table_outside_of_the_file_is_refused() -> None:
    file = File()
    file.symbols(*SYMBOLS)
    file.entries = [(tag, at if tag != SYMTAB else 9) for tag, at in file.entries]
    with pytest.raises(UnusableError, match=r"^the address 0x9 is in no segment"):
        file.read()
