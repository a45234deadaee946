"""Writes one stub library: a shared object that exports symbols and versions, no code.

Written apart from the fixtures' ELF writer on purpose: the loader that reads both
is then a check on each.  Layout (gABI chapters 4 and 5; symbol versions as in the
Linux Standard Base core, chapter 10.7): one segment that holds all tables, writable
because loaders relocate DT entries in place.  Every symbol's value points at the first
table: any mapped address will do, since nothing is ever run.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from manylinux_spec.architectures import Architecture

ET_DYN = 3
PT_LOAD, PT_DYNAMIC, PT_GNU_STACK = 1, 2, 0x6474E551
DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME = 4, 5, 6, 10, 11, 14
DT_VERSYM, DT_VERDEF, DT_VERDEFNUM = 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD
SHT_STRTAB, SHT_HASH, SHT_DYNAMIC, SHT_DYNSYM = 3, 5, 6, 11
SHT_VERDEF, SHT_VERSYM = 0x6FFFFFFD, 0x6FFFFFFF
STB_GLOBAL, STT_OBJECT, STT_FUNC = 1, 1, 2
WIDE = 64  # bits
PAGE = 0x10000  # the largest page of any architecture's kernel; smaller ones divide it
HIDDEN = 0x8000  # versym: not the default version
READ_WRITE = 6


@dataclass(frozen=True, slots=True)
class StubSymbol:
    """A symbol with its version node; ``default`` as in ``symbol@@NODE``."""

    name: str
    node: str
    size: int = 0
    default: bool = True


@dataclass(frozen=True, slots=True)
class Stub:
    """A library to write; ``nodes`` are defined whether or not a symbol has them."""

    soname: str
    nodes: tuple[str, ...]
    symbols: tuple[StubSymbol, ...] = ()


def write_stub(stub: Stub, arch: Architecture) -> bytes:
    """Return the bytes of the shared object."""
    return _Writer(stub, arch).file()


def _sysv_hash(name: bytes) -> int:
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value ^= (value & 0xF0000000) >> 24
        value &= 0x0FFFFFFF
    return value


class _Strings:
    """A string table that grows; offset zero is the empty name."""

    def __init__(self) -> None:
        self.content = bytearray(1)
        self.offsets = {"": 0}

    def add(self, text: str) -> int:
        if text not in self.offsets:
            self.offsets[text] = len(self.content)
            self.content += text.encode() + b"\0"
        return self.offsets[text]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    type: int
    content: bytes
    tag: int = 0  # the DT entry that holds the table's address
    link: int = 0
    info: int = 0
    entry: int = 0


class _Writer:
    def __init__(self, stub: Stub, arch: Architecture) -> None:
        self.stub, self.arch = stub, arch
        self.wide = arch.bits == WIDE
        self.prefix = "<" if arch.byte_order == "little" else ">"
        self.strings = _Strings()
        self.header_size = 64 if self.wide else 52
        self.segment_size = 56 if self.wide else 32
        self.start = self.header_size + 3 * self.segment_size

    def pack(self, layout: str, *values: int) -> bytes:
        """Pack; ``N`` stands for a word of the file's class."""
        layout = layout.replace("N", "Q" if self.wide else "I")
        return struct.pack(self.prefix + layout, *values)

    def symbol(self, name: int, info: int, value: int, size: int) -> bytes:
        section = int(value != 0)
        if self.wide:
            return self.pack("IBBHQQ", name, info, 0, section, value, size)
        return self.pack("IIIBBH", name, value, size, info, 0, section)

    def dynamic_symbols(self) -> bytes:
        found = [self.symbol(0, 0, 0, 0)]
        for each in self.stub.symbols:
            info = STB_GLOBAL << 4 | (STT_OBJECT if each.size else STT_FUNC)
            name = self.strings.add(each.name)
            found.append(self.symbol(name, info, self.start, each.size))
        return b"".join(found)

    def symbol_versions(self) -> bytes:
        index = {node: number for number, node in enumerate(self.stub.nodes, start=2)}
        words = [0] + [
            index[each.node] | (0 if each.default else HIDDEN)
            for each in self.stub.symbols
        ]
        return self.pack(f"{len(words)}H", *words)

    def version_definitions(self) -> bytes:
        names = (self.stub.soname, *self.stub.nodes)  # the first is VER_FLG_BASE
        found = []
        for number, name in enumerate(names, start=1):
            following = 0 if number == len(names) else 28
            head = (1, int(number == 1), number, 1, _sysv_hash(name.encode()))
            found.append(self.pack("HHHHIII", *head, 20, following))
            found.append(self.pack("II", self.strings.add(name), 0))
        return b"".join(found)

    def hash_table(self) -> bytes:
        count = len(self.stub.symbols) + 1
        buckets, chain = [0] * max(1, count // 2), [0] * count
        for number, each in enumerate(self.stub.symbols, start=1):
            slot = _sysv_hash(each.name.encode()) % len(buckets)
            chain[number], buckets[slot] = buckets[slot], number
        words = [len(buckets), count, *buckets, *chain]
        return self.pack(f"{len(words)}{self.hash_word}", *words)

    @property
    def hash_word(self) -> str:
        """64 bits on s390x, unlike everywhere else here (glibc, ``Elf_Symndx``)."""
        return "Q" if self.arch.name == "s390x" else "I"

    def tables(self) -> list[_Table]:
        """Return the tables in file order; ``link`` counts sections from one."""
        count, strings = len(self.stub.nodes) + 1, 5
        entry = 24 if self.wide else 16
        self.strings.add(self.stub.soname)
        symbols, definitions = self.dynamic_symbols(), self.version_definitions()
        return [
            _Table(".dynsym", SHT_DYNSYM, symbols, DT_SYMTAB, strings, 1, entry),
            _Table(".hash", SHT_HASH, self.hash_table(), DT_HASH, 1),
            _Table(
                ".gnu.version", SHT_VERSYM, self.symbol_versions(), DT_VERSYM, 1, 0, 2
            ),
            _Table(
                ".gnu.version_d", SHT_VERDEF, definitions, DT_VERDEF, strings, count
            ),
            _Table(".dynstr", SHT_STRTAB, bytes(self.strings.content), DT_STRTAB),
        ]

    def dynamic(self, tables: list[_Table], addresses: list[int]) -> _Table:
        values = {
            DT_SONAME: self.strings.add(self.stub.soname),
            DT_STRSZ: len(self.strings.content),
            DT_SYMENT: tables[0].entry,
            DT_VERDEFNUM: len(self.stub.nodes) + 1,
        }
        values |= {table.tag: at for table, at in zip(tables, addresses, strict=True)}
        content = b"".join(self.pack("NN", *item) for item in (*values.items(), (0, 0)))
        return _Table(".dynamic", SHT_DYNAMIC, content, link=5, entry=16)

    def file(self) -> bytes:
        """Lay out headers, tables, the dynamic section, then section headers."""
        tables = self.tables()
        content = bytearray(self.start)
        addresses = [_append(content, table.content) for table in tables]
        tables.append(self.dynamic(tables, addresses))
        addresses.append(_append(content, tables[-1].content))
        loaded = len(content)
        sections_at = self.append_sections(content, tables, addresses)
        content[: self.start] = b"".join(
            (
                self.elf_header(sections_at, len(tables) + 2),
                self.segment(PT_LOAD, 0, loaded, PAGE),
                self.segment(PT_DYNAMIC, addresses[-1], len(tables[-1].content), 8),
                self.segment(PT_GNU_STACK, 0, 0, 16),
            )
        )
        return bytes(content)

    def elf_header(self, sections_at: int, sections: int) -> bytes:
        order = 1 if self.arch.byte_order == "little" else 2
        ident = b"\x7fELF" + bytes((2 if self.wide else 1, order, 1)) + bytes(9)
        head = (ET_DYN, self.arch.e_machine_number, 1, 0, self.header_size, sections_at)
        sizes = (self.arch.e_flags_value, self.header_size, self.segment_size, 3)
        section_size = 64 if self.wide else 40
        tail = (*sizes, section_size, sections, sections - 1)
        return ident + self.pack("HHINNNIHHHHHH", *head, *tail)

    def segment(self, kind: int, at: int, size: int, align: int) -> bytes:
        if self.wide:
            return self.pack(
                "IIQQQQQQ", kind, READ_WRITE, at, at, at, size, size, align
            )
        return self.pack("IIIIIIII", kind, at, at, at, size, size, READ_WRITE, align)

    def append_sections(
        self, content: bytearray, tables: list[_Table], addresses: list[int]
    ) -> int:
        """Append section names and headers, which only other tools read."""
        names = _Strings()
        for name in (*(table.name for table in tables), ".shstrtab"):
            names.add(name)
        names_at = _append(content, bytes(names.content))
        layout = "IINNNNIINN"
        headers = [self.pack(layout, *[0] * 10)]
        for table, at in zip(tables, addresses, strict=True):
            place = (2, at, at, len(table.content))  # SHF_ALLOC
            rest = (table.link, table.info, 8, table.entry)
            headers.append(
                self.pack(layout, names.add(table.name), table.type, *place, *rest)
            )
        place = (0, 0, names_at, len(names.content))
        headers.append(
            self.pack(layout, names.add(".shstrtab"), SHT_STRTAB, *place, 0, 0, 1, 0)
        )
        return _append(content, b"".join(headers))


def _append(content: bytearray, more: bytes) -> int:
    """Append at the next multiple of eight; return the offset."""
    content += bytes(-len(content) % 8)
    at = len(content)
    content += more
    return at
