"""Changes that are aimed at one check each, which a blind one would seldom meet.

Each is right about the rest of the file, so that nothing else refuses it first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from tests.fuzzing.elf import tables
from tests.fuzzing.elf.layout import (
    PT_DYNAMIC,
    PT_INTERP,
    PT_LOAD,
    PT_TLS,
    Layout,
    Record,
)
from tests.fuzzing.elf.tables import SPARE, Put, some, valued

PT_NULL, PT_NOTE, PT_PHDR = 0, 4, 6
PT_RELRO, PT_PROPERTY = 0x6474E552, 0x6474E553
PF_W = 2
DT_NEEDED, DT_DEBUG, DT_RELACOUNT, DT_FLAGS_1 = 1, 21, 0x6FFFFFF9, 0x6FFFFFFB
DT_PLTRELSZ, DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ, DT_PLTREL = 2, 7, 8, 17, 18, 20
DT_RELCOUNT = 0x6FFFFFFA
OF_VERSIONS = range(0x6FFFFFFC, 0x70000000)  # DT_VERDEF to DT_VERNEEDNUM
FAR = 1 << 40  # bytes; nothing of the process is so near

Step = tuple[str, bool, int]  # a field, whether the number is added to it, the number
Aim = tuple[int, tuple[Step, ...]]  # the type or tag of a record, and its steps
SEGMENTS: tuple[Aim, ...] = (
    (PT_LOAD, (("p_filesz", True, 0x3000), ("p_memsz", True, 0x3010))),
    (PT_LOAD, (("p_memsz", False, 16),)),
    (PT_LOAD, (("p_align", False, 1 << 62),)),
    (PT_LOAD, (("p_flags", False, 4),)),
    (PT_LOAD, (("p_memsz", True, 1 << 46),)),
    (PT_DYNAMIC, (("p_type", False, PT_NULL),)),
    (PT_DYNAMIC, (("p_vaddr", True, -0x10),)),
    (PT_DYNAMIC, (("p_vaddr", True, 0x40),)),
    (PT_PHDR, (("p_type", False, PT_NULL),)),
    (PT_PHDR, (("p_vaddr", True, 0x38),)),
    (PT_TLS, (("p_type", False, PT_NULL),)),
    (PT_TLS, (("p_align", False, 0),)),
    (PT_TLS, (("p_vaddr", True, FAR),)),
    (PT_TLS, (("p_memsz", False, 1 << 44),)),
    (PT_TLS, (("p_memsz", False, 4096),)),
    (PT_RELRO, (("p_vaddr", True, FAR),)),
    (PT_NOTE, (("p_vaddr", True, FAR),)),
    (PT_PROPERTY, (("p_vaddr", True, FAR),)),
    (PT_INTERP, (("p_offset", True, 1),)),
)
ENTRIES: tuple[Aim, ...] = (
    (20, (("d_val", False, 17),)),
    (20, (("d_val", False, 7),)),
    *((tag, (("d_tag", False, DT_DEBUG),)) for tag in (2, 4, 0x6FFFFEF5, 20, 23)),
    *((tag, (("d_val", True, 24 * 0x1000),)) for tag in (2, 8, 18, 27, 28)),
    (DT_RELACOUNT, (("d_val", True, 1),)),
    (DT_RELACOUNT, (("d_val", True, 10_000),)),
)
INSTEAD = (  # of a spare entry: a tag, and values; none: that of another entry
    *((DT_FLAGS_1, (0x40, 0x800)), (DT_FLAGS_1, (0x40, 0x08000000)), (16, (0,))),
    *((tag, ()) for tag in (5, 6, 7, 23, 0x6FFFFEF5, 0x6FFFFFF0, 32, 33)),
)
NAMES = (DT_NEEDED, DT_NEEDED, 0x7FFFFFFF, 0x7FFFFFFD)  # tags of what has a name
RELOCATIONS = (  # fields and values
    *(("r_sym", each) for each in (0x7FFFFF, 0)),
    *(("r_type", each) for each in (2, 5, 10, 16, 17, 18, 37)),
)

SYMBOLS = (  # st_info and st_value: a function chosen by no code, bindings of nobody
    *((0x1A, 8), (0x0A, 8), (0x32, 0), (0xF1, 0)),
)


def aimed(layout: Layout, random: Random) -> Iterator[Put]:
    """Yield the changes of one aim, none if the file has nothing to aim at."""
    kinds = (
        *(_segment, _segment, _entry, _spare, _name, _node, _symbol, _other),
        *(_no_versions, _other_kind, _relative_alone),
        *(tables.copied, tables.moved, tables.reordered, tables.threads),
        *(tables.chained, tables.by_size, tables.relocated, tables.relocated),
    )
    yield from random.choice(kinds)(layout, random)


def _segment(layout: Layout, random: Random) -> Iterator[Put]:
    yield from _steps(
        layout, random.choice(SEGMENTS), layout.segments, "p_type", random
    )


def _entry(layout: Layout, random: Random) -> Iterator[Put]:
    yield from _steps(layout, random.choice(ENTRIES), layout.entries, "d_tag", random)


def _steps(
    layout: Layout, aim: Aim, records: Sequence[Record], kind: str, random: Random
) -> Iterator[Put]:
    wanted, steps = aim
    found = [each for each in records if layout.of(each, kind) == wanted]
    record = random.choice(found) if found else None
    for field, is_added, number in steps if record else ():
        assert record
        yield record, field, number + (layout.of(record, field) if is_added else 0)


def _spare(layout: Layout, random: Random) -> Iterator[Put]:
    """Put an entry in the place of one that few miss."""
    tag, values = random.choice(INSTEAD)
    others = [layout.of(each, "d_val") for each in layout.entries]
    for spare in some(valued(layout, *SPARE), random):
        yield spare, "d_tag", tag
        yield spare, "d_val", random.choice(values or others)


def _name(layout: Layout, random: Random) -> Iterator[Put]:
    """Need or filter what is called as a symbol, or a library that is there."""
    symbols = [
        layout.of(each, "st_name")
        for each in layout.records["symbols"]
        if each.name.startswith("symbol")
    ]
    libraries = [
        layout.of(each, "d_val")
        for each in layout.entries
        if layout.of(each, "d_tag") == DT_NEEDED
    ]
    names = random.choice((symbols, libraries)) or [0]
    for spare in some(valued(layout, *SPARE), random):
        yield spare, "d_tag", random.choice(NAMES)
        yield spare, "d_val", random.choice(names)


def _node(layout: Layout, random: Random) -> Iterator[Put]:
    """Need one version twice and another one not at all."""
    records = layout.records["versions"]
    nodes = [each for each in records if each.name.startswith("Vernaux")]
    for one, other in [random.sample(nodes, 2)] if nodes[1:] else ():
        for field in ("vna_name", "vna_hash"):
            yield one, field, layout.of(other, field)


def _symbol(layout: Layout, random: Random) -> Iterator[Put]:
    """Give a symbol that the file defines another binding, a choice, or to others."""
    found = [
        each
        for each in layout.records["symbols"]
        if each.name.startswith("symbol") and layout.of(each, "st_shndx")
    ]
    for symbol in some(found, random):
        if not random.randrange(3):
            yield symbol, "st_shndx", 0
            return
        info, value = random.choice(SYMBOLS)
        yield symbol, "st_info", info
        yield symbol, "st_value", value or layout.of(symbol, "st_value")


def _other(layout: Layout, random: Random) -> Iterator[Put]:
    """Change a relocation, a hash table, or the machine's byte order."""
    relocations = tables.relocations(layout)
    symbols = layout.records["symbols"]
    filters = [each for each in symbols if each.name == "DT_GNU_HASH"]
    chains = [each for each in symbols if each.name == "DT_HASH"][2:]
    match random.randrange(8):
        case 0:
            machine = layout.of(layout.header, "e_machine")
            swapped = machine >> 8 | (machine & 0xFF) << 8
            yield layout.header, "e_machine", swapped
        case 1 | 2 if filters:
            yield filters[2], "word 2", random.choice((0, 3))
        case 1 | 2 | 3 if chains:
            word = random.choice(chains)
            yield word, word.fields[0].name, random.randrange(1, 32)
        case _ if relocations:
            yield random.choice(relocations), *random.choice(RELOCATIONS)


def _no_versions(layout: Layout, _: Random) -> Iterator[Put]:
    """Leave the table of symbols' versions, of which none is of a library."""
    for tag in OF_VERSIONS:
        for entry in valued(layout, tag):
            yield entry, "d_tag", DT_DEBUG
    for record in layout.records["versions"]:
        if record.name.startswith("Versym"):
            yield record, "vs_vers", 1


def _other_kind(layout: Layout, _: Random) -> Iterator[Put]:
    """Have no relocations of functions, and those of another kind."""
    for entry in valued(layout, DT_PLTREL):
        kind = DT_REL if layout.of(entry, "d_val") == DT_RELA else DT_RELA
        yield entry, "d_val", kind
    for entry in valued(layout, DT_PLTRELSZ):
        yield entry, "d_val", 0


def _relative_alone(layout: Layout, _: Random) -> Iterator[Put]:
    """Cut off what is not relative, and tell of more relative relocations than are."""
    word = layout.bits // 8
    for count, size, entry in (
        (DT_RELACOUNT, DT_RELASZ, 3 * word),
        (DT_RELCOUNT, DT_RELSZ, 2 * word),
    ):
        for told in valued(layout, count):
            number = layout.of(told, "d_val")
            yield told, "d_val", number + 10_000
            for each in valued(layout, size):
                yield each, "d_val", number * entry
