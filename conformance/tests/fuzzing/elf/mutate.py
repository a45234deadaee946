"""Changes an ELF file where its numbers are: one field, or one record for another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.fuzzing.elf.layout import Field, Layout, Record

KINDS = ("header", "segments", "dynamic", "versions", "symbols", "notes")
WEIGHTS = (2, 5, 5, 3, 3, 1)
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
        """Return one to three changes, of which each changes something."""
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        found: list[Change] = []
        while len(found) < count:
            found += (each for each in self._change() if each.before != each.after)
        return found

    def _change(self) -> Iterator[Change]:
        (kind,) = self.random.choices(KINDS, WEIGHTS)
        records = self.layout.records[kind]
        if not records:
            return
        record = self.random.choice(records)
        if kind in {"segments", "dynamic"} and self.random.random() < 0.2:
            yield from self._moved(record, self.random.choice(records))
            return
        field = self.random.choice(record.fields)
        value = self._value(field, records)
        yield self._set(str(field), field.offset, self.layout.packed(field, value))

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
