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
from manylinux_reference.reading.range_buffer import MissingError, Window
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from manylinux_reference.reading.elf_symbols import Question

MOST_PASSES = 8
LITTLE, BIG = 1, 2  # EI_DATA
PN_XNUM = 0xFFFF  # the real count would stand in a section header
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

    def __init__(self, fields: tuple[int, ...], *, wide: bool) -> None:
        if wide:
            self.kind, self.flags, self.offset, self.address = fields[:4]
            self.size = fields[5]
        else:
            self.kind, self.offset, self.address, _, self.size, _, self.flags = fields[
                :7
            ]
        self.align = fields[7]


def read_elf(
    pieces: Callable[[], Iterator[bytes]], name: str, size: int, question: Question
) -> Elf:
    """Read an ELF file of ``size`` bytes, which each call of ``pieces`` streams anew.

    The first stream is read to its end, so that its checksum is checked.
    Raises UnusableError, with the member's name, if the file cannot be understood.
    """
    window = Window(size)
    elf = None
    for number in range(MOST_PASSES):
        for piece in pieces():
            window.feed(piece)
            if elf is None and not window.waiting:
                elf = _attempt(window, name, question)
            if elf is not None and number:
                break
        if elf is not None:
            return elf
        window.rewind()
    raise UnusableError("its tables are too scattered", name)


def _attempt(window: Window, name: str, question: Question) -> Elf | None:
    """Return the facts, or None after noting down what else has to be kept."""
    try:
        return _parse(window, name, question)
    except MissingError as missing:
        window.want(missing.ranges)
        return None
    except UnusableError as error:
        raise UnusableError(error.reason, name) from error


def _parse(window: Window, name: str, question: Question) -> Elf:
    elf = Elf(name)
    segments = _headers(window, elf)
    tables = (PT_DYNAMIC, PT_INTERP, *(NOTES if elf.machine in X86 else ()))
    window.require(  # all at once, so that one pass is enough
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
            elf.interpreter = _interpreter(window, segment)
        elif segment.kind in NOTES and elf.machine in X86:
            if segment.size > LARGEST_NOTES:
                raise UnusableError(f"notes of {segment.size} bytes")
            notes = window.read(segment.offset, segment.size)
            elf.isa_needed |= isa_needed(notes, elf.bits // 8, segment.align)
    _dynamic(window, elf, segments, question)
    return elf


def _dynamic(
    window: Window, elf: Elf, segments: list[Segment], question: Question
) -> None:
    for segment in segments:
        if segment.kind == PT_DYNAMIC and segment.size:
            loads = [
                (load.address, load.size, load.offset)
                for load in segments
                if load.kind == PT_LOAD
            ]
            dynamic = Dynamic(window, elf, (segment.offset, segment.size), loads)
            read_dynamic(dynamic, elf)
            read_symbols(dynamic, elf, question)
            return


def _headers(window: Window, elf: Elf) -> list[Segment]:
    ident = window.read(0, 16)
    elf.bits = {1: 32, 2: 64}.get(ident[4], 0)
    if not elf.bits or ident[5] not in (LITTLE, BIG):
        raise UnusableError("an ELF file of unknown class or byte order")
    elf.big_endian = ident[5] == BIG
    elf.osabi = ident[7]
    order = ">" if elf.big_endian else "<"
    layout = Struct(order + HEADER[elf.bits])
    fields = layout.unpack(window.read(0, layout.size))
    elf.type, elf.machine, elf.flags = fields[1], fields[2], fields[7]
    table, entry_size, count = fields[5], fields[9], fields[10]
    if not elf.is_loadable or not count:
        return []
    entry = Struct(order + PROGRAM_HEADER[elf.bits])
    if entry_size != entry.size or count == PN_XNUM:
        raise UnusableError(f"{count} program headers of {entry_size} bytes")
    raw = window.read(table, count * entry.size)
    return [Segment(found, wide=elf.is_wide) for found in entry.iter_unpack(raw)]


def _interpreter(window: Window, segment: Segment) -> str:
    if segment.size > LONGEST_INTERPRETER:
        raise UnusableError(f"an interpreter name of {segment.size} bytes")
    raw = window.read(segment.offset, segment.size)
    return raw.partition(b"\0")[0].decode("utf-8", "backslashreplace")
