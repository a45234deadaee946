"""Reads the dynamic section and the version needs (gABI, chapter 5; LSB)."""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf import VersionNeed
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from manylinux_reference.reading.elf import Elf
    from manylinux_reference.reading.range_buffer import RangeBuffer

MOST_ENTRIES = 65_536  # of the dynamic section, and of version needs
LONGEST_STRING = 4096
DT_NULL, DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ = 0, 1, 4, 5, 6, 10
DT_SONAME, DT_RPATH, DT_TEXTREL, DT_RUNPATH, DT_FLAGS, DT_RELR = 14, 15, 22, 29, 30, 36
DT_GNU_HASH, DT_VERSYM = 0x6FFFFEF5, 0x6FFFFFF0
DT_VERDEF, DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFE, 0x6FFFFFFF
DF_TEXTREL, DF_STATIC_TLS = 0x4, 0x10
VER_FLG_WEAK = 0x2


class Dynamic:
    """The dynamic section: its values, and a way from addresses to bytes."""

    def __init__(
        self,
        buffer: RangeBuffer,
        elf: Elf,
        section: tuple[int, int],
        loads: list[tuple[int, int, int]],
    ) -> None:
        self.buffer = buffer
        self.order = ">" if elf.big_endian else "<"
        self._loads = loads
        self._values: dict[int, list[int]] = {}
        entry = Struct(self.order + ("2Q" if elf.is_64_bit else "2I"))
        offset, size = section
        size -= size % entry.size
        if size > MOST_ENTRIES * entry.size:
            raise UnusableError(f"a dynamic section of {size} bytes")
        for tag, value in entry.iter_unpack(buffer.read(offset, size)):
            if tag == DT_NULL:
                break
            self._values.setdefault(tag, []).append(value)

    def __contains__(self, tag: int) -> bool:
        """Whether the section has an entry of this tag."""
        return tag in self._values

    def all(self, tag: int) -> list[int]:
        """Return the values of all entries of this tag."""
        return self._values.get(tag, [])

    def one(self, tag: int) -> int:
        """Return the value of the last entry, which the loader takes, or 0."""
        values = self._values.get(tag)
        return values[-1] if values else 0

    def offset(self, tag: int) -> int:
        """Return where in the file the address of this entry is.

        Raises UnusableError if no segment of the file has that address.
        """
        address = self.one(tag)
        for start, size, offset in self._loads:
            if start <= address < start + size:
                return address - start + offset
        raise UnusableError(f"the address {address:#x} is in no segment of the file")

    def string_table(self) -> tuple[int, int]:
        """Return offset and size of the string table.

        Raises UnusableError if the section does not say where it is.
        """
        if DT_STRTAB not in self or DT_STRSZ not in self:
            raise UnusableError("names without a string table")
        return self.offset(DT_STRTAB), self.one(DT_STRSZ)

    def string(self, at: int) -> str:
        """Return the string at an offset of the string table.

        Raises UnusableError if it is not inside, or has no end.
        """
        start, size = self.string_table()
        if at >= size:
            raise UnusableError(f"a name at {at}, past the end of the string table")
        kept, first = self.buffer.locate(start, size)
        stop = min(at + LONGEST_STRING, size)
        end = kept.find(b"\0", first + at, first + stop)
        if end < 0:
            raise UnusableError(f"the name at {at} of the string table has no end")
        return kept[first + at : end].decode("utf-8", "backslashreplace")


def read_dynamic(dynamic: Dynamic, elf: Elf) -> None:
    """Fill in what the dynamic section says about a file.

    Raises NotKeptError if more of the file has to be kept first, UnusableError if
    names or version needs cannot be read.
    """
    elf.dynamic = True
    if DT_STRTAB in dynamic:
        dynamic.buffer.check_kept([dynamic.string_table()])
    elf.needed = [dynamic.string(at) for at in dynamic.all(DT_NEEDED)]
    elf.soname = dynamic.string(dynamic.one(DT_SONAME)) if DT_SONAME in dynamic else ""
    elf.rpath = dynamic.string(dynamic.one(DT_RPATH)) if DT_RPATH in dynamic else ""
    runpath = dynamic.one(DT_RUNPATH)
    elf.runpath = dynamic.string(runpath) if DT_RUNPATH in dynamic else ""
    elf.relr = DT_RELR in dynamic
    flags = dynamic.one(DT_FLAGS)
    elf.textrel = DT_TEXTREL in dynamic or bool(flags & DF_TEXTREL)
    elf.static_tls = bool(flags & DF_STATIC_TLS)
    if DT_VERNEED in dynamic:
        elf.version_needs = list(_version_needs(dynamic))
    if DT_VERDEF in dynamic:
        elf.definitions = set(_definitions(dynamic))


def _definitions(dynamic: Dynamic) -> Iterator[str]:
    """Yield the names of a file's versions as ``match_symbol`` walks along them."""
    definition, name = Struct(dynamic.order + "4H3I"), Struct(dynamic.order + "2I")
    at = dynamic.offset(DT_VERDEF)
    for _ in range(MOST_ENTRIES):
        version, _, _, _, _, first, following = definition.unpack(
            dynamic.buffer.read(at, definition.size)
        )
        if version != 1:
            raise UnusableError(f"version definitions of unknown revision {version}")
        text, _ = name.unpack(dynamic.buffer.read(at + first, name.size))
        yield dynamic.string(text)
        if not following:
            return
        at += following
    raise UnusableError(f"more than {MOST_ENTRIES} version definitions")


def _version_needs(dynamic: Dynamic) -> Iterator[VersionNeed]:
    need, aux = Struct(dynamic.order + "2H3I"), Struct(dynamic.order + "I2H2I")
    at = dynamic.offset(DT_VERNEED)
    budget = MOST_ENTRIES
    for _ in range(min(dynamic.one(DT_VERNEEDNUM), MOST_ENTRIES)):
        version, count, file, first, following = need.unpack(
            dynamic.buffer.read(at, need.size)
        )
        if version != 1:
            raise UnusableError(f"version needs of unknown revision {version}")
        library = dynamic.string(file)
        where = at + first
        for _ in range(count):
            budget -= 1
            if not budget:
                raise UnusableError(f"more than {MOST_ENTRIES} version needs")
            raw = dynamic.buffer.read(where, aux.size)
            _, flags, index, name, step = aux.unpack(raw)
            node, weak = dynamic.string(name), bool(flags & VER_FLG_WEAK)
            yield VersionNeed(library, node, index, weak=weak)
            if not step:
                break
            where += step
        if not following:
            break
        at += following
