"""Writes by hand what a file is loaded as: tables, and the dynamic section.

Tags and layouts are those of the gABI, chapter 5, and of the LSB's symbol versioning.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from manylinux_reference.reading.budget import Budget
from manylinux_reference.reading.elf.dynamic import Dynamic
from manylinux_reference.reading.elf.file import ET_DYN, Elf
from manylinux_reference.reading.range_buffer import RangeBuffer

NULL, NEEDED, HASH, STRTAB, SYMTAB, STRSZ, SONAME, RPATH = 0, 1, 4, 5, 6, 10, 14, 15
TEXTREL, RUNPATH, FLAGS, RELR, RELRENT = 22, 29, 30, 36, 37
GNU_HASH, VERSYM = 0x6FFFFEF5, 0x6FFFFFF0
FLAGS_1, VERDEF, VERNEED, VERNEEDNUM = 0x6FFFFFFB, 0x6FFFFFFC, 0x6FFFFFFE, 0x6FFFFFFF
LOCAL, GLOBAL, WEAK = 0x00, 0x10, 0x20  # st_info: the binding, of no type
UNDEFINED, DEFINED = 0, 7  # st_shndx

BASE = 0x400000  # the address at which the image is loaded
Symbol = tuple[str, int, int]  # name, st_info, st_shndx


def name_hash(name: str) -> int:
    """Return the hash of a version's name, as the gABI's chapter 5 prints it."""
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ high >> 24) & ~high & 0xFFFFFFFF
    return value


@dataclass
class Image:
    """The tables, with the entries of the dynamic section that name them."""

    bits: int = 64
    order: str = "<"
    machine: int = 62
    data: bytearray = field(default_factory=lambda: bytearray(16))
    strings: bytearray = field(default_factory=lambda: bytearray(1))
    entries: list[tuple[int, int]] = field(default_factory=list)
    end: tuple[tuple[int, int], ...] = ((NULL, 0), (NEEDED, 1))  # the last is nothing
    loads: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def word(self) -> int:
        """The size of an address."""
        return self.bits // 8

    def string(self, text: str) -> int:
        """Add a string; return its offset in the string table."""
        at = len(self.strings)
        self.strings += text.encode() + b"\0"
        return at

    def table(self, tag: int, content: bytes) -> None:
        """Add a table, and the entry with its address."""
        self.entries.append((tag, BASE + len(self.data)))
        self.data += content

    def symbols(
        self, *symbols: Symbol, more: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        """Add a symbol table, which begins with an entry of zeros.

        ``more`` is st_other and st_value of a name; 0 and 5 where it is not told.
        """
        content = bytes(24 if self.bits == 64 else 16)
        for name, info, where in symbols:
            at = self.string(name) if name else 0
            other, value = (more or {}).get(name, (0, 5))
            content += (
                struct.pack(f"{self.order}I2BH2Q", at, info, other, where, value, 6)
                if self.bits == 64
                else struct.pack(f"{self.order}3I2BH", at, value, 6, info, other, where)
            )
        self.table(SYMTAB, content)

    def dynamic(self, *, strings: bool = True) -> tuple[Dynamic, Elf]:
        """Return the dynamic section as the reader has it, and an empty file."""
        data, entries = bytes(self.data), [*self.entries]
        if strings:
            size = len(self.strings)
            entries += [(STRTAB, BASE + len(data)), (STRSZ, size)]
            data += self.strings + b"\0"  # no string ends behind the table
        start, layout = len(data), self.order + ("2Q" if self.bits == 64 else "2I")
        data += b"".join(struct.pack(layout, *each) for each in (*entries, *self.end))
        data += b"x" * (2 * self.word - 1)  # what is no whole entry is nothing
        elf = Elf("a/module.so")
        elf.bits, elf.big_endian = self.bits, self.order == ">"
        elf.type, elf.machine, elf.dynamic = ET_DYN, self.machine, True
        buffer = RangeBuffer(len(data))
        buffer.feed(data)
        loads = self.loads or [(BASE, len(data), 0)]
        section = (start, len(data) - start)
        return Dynamic(buffer, elf, section, loads, Budget()), elf
