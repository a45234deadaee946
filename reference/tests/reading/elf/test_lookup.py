"""Hash tables of several buckets lead to a file's own symbols, or it is refused.

Written as the gABI, chapter 5, Hash Table, and glibc's ``elf/dl-lookup.c`` have them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from contextlib import nullcontext

import pytest
from manylinux_fixtures.elf.hashes import gnu_hash, sysv_hash
from manylinux_reference.reading.elf.dynamic import Dynamic
from manylinux_reference.reading.elf.hashes import check_hashes
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.elf.test_names import KINDS
from tests.reading.image import BASE, DEFINED, GNU_HASH, HASH, SYMTAB, Image

FUNC = 0x12
NAMES = [f"name{number}" for number in range(1, 14)]
BUCKETS, WORDS, SHIFT = 3, 4, 7
EM_S390, EM_X86_64 = 22, 62
Kind = tuple[int, int, int, int]  # st_info, st_shndx, st_other, st_value
Edit = Callable[[list[int]], None]


def sysv(image: Image, names: list[str], edit: Edit | None) -> None:
    """Add DT_HASH: the chains lead to ever higher numbers, as the fixtures' do."""
    chains, heads = [0] * (len(names) + 1), [0] * BUCKETS
    for number in range(len(names), 0, -1):
        bucket = sysv_hash(names[number - 1]) % BUCKETS
        chains[number], heads[bucket] = heads[bucket], number
    words = [BUCKETS, len(chains), *heads, *chains]
    if edit:
        edit(words)
    wide = "Q" if image.machine == EM_S390 and image.bits == 64 else "I"
    image.table(HASH, struct.pack(f"{image.order}{len(words)}{wide}", *words))


def gnu(image: Image, names: list[str], edit: Edit | None, first: int = 1) -> None:
    """Add DT_GNU_HASH, of names that are in the order of their buckets."""
    hashes = [gnu_hash(name) for name in names]
    heads, filters = [0] * BUCKETS, [0] * WORDS
    chains = [value & ~1 for value in hashes]
    for number, value in enumerate(hashes):
        bucket = value % BUCKETS
        heads[bucket] = heads[bucket] or number + first
        is_last = [other % BUCKETS for other in hashes[number + 1 :]].count(bucket) == 0
        chains[number] |= is_last
        for bit in (value, value >> SHIFT):
            filters[value // image.bits % WORDS] |= 1 << bit % image.bits
    words = [BUCKETS, first, WORDS, SHIFT, *filters, *heads, *chains]
    if edit:
        edit(words)
    wide = "Q" if image.bits == 64 else "I"
    layout = f"{image.order}4I{WORDS}{wide}{len(words) - 4 - WORDS}I"
    image.table(GNU_HASH, struct.pack(layout, *words))


TABLES = {HASH: sysv, GNU_HASH: gnu}
HEADS = {HASH: 2, GNU_HASH: 4 + WORDS}  # where the buckets begin
tables = pytest.mark.parametrize("table", [HASH, GNU_HASH], ids=["DT_HASH", "GNU"])


def sorted_by_bucket(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: gnu_hash(name) % BUCKETS)


def looked_up(
    image: Image,
    table: int | None,
    *,
    used: Collection[int] = (),
    edit: Edit | None = None,
    kinds: dict[str, Kind] | None = None,
    names: list[str] = NAMES,
) -> tuple[Dynamic, list[str]]:
    """Check the table of a file's symbols; return it, and their names in order."""
    names = sorted_by_bucket(names)
    kinds = kinds or {}
    usual = (FUNC, DEFINED, 0, 5)
    symbols = [(name, *kinds.get(name, usual)[:2]) for name in names]
    image.data += bytes(-len(image.data) % 8)
    start = len(image.data)
    more = {name: kind[2:] for name, kind in kinds.items()}
    image.symbols(*symbols, more=more)
    raw = bytes(image.data[start:])
    if table is not None:
        TABLES[table](image, names, edit)
    dynamic, elf = image.dynamic()
    assert dynamic.one(SYMTAB) == BASE + start
    check_hashes(dynamic, elf, raw, used)
    return dynamic, names


@tables
@pytest.mark.parametrize("machine", [EM_X86_64, EM_S390])
def test_every_name_leads_to_its_symbol(table: int, machine: int, image: Image) -> None:
    if machine == EM_S390 and image.order == "<":
        return  # which is there in the other byte order alone
    image.machine = machine
    dynamic, names = looked_up(image, table, used=range(1, 14))
    assert dynamic.first == 1
    for number, name in enumerate(names, 1):
        assert number in dynamic.walk(name.encode())
    same = [name for name in names if sysv_hash(name) % 3 == sysv_hash(names[0]) % 3]
    if table == HASH:  # the whole chain, from the first to the last of a bucket
        numbers = [names.index(name) + 1 for name in same]
        assert list(dynamic.walk(names[0].encode())) == numbers
    else:  # those of one hash alone
        assert list(dynamic.walk(names[0].encode())) == [1]
        assert list(dynamic.walk(b"absent")) == list(dynamic.walk(b"not there")) == []


def test_symbols_before_the_first_are_in_no_table(image: Image) -> None:
    names = sorted_by_bucket(NAMES)
    image.symbols(*((name, FUNC, 0) for name in "ab"))  # are undefined
    gnu(image, [], None)
    other = Image(image.bits, image.order)
    other.symbols(("a", FUNC, 0), ("b", FUNC, 0), *((n, FUNC, DEFINED) for n in names))
    raw = bytes(other.data[16:])
    gnu(other, names, None, first=3)
    dynamic, elf = other.dynamic()
    check_hashes(dynamic, elf, raw, ())
    assert dynamic.first == 3
    assert [list(dynamic.walk(name.encode())) for name in names] == [
        [number] for number in range(3, 3 + len(names))
    ]


def test_files_of_fewer_names_have_empty_buckets(image: Image) -> None:
    dynamic, _ = looked_up(image, GNU_HASH, names=[])
    assert list(dynamic.walk(b"name1")) == []
    dynamic, _ = looked_up(Image(image.bits, image.order), HASH, names=["name1"])
    assert list(dynamic.walk(b"name1")) == [1]


@tables
@pytest.mark.parametrize("number", range(1, 14))
@pytest.mark.parametrize("is_used", [True, False])
def test_each_symbol_is_found(
    number: int, is_used: bool, table: int, image: Image
) -> None:
    def lose(words: list[int]) -> None:
        if table == GNU_HASH:
            words[HEADS[table] + BUCKETS + number - 1] ^= 2  # another hash
            return
        chains = HEADS[table] + BUCKETS
        for at in range(HEADS[table], len(words)):  # whatever leads there leads on
            if words[at] == number:
                words[at] = words[chains + number]

    used = range(1, 14) if is_used else ()
    with pytest.raises(UnusableError, match=r"^its symbol name\d+ is not found$"):
        looked_up(image, table, used=used, edit=lose)


def changed(at: int, value: int) -> Edit:
    def edit(words: list[int]) -> None:
        words[at] = value

    return edit


@pytest.mark.parametrize(
    ("table", "at", "value", "reason"),
    [
        (GNU_HASH, 0, 0, "a hash table with a filter of 4 words"),
        (GNU_HASH, 1, 2, "a hash table that leads before its first symbol"),
        (GNU_HASH, 2, 0, "a hash table with a filter of 0 words"),
        (GNU_HASH, 2, 3, "a hash table with a filter of 3 words"),
        (GNU_HASH, 3, 32, "a hash table with a filter of 4 words"),
        (HASH, 0, 0, "a hash table that leads past the last symbol"),
        (HASH, 2, 14, "a hash table that leads past the last symbol"),
        (HASH, 6, 14, "a hash table that leads past the last symbol"),
        (HASH, 18, 14, "a hash table that leads past the last symbol"),
        (HASH, 6, 1, "a hash table whose chain is a circle"),
        (HASH, 18, 13, "a hash table whose chain is a circle"),
    ],
)
def test_damaged_table_is_refused(
    table: int, at: int, value: int, reason: str, image: Image
) -> None:
    with pytest.raises(UnusableError, match=rf"^{reason}$"):
        looked_up(image, table, used=range(1, 14), edit=changed(at, value))


def test_what_the_filter_does_not_know_is_not_found(image: Image) -> None:
    def empty(words: list[int]) -> None:
        words[4 : 4 + WORDS] = [0] * WORDS

    with pytest.raises(UnusableError, match=r"^its symbol name\d+ is not found$"):
        looked_up(image, GNU_HASH, edit=empty)


@pytest.mark.parametrize("number", range(1, 4))
def test_chain_that_leads_back_to_a_circle_is_none(number: int, image: Image) -> None:
    def edit(words: list[int]) -> None:
        words[2:] = [0, 0, 0, 0, 2, 3, 1, *[0] * 10]  # in no bucket: 1, 2, 3, 1
        words[5 + number] = 0

    with pytest.raises(UnusableError, match="is not found"):  # but no circle
        looked_up(image, HASH, edit=edit)


KIND_OF = {name: tuple(more) for name, *more in KINDS}
WITHOUT_LOOKUP = ("no_local", "no_internal", "no_hidden", "no_hidden_of_ppc64")


@tables
@pytest.mark.parametrize("kind", [*KIND_OF])
@pytest.mark.parametrize(("is_used", "is_lost"), [(True, False), (False, True)])
def test_symbol_is_looked_for_by_its_kind(
    kind: str, is_used: bool, is_lost: bool, table: int, image: Image
) -> None:
    if kind == "yes_ifunc":
        return  # has to be code as well
    info, where, other, value = KIND_OF[kind]
    names = sorted_by_bucket(NAMES)

    def lose(words: list[int]) -> None:
        words[HEADS[table] : HEADS[table] + BUCKETS] = [0] * BUCKETS

    is_bad = kind.startswith("yes") if is_lost else not kind.startswith("yes")
    if kind in WITHOUT_LOOKUP or where == 0:
        is_bad = False
    refused = pytest.raises(UnusableError, match=r"^its symbol name13 is not found$")
    others = dict.fromkeys(names, (2, DEFINED, 0, 5))  # local ones
    with refused if is_bad else nullcontext():
        looked_up(
            image,
            table,
            used=(names.index("name2") + 1, names.index("name13") + 1) * is_used,
            edit=lose if is_lost else None,
            kinds=others | {"name13": (info, where, other, value)},
        )


@tables
@pytest.mark.parametrize("count", [16, 40, 600])
def test_of_many_symbols_some_are_looked_up(
    count: int, table: int, image: Image
) -> None:
    names = [f"name{number}" for number in range(count)]
    dynamic, ordered = looked_up(image, table, used=range(1, count + 1), names=names)
    assert count in dynamic.walk(ordered[-1].encode())

    def lose(words: list[int]) -> None:
        words[HEADS[table] : HEADS[table] + BUCKETS] = [0] * BUCKETS

    with pytest.raises(UnusableError, match=r"is not found$"):
        looked_up(Image(), table, edit=lose, names=names)


def test_without_a_table_nothing_is_found(image: Image) -> None:
    dynamic, _ = looked_up(image, None)
    assert list(dynamic.walk(b"name1")) == []
    with pytest.raises(UnusableError, match=r"^its symbol name\d+ is not found$"):
        looked_up(Image(image.bits, image.order), None, used=[1])
