"""Changes an ELF file where its numbers are: one field, or one record for another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.fuzzing.elf.aims import aimed
from tests.fuzzing.elf.layout import DT_STRTAB, Field, Layout, Record

KINDS = (
    *("header", "segments", "dynamic", "versions", "symbols", "notes"),
    "relocations",
)
WEIGHTS = (2, 5, 5, 3, 3, 1, 2)
AIMED = 0.35  # of mutants
LIMITS = (
    *(0, 1, 2, 3, 4, 6, 7, 8, 16, 0x40, 0xFFF, 0x1000, 0x1001, 0x10000, 0x200000),
    *(0x7FFF, 0x8000, 0xFFFF, 1 << 31, 0xFFFFFFFF, 1 << 32, 1 << 47, 1 << 63, -1),
)
STEPS = (-0x1000, -16, -8, -4, -1, 1, 4, 8, 16, 24, 0x1000, 0x10000)
NAMES: dict[str, tuple[int, ...]] = {  # numbers that have a meaning
    "p_type": (
        *range(8),
        *(0x6474E550, 0x6474E551, 0x6474E552, 0x6474E553, 0x6474E554, 0x70000001),
    ),
    "p_flags": tuple(range(8)),
    "p_align": (0, 1, 3, 8, 0x800, 0x1000, 0x1001, 0x10000, 1 << 31, 1 << 40),
    "d_tag": (
        *range(38),
        *(0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFF9, 0x6FFFFFFA, 0x6FFFFFFB, 0x6FFFFFFC),
        *(0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF, 0x7FFFFFFD, 0x7FFFFFFF, 0x6FFFFEFC),
        *(0x6FFFFEFB, 0x6FFFFEF7, 0x6FFFFEF6, 0x6FFFFDFC, 0x70000000, 0x70000001),
    ),
    "e_type": tuple(range(5)),
    "e_machine": (3, 20, 21, 22, 40, 62, 183, 243, 247, 258),
    "st_shndx": (0, 1, 7, 0xFFF1, 0xFFF2, 0xFFFF),
    "st_info": tuple(b << 4 | t for b in (0, 1, 2, 10) for t in (0, 1, 2, 4, 6, 10)),
}


NAMING = (1, 14, 15, 29)  # DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH
BITS = tuple(1 << bit for bit in range(32))
ENTRIES: tuple[tuple[int, tuple[int, ...]], ...] = (  # a tag, and values; none: names
    *((0x6FFFFFFB, BITS), (30, BITS), (22, (0,)), (24, (0,)), (16, (0,))),
    *((1, ()), (14, ()), (15, ()), (29, ())),
    *((0x7FFFFFFF, ()), (0x7FFFFFFD, ()), (0x6FFFFEFC, ()), (0x6FFFFEFB, ())),
)


def sysv_hash(name: bytes) -> int:
    """Return the hash of a name (gABI, Hash Table)."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value >> 24 & 0xF0)) & 0x0FFFFFFF
    return value


@dataclass(frozen=True, slots=True)
class Change:
    """Some bytes of a file that are others now; ``field`` says which."""

    field: str
    offset: int
    before: bytes
    after: bytes

    def __str__(self) -> str:
        """Say where, what was there and what is there now, in the file's order."""
        return f"{self.field}: {self.before.hex()} -> {self.after.hex()}"

    def single_bytes(self) -> Iterator[Change]:
        """Yield a change for each byte that differs."""
        for number, (old, new) in enumerate(zip(self.before, self.after, strict=True)):
            if old != new:
                name = f"{self.field} byte {number}"
                yield Change(name, self.offset + number, bytes((old,)), bytes((new,)))


def changed(content: bytes, changes: Sequence[Change]) -> bytes:
    """Return a file with changes, made in their order."""
    result = bytearray(content)
    for change in changes:
        result[change.offset : change.offset + len(change.after)] = change.after
    return bytes(result)


@dataclass(frozen=True, slots=True)
class Mutator:
    """Makes changes of one file, all of them chosen by ``random``."""

    layout: Layout
    random: Random

    def changes(self) -> list[Change]:
        """Return changes that have one aim, or one to three that have none.

        Each changes something.
        """
        if self.random.random() < AIMED and (found := list(self._aimed())):
            return found
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        found = []
        while len(found) < count:
            found += (each for each in self._change() if each.before != each.after)
        return found

    def _aimed(self) -> Iterator[Change]:
        for record, name, value in aimed(self.layout, self.random):
            (field,) = (each for each in record.fields if each.name == name)
            change = self._put(field, value)
            if change.before != change.after:
                yield change

    def _change(self) -> Iterator[Change]:
        (kind,) = self.random.choices(KINDS, WEIGHTS)
        records = self.layout.records[kind]
        if not records:
            return
        record = self.random.choice(records)
        structured = self.random.random() < 0.4
        if structured and kind in {"segments", "dynamic"}:
            together = self._segment if kind == "segments" else self._entry
            if self.random.random() < 0.5:
                yield from together(record)
            else:
                yield from self._moved(record, self.random.choice(records))
        elif structured and kind == "versions":
            yield from self._renamed(record)
        else:
            field = self.random.choice(record.fields)
            yield self._put(field, self._value(field, records))

    def _put(self, field: Field, value: int) -> Change:
        return self._set(str(field), field.offset, self.layout.packed(field, value))

    def _segment(self, record: Record) -> Iterator[Change]:
        """Change numbers of a segment that belong together by the same amount."""
        groups = (("p_filesz", "p_memsz"), ("p_offset", "p_vaddr", "p_paddr"))
        group, step = self.random.choice(groups), self.random.choice(STEPS)
        for field in record.fields:
            if field.name in group:
                yield self._put(field, self.layout.value(field) + step)

    def _entry(self, record: Record) -> Iterator[Change]:
        """Make an entry one that says something about the whole file."""
        tag, values = self.random.choice(ENTRIES)
        strings = [
            self.layout.of(each, "d_val")
            for each in self.layout.entries
            if self.layout.of(each, "d_tag") in NAMING
        ]
        value = self.random.choice(values or strings or [0])
        for field in record.fields:
            yield self._put(field, tag if field.name == "d_tag" else value)

    def _renamed(self, record: Record) -> Iterator[Change]:
        """Give a version need the name of another, or one that never was, and its hash.

        The hash is that of the gABI, by which the loader compares names.
        """
        fields = {field.name: field for field in record.fields}
        if "vna_name" not in fields:
            return
        nodes = [
            self.layout.of(each, "vna_name")
            for each in self.layout.records["versions"]
            if each.name.startswith("Vernaux")
        ]
        name = self.random.choice(nodes)
        start = (self.layout.table(DT_STRTAB) or 0) + name
        text = bytearray(self.layout.content[start:].partition(b"\0")[0])
        if self.random.random() < 0.5:
            text[-1:] = self.random.choice((b"0", b"1", b"7", b"9", b"X"))
            yield self._set("the name of a version", start, bytes(text))
        yield self._put(fields["vna_name"], name)
        yield self._put(fields["vna_hash"], sysv_hash(bytes(text)))

    def _set(self, name: str, offset: int, after: bytes) -> Change:
        before = self.layout.content[offset : offset + len(after)]
        return Change(name, offset, before, after)

    def _moved(self, one: Record, other: Record) -> Iterator[Change]:
        """Copy a record over another, or exchange them."""
        content = self.layout.content
        first, second = (
            content[each.offset : each.offset + each.size] for each in (one, other)
        )
        yield self._set(f"{one.name} <- {other.name}", one.offset, second)
        if self.random.random() < 0.5:
            yield self._set(f"{other.name} <- {one.name}", other.offset, first)

    def _value(self, field: Field, records: Sequence[Record]) -> int:
        old, bits = self.layout.value(field), 8 * field.size
        chance = self.random.random()
        if field.name in NAMES and chance < 0.5:
            return self.random.choice(NAMES[field.name])
        match self.random.randrange(5):
            case 0:
                return self.random.choice(LIMITS)
            case 1:
                return old + self.random.choice(STEPS)
            case 2:
                return old ^ 1 << self.random.randrange(bits)
            case 3:
                alike = self.random.choice(records).fields
                return self.layout.value(self.random.choice(alike))
            case _:
                return self.random.getrandbits(self.random.randrange(1, bits + 1))
