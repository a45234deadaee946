"""Changes of tables that are aimed: where they are, how they hang together, whose.

As those of ``aims``, each is right about the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.fuzzing.elf.layout import (
    DT_RELR,
    PT_DYNAMIC,
    PT_LOAD,
    PT_TLS,
    Layout,
    Record,
)

EI_DATA = "e_ident[5]"
ADDRESSED = (
    *(4, 5, 6, 7, 17, 23, 25, 27, 32, 36),  # DT_HASH to DT_RELR
    *(0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE),  # those of GNU
)
SIZED = (2, 8, 10, 18, 27, 28, 33, 35)  # DT_PLTRELSZ to DT_RELRSZ
SPARE = (21, 0x6FFFFFF9, 0x6FFFFFFB, 30, 26, 28)  # entries that few miss
STORAGE = (0, 1024, 1600, 1664, 1665, 1728, 2048, 4096, 8192, 1 << 16)  # bytes
ALIGNMENTS = (1, 8, 64, 128, 4096)
OFFSETS = {62: (18,), 183: (1030,)}  # e_machine -> relocations for static storage
BY_SIZE = {62: (5, 32, 33), 183: (1024,)}  # and those that go by a symbol's size
SIZES = (0, 1, 8, 64, 0x1000, 0x10000, 1 << 30)
CIRCLES = 0.7  # of chains; each that is walked costs the loader two seconds
STEPS = (-24, -8, 8, 24, 0x1000, -0x1000)

Put = tuple[Record, str, int]  # a record's field and what it becomes


def some(records: Sequence[Record], random: Random) -> Sequence[Record]:
    """Return one of some records, none if there is none."""
    return random.sample(records, min(1, len(records)))


def valued(layout: Layout, *tags: int) -> list[Record]:
    """Return the dynamic entries of some tags."""
    return [each for each in layout.entries if layout.of(each, "d_tag") in tags]


def of_kind(layout: Layout, kind: int) -> list[Record]:
    """Return the segments of a type."""
    return [each for each in layout.segments if layout.of(each, "p_type") == kind]


def relocations(layout: Layout) -> list[Record]:
    """Return the relocations that have a symbol and a type."""
    return [
        each
        for each in layout.records["relocations"]
        if {"r_sym", "r_type"} <= {field.name for field in each.fields}
    ]


def copied(layout: Layout, random: Random) -> Iterator[Put]:
    """Have a second entry of a tag, which says something else."""
    for entry in some(layout.entries[:-1], random):
        tag, value = layout.of(entry, "d_tag"), layout.of(entry, "d_val")
        others = [layout.of(each, "d_val") for each in layout.entries]
        others += [value + step for step in STEPS]
        for spare in some(valued(layout, *SPARE), random):
            yield spare, "d_tag", tag
            yield spare, "d_val", random.choice(others)


def moved(layout: Layout, random: Random) -> Iterator[Put]:
    """Move a table to memory that is not in the file, or have it reach there."""
    ends = [
        layout.of(each, "p_vaddr") + layout.of(each, size) - before
        for each in of_kind(layout, PT_LOAD)
        for size in ("p_filesz", "p_memsz")
        for before in (0, 8, 24)
    ]
    for entry in some(valued(layout, *ADDRESSED), random):
        yield entry, "d_val", random.choice(ends) & ~7
    if random.random() < 0.5:
        for entry in some(valued(layout, *SIZED), random):
            more = layout.bits // 8 * random.choice((3, 6, 300, 3000))
            yield entry, "d_val", layout.of(entry, "d_val") + more


def reordered(layout: Layout, random: Random) -> Iterator[Put]:
    """Mark the file as of the other byte order, with or without its header."""
    fields = {field.name: field for field in layout.header.fields}
    yield layout.header, EI_DATA, 3 - layout.value(fields[EI_DATA])
    if random.random() < 0.5:
        for field in fields.values():
            raw = layout.packed(field, layout.value(field))
            swapped = int.from_bytes(raw, "big" if layout.order == "<" else "little")
            if field.name != EI_DATA:
                yield layout.header, field.name, swapped


def threads(layout: Layout, random: Random) -> Iterator[Put]:
    """Have more or less storage of threads, and ask for it to be static."""
    for segment in some(of_kind(layout, PT_TLS), random):
        least = layout.of(segment, "p_filesz")
        yield segment, "p_memsz", max(least, random.choice(STORAGE))
        if random.random() < 0.3:
            yield segment, "p_align", random.choice(ALIGNMENTS)
    machine = layout.of(layout.header, "e_machine")
    if random.random() < 0.5 and machine in OFFSETS:
        for relocation in some(relocations(layout), random):
            yield relocation, "r_type", random.choice(OFFSETS[machine])


def chained(layout: Layout, random: Random) -> Iterator[Put]:
    """Have the chain of a hash table lead to a link that was passed, or any other."""
    words = [each for each in layout.records["symbols"] if each.name == "DT_HASH"]
    if not words or (layout.bits == 64 and layout.order == ">"):
        return  # s390x has wide hash words
    buckets, count = (layout.value(each.fields[0]) for each in words[:2])
    chains = words[2 + buckets : 2 + buckets + count]
    for one, other in [random.choices(range(len(chains)), k=2)] if chains else ():
        yield chains[one], chains[one].fields[0].name, other
        if random.random() < CIRCLES:
            yield chains[other], chains[other].fields[0].name, one


def by_size(layout: Layout, random: Random) -> Iterator[Put]:
    """Relocate by the size of a symbol that the file defines, of whatever size."""
    types = BY_SIZE.get(layout.of(layout.header, "e_machine"), (0,))
    numbers = [
        number
        for number, each in enumerate(layout.records["symbols"])
        if each.name.startswith("symbol") and layout.of(each, "st_shndx")
    ]
    for relocation in some(relocations(layout), random):
        for number in random.sample(numbers, min(1, len(numbers))):
            yield relocation, "r_type", random.choice(types)
            yield relocation, "r_sym", number
            symbol = layout.records["symbols"][number]
            yield symbol, "st_size", random.choice(SIZES)


def relocated(layout: Layout, random: Random) -> Iterator[Put]:
    """Relocate an entry of the dynamic section, or something near it."""
    step = layout.bits // 8
    places = [
        layout.of(each, "p_vaddr") + number * step
        for each in of_kind(layout, PT_DYNAMIC)
        for number in range(2 * len(layout.entries))
    ]
    found = layout.records["relocations"]
    words = [each for each in found if each.name.endswith(f"table {DT_RELR}")]
    addresses = [each for each in words if not layout.value(each.fields[0]) & 1]
    others = [each for each in found if each.fields[0].name == "r_offset"]
    for record in some(random.choice((addresses, others)) or others, random):
        if places:
            yield record, record.fields[0].name, random.choice(places)
