"""Where the numbers of an ELF file are that loaders and auditors read.

Names are those of the gABI and of glibc's ``elf.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_TLS = 1, 2, 3, 4, 7
PT_PROPERTY = 0x6474E553
DT_NULL, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_GNU_HASH = 0, 4, 5, 6, 0x6FFFFEF5
DT_VERSYM, DT_VERDEF, DT_VERDEFNUM = 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFD
DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
DT_PLTREL, DT_RELA, DT_REL, DT_INIT_ARRAY, DT_INIT_ARRAYSZ = 20, 7, 17, 25, 27
DT_RELR, DT_RELRSZ = 36, 35
RELOCATIONS = ((DT_RELA, 8, DT_RELA), (DT_REL, 18, DT_REL), (23, 2, 0))  # the PLT's
INFO = (("r_info", "I"),)
MOST = 64  # numbers of one table; what follows is alike

Shape = tuple[tuple[str, str], ...]  # of a record: names and struct formats

EHDR: dict[int, Shape] = {
    bits: (
        *((f"e_ident[{number}]", "B") for number in range(4, 16)),
        *(("e_type", "H"), ("e_machine", "H"), ("e_version", "I"), ("e_entry", word)),
        *(("e_phoff", word), ("e_shoff", word), ("e_flags", "I"), ("e_ehsize", "H")),
        *(("e_phentsize", "H"), ("e_phnum", "H"), ("e_shentsize", "H")),
        *(("e_shnum", "H"), ("e_shstrndx", "H")),
    )
    for bits, word in ((32, "I"), (64, "Q"))
}
PHDR: dict[int, Shape] = {
    32: (
        *(("p_type", "I"), ("p_offset", "I"), ("p_vaddr", "I"), ("p_paddr", "I")),
        *(("p_filesz", "I"), ("p_memsz", "I"), ("p_flags", "I"), ("p_align", "I")),
    ),
    64: (
        *(("p_type", "I"), ("p_flags", "I"), ("p_offset", "Q"), ("p_vaddr", "Q")),
        *(("p_paddr", "Q"), ("p_filesz", "Q"), ("p_memsz", "Q"), ("p_align", "Q")),
    ),
}
SYM: dict[int, Shape] = {
    32: (
        *(("st_name", "I"), ("st_value", "I"), ("st_size", "I"), ("st_info", "B")),
        *(("st_other", "B"), ("st_shndx", "H")),
    ),
    64: (
        *(("st_name", "I"), ("st_info", "B"), ("st_other", "B"), ("st_shndx", "H")),
        *(("st_value", "Q"), ("st_size", "Q")),
    ),
}
VERNEED: Shape = (
    *(("vn_version", "H"), ("vn_cnt", "H"), ("vn_file", "I"), ("vn_aux", "I")),
    ("vn_next", "I"),
)
VERNAUX: Shape = (
    *(("vna_hash", "I"), ("vna_flags", "H"), ("vna_other", "H"), ("vna_name", "I")),
    ("vna_next", "I"),
)
VERDEF: Shape = (
    *(("vd_version", "H"), ("vd_flags", "H"), ("vd_ndx", "H"), ("vd_cnt", "H")),
    *(("vd_hash", "I"), ("vd_aux", "I"), ("vd_next", "I")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One number: ``record`` says of what, ``form`` is its struct format."""

    record: str
    name: str
    offset: int
    form: str

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return struct.calcsize(f"<{self.form}")

    def __str__(self) -> str:
        """Name it as a person would."""
        return f"{self.record} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Record:
    """Numbers that stand side by side, such as a program header."""

    name: str
    offset: int
    fields: tuple[Field, ...]

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return sum(field.size for field in self.fields)


class Layout:
    """The records of a well-formed file, by kind."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.bits = {1: 32, 2: 64}[content[4]]
        self.order = "<" if content[5] == 1 else ">"
        self.word = "I" if self.bits == 32 else "Q"
        self.header = self._record("", 4, EHDR[self.bits])
        self.segments = list(self._segments())
        self.entries = list(self._entries())
        self.records: dict[str, list[Record]] = {
            "header": [self.header],
            "segments": self.segments,
            "dynamic": self.entries,
            "versions": [*self._needs(), *self._definitions(), *self._indexes()],
            "symbols": [*self._symbols(), *self._hashes()],
            "notes": list(self._notes()),
            "relocations": [*self._relocations(), *self._functions()],
        }

    def value(self, field: Field, content: bytes = b"") -> int:
        """Return the number in a field, or that in its place in a mutant."""
        form, content = self.order + field.form, content or self.content
        return int(struct.unpack_from(form, content, field.offset)[0])

    def packed(self, field: Field, value: int) -> bytes:
        """Return the bytes of a number, as much of it as the field has room for."""
        most = (1 << 8 * field.size) - 1
        return struct.pack(self.order + field.form, value & most)

    def of(self, record: Record, name: str, content: bytes = b"") -> int:
        """Return a record's number of that name; see ``value``."""
        (field,) = (each for each in record.fields if each.name == name)
        return self.value(field, content)

    def _record(self, name: str, offset: int, shape: Shape) -> Record:
        fields, at = [], offset
        for field, form in shape:
            fields.append(Field(name, field, at, form))
            at += fields[-1].size
        return Record(name, offset, tuple(fields))

    def _segments(self) -> Iterator[Record]:
        start, size = (
            self.of(self.header, "e_phoff"),
            self.of(self.header, "e_phentsize"),
        )
        for number in range(self.of(self.header, "e_phnum")):
            at = start + number * size
            kind = self.of(self._record("", at, PHDR[self.bits]), "p_type")
            name = f"program header {number} (type {kind:#x})"
            yield self._record(name, at, PHDR[self.bits])

    def _entries(self) -> Iterator[Record]:
        for segment in self.segments:
            if self.of(segment, "p_type") != PT_DYNAMIC:
                continue
            at = self.of(segment, "p_offset")
            step = 2 * self.bits // 8
            for number in range(self.of(segment, "p_filesz") // step):
                shape = (("d_tag", self.word), ("d_val", self.word))
                here = at + number * step
                tag = self.of(self._record("", here, shape), "d_tag")
                yield self._record(f"entry {number} (tag {tag:#x})", here, shape)
                if tag == DT_NULL:
                    return

    def tag(self, wanted: int) -> int | None:
        """Return the value of a dynamic entry, None if there is none."""
        for entry in self.entries:
            if self.of(entry, "d_tag") == wanted:
                return self.of(entry, "d_val")
        return None

    def table(self, wanted: int) -> int | None:
        """Return where in the file the table is whose address an entry has."""
        address = self.tag(wanted)
        for segment in self.segments:
            if address is None or self.of(segment, "p_type") != PT_LOAD:
                continue
            start = self.of(segment, "p_vaddr")
            if start <= address < start + self.of(segment, "p_filesz"):
                return address - start + self.of(segment, "p_offset")
        return None

    def _needs(self) -> Iterator[Record]:
        at, count = self.table(DT_VERNEED), self.tag(DT_VERNEEDNUM) or 0
        for number in range(count if at is not None else 0):
            assert at is not None
            need = self._record(f"Verneed {number}", at, VERNEED)
            yield need
            inner = at + self.of(need, "vn_aux")
            for node in range(self.of(need, "vn_cnt")):
                found = self._record(f"Vernaux {number}.{node}", inner, VERNAUX)
                yield found
                inner += self.of(found, "vna_next")
            at += self.of(need, "vn_next")

    def _definitions(self) -> Iterator[Record]:
        at = self.table(DT_VERDEF)
        for number in range(self.tag(DT_VERDEFNUM) or 0 if at is not None else 0):
            assert at is not None
            found = self._record(f"Verdef {number}", at, VERDEF)
            yield found
            at += self.of(found, "vd_next")

    def _indexes(self) -> Iterator[Record]:
        at = self.table(DT_VERSYM)
        for number in range(min(self._count(), MOST) if at is not None else 0):
            shape = (("vs_vers", "H"),)
            yield self._record(f"Versym {number}", (at or 0) + 2 * number, shape)

    def _symbols(self) -> Iterator[Record]:
        at = self.table(DT_SYMTAB) or 0
        size = self._record("", 0, SYM[self.bits]).size
        for number in range(min(self._count(), MOST)):
            name = f"symbol {number}"
            yield self._record(name, at + number * size, SYM[self.bits])

    def _count(self) -> int:
        """Return the number of symbols: the strings follow them, or DT_VERSYM does."""
        start = self.table(DT_SYMTAB)
        if start is None:
            return 0
        tables = (self.table(tag) for tag in (DT_STRTAB, DT_VERSYM, DT_GNU_HASH))
        ends = [end for end in tables if end is not None and end > start]
        ends += [self._hashed(start)]
        return (min(ends) - start) // self._record("", 0, SYM[self.bits]).size

    def _hashed(self, start: int) -> int:
        at = self.table(DT_HASH)
        if at is None or (self.word == "Q" and self.order == ">"):
            return len(self.content)  # s390x has wide hash words
        chains = struct.unpack_from(f"{self.order}I", self.content, at + 4)[0]
        return start + int(chains) * self._record("", 0, SYM[self.bits]).size

    def _hashes(self) -> Iterator[Record]:
        for tag, name in ((DT_HASH, "DT_HASH"), (DT_GNU_HASH, "DT_GNU_HASH")):
            at = self.table(tag)
            for number in range(MOST if at is not None else 0):
                if (at or 0) + 4 * number + 4 <= len(self.content):
                    shape = ((f"word {number}", "I"),)
                    yield self._record(name, (at or 0) + 4 * number, shape)

    def _relocations(self) -> Iterator[Record]:
        """Yield relocations, whose r_info is two numbers where words are wide."""
        parts = ("r_type", "r_sym") if self.order == "<" else ("r_sym", "r_type")
        info = tuple((name, "I") for name in parts)
        shape = (("r_offset", self.word), *(info if self.bits == 64 else INFO))
        for table, size, kind in RELOCATIONS:
            at, with_addend = (
                self.table(table),
                (kind or self.tag(DT_PLTREL)) == DT_RELA,
            )
            entry = (*shape, ("r_addend", self.word)) if with_addend else shape
            step = self._record("", 0, entry).size
            count = (self.tag(size) or 0) // step if at is not None else 0
            for number in range(min(count, MOST)):
                name = f"relocation {number} ({table})"
                yield self._record(name, (at or 0) + number * step, entry)

    def _functions(self) -> Iterator[Record]:
        for table, size in ((DT_INIT_ARRAY, DT_INIT_ARRAYSZ), (DT_RELR, DT_RELRSZ)):
            at, step = self.table(table), self.bits // 8
            count = (self.tag(size) or 0) // step if at is not None else 0
            for number in range(min(count, MOST)):
                name = f"word {number} of table {table}"
                yield self._record(name, (at or 0) + number * step, (("", self.word),))

    def _notes(self) -> Iterator[Record]:
        for segment in self.segments:
            kind = self.of(segment, "p_type")
            at = self.of(segment, "p_offset")
            size = min(self.of(segment, "p_filesz"), 4 * MOST)
            if kind in (PT_NOTE, PT_PROPERTY):
                for start in range(at, at + size - 3, 4):
                    yield self._record("note", start, ((f"+{start - at}", "I"),))
            elif kind == PT_INTERP:
                for start in range(at, at + size):
                    yield self._record("PT_INTERP", start, ((f"+{start - at}", "B"),))
