"""Images of dynamic sections, written by hand: addresses are offsets in the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest
from manylinux_reference.reading.elf import ET_DYN, Elf
from manylinux_reference.reading.elf_dynamic import (
    DT_STRSZ,
    DT_STRTAB,
    DT_SYMTAB,
    Dynamic,
)
from manylinux_reference.reading.range_buffer import RangeBuffer

BASE = 0x400000  # the address at which the image is loaded


@dataclass
class Image:
    """What a file is loaded as: tables and the dynamic section that names them."""

    bits: int = 64
    order: str = "<"
    machine: int = 62
    data: bytearray = field(default_factory=lambda: bytearray(16))
    strings: bytearray = field(default_factory=lambda: bytearray(1))
    entries: list[tuple[int, int]] = field(default_factory=list)

    def string(self, text: str) -> int:
        """Add a string; return its offset in the string table."""
        at = len(self.strings)
        self.strings += text.encode() + b"\0"
        return at

    def table(self, tag: int, content: bytes) -> None:
        """Add a table, and the entry with its address."""
        self.entries.append((tag, BASE + len(self.data)))
        self.data += content

    def symbols(self, *named: tuple[str, bool, bool]) -> None:
        """Add a symbol table, of names with whether they are defined and weak."""
        content = bytes(24 if self.bits == 64 else 16)
        for name, defined, weak in named:
            at, info, where = self.string(name), (2 if weak else 1) << 4, int(defined)
            if self.bits == 64:
                content += struct.pack(f"{self.order}I2BH2Q", at, info, 0, where, 0, 0)
            else:
                content += struct.pack(f"{self.order}3I2BH", at, 0, 0, info, 0, where)
        self.table(DT_SYMTAB, content)

    def dynamic(self, *, strings: bool = True) -> tuple[Dynamic, Elf]:
        """Return the dynamic section as the reader has it, and an empty file."""
        if strings:
            self.table(DT_STRTAB, bytes(self.strings))
            self.entries.append((DT_STRSZ, len(self.strings)))
        start, layout = len(self.data), self.order + ("2Q" if self.bits == 64 else "2I")
        for entry in (*self.entries, (0, 0), (1, 1)):  # what follows DT_NULL is nothing
            self.data += struct.pack(layout, *entry)
        elf = Elf("a/module.so")
        elf.bits, elf.big_endian = self.bits, self.order == ">"
        elf.type, elf.machine = ET_DYN, self.machine
        buffer = RangeBuffer(len(self.data))
        buffer.feed(bytes(self.data))
        section = (start, len(self.data) - start)
        return Dynamic(buffer, elf, section, [(BASE, len(self.data), 0)]), elf


@pytest.fixture(params=[(64, "<"), (64, ">"), (32, "<"), (32, ">")], ids=str)
def image(request: pytest.FixtureRequest) -> Image:
    """Return an empty image of each class and byte order."""
    bits, order = request.param
    return Image(bits=bits, order=order)
