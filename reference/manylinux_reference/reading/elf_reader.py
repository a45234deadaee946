"""Reads an ELF file that passes by as a stream, through its program headers.

Section headers are never looked at: they are not loaded, and a file without them is
the same file to the loader (gABI, chapters 4 and 5).
"""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.elf_dynamic import Dynamic, read_dynamic
from manylinux_reference.reading.elf_notes import isa_needed
from manylinux_reference.reading.elf_symbols import read_symbols
from manylinux_reference.reading.inflate import chunks
from manylinux_reference.reading.range_buffer import NotKeptError, RangeBuffer
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manylinux_reference.reading.archive import Archive, Member
    from manylinux_reference.reading.elf_symbols import SymbolQuery

MOST_PASSES = 8  # over one file; real ones need two at most
LARGEST_ELVES = 64 * 1024**3  # bytes in all ELF files together
LITTLE, BIG = 1, 2  # EI_DATA
PN_XNUM = 0xFFFF  # the real count is in a section header
X86 = (3, 62)  # EM_386, EM_X86_64
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
PT_GNU_STACK, PT_GNU_PROPERTY = 0x6474E551, 0x6474E553
NOTES = (PT_NOTE, PT_GNU_PROPERTY)
LONGEST_INTERPRETER = 4096
LARGEST_NOTES = 1024 * 1024
HEADER = {32: "16s2H5I6H", 64: "16s2HI3QI6H"}
PROGRAM_HEADER = {32: "8I", 64: "2I6Q"}


class Segment:
    """One program header."""

    __slots__ = ("address", "align", "flags", "kind", "offset", "size")

    def __init__(self, fields: tuple[int, ...], *, is_64_bit: bool) -> None:
        if is_64_bit:
            self.kind, self.flags, self.offset, self.address = fields[:4]
            self.size = fields[5]
        else:
            self.kind, self.offset, self.address, _, self.size, _, self.flags = fields[
                :7
            ]
        self.align = fields[7]


def read_elves(
    archive: Archive, members: Iterable[Member], query: SymbolQuery
) -> Iterator[Elf]:
    """Read the members of an archive that are ELF files.

    Raises UnusableError if one cannot be understood, or all are too large together.
    """
    room = LARGEST_ELVES
    for member in members:
        room -= member.size
        if room < 0:
            raise UnusableError(f"more than {LARGEST_ELVES} bytes of ELF files")
        yield _read_member(archive, member, query)


def _read_member(archive: Archive, member: Member, query: SymbolQuery) -> Elf:
    def pieces() -> Iterator[bytes]:
        return chunks(archive, member)

    return read_elf(pieces, member.name, member.size, query)


def read_elf(
    pieces: Callable[[], Iterator[bytes]], name: str, size: int, query: SymbolQuery
) -> Elf:
    """Read an ELF file of ``size`` bytes, which each call of ``pieces`` streams anew.

    The first stream is read to its end, so that its checksum is checked.
    Raises UnusableError, with the member's name, if the file cannot be understood.
    """
    buffer = RangeBuffer(size)
    elf = None
    for number in range(MOST_PASSES):
        for piece in pieces():
            buffer.feed(piece)
            if elf is None and buffer.is_complete:
                elf = _attempt(buffer, name, query)
            if elf is not None and number:
                break
        if elf is not None:
            return elf
        buffer.rewind()
    raise UnusableError("its tables are too scattered", name)


def _attempt(buffer: RangeBuffer, name: str, query: SymbolQuery) -> Elf | None:
    """Return the facts, or None after noting down what else has to be kept."""
    try:
        return _parse(buffer, name, query)
    except NotKeptError as missing:
        buffer.keep(missing.ranges)
        return None
    except UnusableError as error:
        raise UnusableError(error.reason, name) from error


def _parse(buffer: RangeBuffer, name: str, query: SymbolQuery) -> Elf:
    elf = Elf(name)
    segments = _headers(buffer, elf)
    tables = (PT_DYNAMIC, PT_INTERP, *(NOTES if elf.machine in X86 else ()))
    buffer.check_kept(  # all at once, so that one pass is enough
        [
            (each.offset, each.size)
            for each in segments
            if each.kind in tables and 0 < each.size <= LARGEST_NOTES
        ]
    )
    for segment in segments:
        if segment.kind == PT_GNU_STACK:
            elf.stack = segment.flags
        elif segment.kind == PT_INTERP:
            elf.interpreter = _interpreter(buffer, segment)
        elif segment.kind in NOTES and elf.machine in X86:
            if segment.size > LARGEST_NOTES:
                raise UnusableError(f"notes of {segment.size} bytes")
            notes = buffer.read(segment.offset, segment.size)
            elf.isa_needed |= isa_needed(notes, elf.bits // 8, segment.align)
    _dynamic(buffer, elf, segments, query)
    return elf


def _dynamic(
    buffer: RangeBuffer, elf: Elf, segments: list[Segment], query: SymbolQuery
) -> None:
    for segment in segments:
        if segment.kind == PT_DYNAMIC and segment.size:
            loads = [
                (load.address, load.size, load.offset)
                for load in segments
                if load.kind == PT_LOAD
            ]
            dynamic = Dynamic(buffer, elf, (segment.offset, segment.size), loads)
            read_dynamic(dynamic, elf)
            read_symbols(dynamic, elf, query)
            return


def _headers(buffer: RangeBuffer, elf: Elf) -> list[Segment]:
    ident = buffer.read(0, 16)
    elf.bits = {1: 32, 2: 64}.get(ident[4], 0)
    if not elf.bits or ident[5] not in (LITTLE, BIG):
        raise UnusableError("an ELF file of unknown class or byte order")
    elf.big_endian = ident[5] == BIG
    elf.osabi = ident[7]
    order = ">" if elf.big_endian else "<"
    layout = Struct(order + HEADER[elf.bits])
    fields = layout.unpack(buffer.read(0, layout.size))
    elf.type, elf.machine, elf.flags = fields[1], fields[2], fields[7]
    table, entry_size, count = fields[5], fields[9], fields[10]
    if not elf.is_loadable or not count:
        return []
    entry = Struct(order + PROGRAM_HEADER[elf.bits])
    if entry_size != entry.size or count == PN_XNUM:
        raise UnusableError(f"{count} program headers of {entry_size} bytes")
    raw = buffer.read(table, count * entry.size)
    return [Segment(found, is_64_bit=elf.is_64_bit) for found in entry.iter_unpack(raw)]


def _interpreter(buffer: RangeBuffer, segment: Segment) -> str:
    if segment.size > LONGEST_INTERPRETER:
        raise UnusableError(f"an interpreter name of {segment.size} bytes")
    raw = buffer.read(segment.offset, segment.size)
    return raw.partition(b"\0")[0].decode("utf-8", "backslashreplace")
