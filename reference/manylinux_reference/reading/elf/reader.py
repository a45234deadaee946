"""Reads an ELF file that passes by as a stream, through its program headers.

Section headers are never looked at: they are not loaded, and a file without them is
the same file to the loader (gABI, chapters 4 and 5).
"""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.elf.dynamic import Dynamic, read_dynamic
from manylinux_reference.reading.elf.file import (
    ET_DYN,
    ET_EXEC,
    MACHINES,
    Elf,
    is_library_name,
)
from manylinux_reference.reading.elf.names import read_names
from manylinux_reference.reading.elf.notes import is_indirect, isa_needed, kernel_needed
from manylinux_reference.reading.elf.relocations import EM_PPC64, is_code
from manylinux_reference.reading.elf.segments import (
    PF_R,
    PT_DYNAMIC,
    PT_GNU_PROPERTY,
    PT_GNU_STACK,
    PT_INTERP,
    PT_LOAD,
    PT_NOTE,
    PT_PHDR,
    Segment,
    check_segments,
    read_segments,
)
from manylinux_reference.reading.elf.symbols import (
    defined,
    positions,
    read_symbols,
)
from manylinux_reference.reading.elf.tables import check_tables
from manylinux_reference.reading.inflate import chunks
from manylinux_reference.reading.range_buffer import NotKeptError, RangeBuffer
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manylinux_reference.reading.archive import Archive, Member
    from manylinux_reference.reading.elf.symbols import SymbolQuery

MOST_PASSES = 8  # over one file; real ones need two at most
LITTLE, BIG = 1, 2  # EI_DATA
EV_CURRENT = 1  # EI_VERSION, e_version
X86, EM_AARCH64 = (3, 62), 183  # EM_386, EM_X86_64
NOTES = (PT_NOTE, PT_GNU_PROPERTY)
TABLES = (PT_DYNAMIC, PT_INTERP, *NOTES)
ADDRESSED = (PT_PHDR, PT_INTERP, PT_LOAD, PT_DYNAMIC)  # where, PT_PHDR tells
SHORTEST_INTERPRETER, LONGEST_INTERPRETER = 2, 4096  # bytes, for the kernel
LARGEST_NOTES = 1024 * 1024
LOWEST = 0x8000  # address that kernels give to a program, and where their own begin
HIGHEST = {32: 0xC0000000, 64: 1 << 46}
HEADER = {32: "16s2H5I6H", 64: "16s2HI3QI6H"}


def read_elves(
    archive: Archive, members: Iterable[Member], query: SymbolQuery
) -> Iterator[Elf]:
    """Read the members of an archive that are ELF files.

    Raises UnusableError if one cannot be understood, NotJudgedError if they are too
    many or too large.
    """
    for member in members:
        archive.budget.elf_files.spend()
        yield _read_member(archive, member, query)


def _read_member(archive: Archive, member: Member, query: SymbolQuery) -> Elf:
    def pieces() -> Iterator[bytes]:
        return chunks(archive, member)

    return read_elf(pieces, member.name, member.size, query, archive.budget)


def read_elf(
    pieces: Callable[[], Iterator[bytes]],
    name: str,
    size: int,
    query: SymbolQuery,
    budget: Budget,
) -> Elf:
    """Read an ELF file of ``size`` bytes, which each call of ``pieces`` streams anew.

    The first stream is read to its end, so that its checksum is checked.
    Raises UnusableError, with the member's name, if the file cannot be understood,
    NotJudgedError if its tables are too large or too scattered.
    """
    buffer = RangeBuffer(size)
    elf = None
    for number in range(MOST_PASSES):
        for piece in pieces():
            buffer.feed(piece)
            if elf is None and buffer.is_complete:
                elf = _attempt(buffer, name, query, budget)
            if elf is not None and number:
                break
        if elf is not None:
            return elf
        buffer.rewind()
    raise NotJudgedError("its tables are too scattered", name)


def defined_among(
    archive: Archive, member: Member, elf: Elf, names: Iterable[bytes]
) -> set[bytes]:
    """Return which of some names the symbol table of a file defines.

    The file was read before, so that its tables are known, its checksum is right, and
    nothing behind them has to be inflated again.
    """
    if elf.symbol_table is None:
        return set()
    archive.budget.elf_files.spend()
    symbols, strings = elf.symbol_table
    buffer = RangeBuffer(member.size)
    _keep(buffer, [symbols, strings], member.name)
    for piece in chunks(archive, member):
        buffer.feed(piece)
        if buffer.has(symbols) and buffer.has(strings):
            break
    at = positions(buffer, strings, names)
    where = set(at).intersection(defined(buffer.read(*symbols), elf))
    return {at[each] for each in where}


def _attempt(
    buffer: RangeBuffer, name: str, query: SymbolQuery, budget: Budget
) -> Elf | None:
    """Return the facts, or None after noting down what else has to be kept."""
    try:
        return _parse(buffer, name, query, budget)
    except NotKeptError as missing:
        _keep(buffer, missing.ranges, name)
        return None
    except UnusableError as error:
        raise UnusableError(error.reason, name) from error


def _keep(buffer: RangeBuffer, ranges: list[tuple[int, int]], name: str) -> None:
    try:
        buffer.keep(ranges)
    except NotJudgedError as error:
        raise NotJudgedError(error.reason, name) from error


def _parse(buffer: RangeBuffer, name: str, query: SymbolQuery, budget: Budget) -> Elf:
    elf = Elf(name)
    table = _header(buffer, elf)
    if not elf.is_loadable:
        return elf
    segments = read_segments(buffer, elf, table, budget)
    by_kind = {each.kind: each for each in segments}
    dynamic = by_kind.get(PT_DYNAMIC)
    elf.debug = dynamic is not None and not dynamic.size
    if elf.debug:
        return elf
    check_segments(segments, elf, buffer.size, table[0])
    buffer.check_kept(  # all at once, so that one pass is enough
        [
            (each.offset, each.size)
            for each in segments
            if each.kind in TABLES and 0 < each.size <= LARGEST_NOTES
        ]
    )
    if PT_GNU_STACK in by_kind:
        elf.stack = by_kind[PT_GNU_STACK].flags
    if PT_INTERP in by_kind:
        elf.interpreter = _interpreter(buffer, by_kind[PT_INTERP])
    for segment in segments:
        if segment.kind in NOTES:
            _read_notes(buffer, elf, segment)
    if dynamic:
        loads = [
            (load.address, load.size, load.offset)
            for load in elf.loads
            if load.flags & PF_R
        ]
        section = Dynamic(buffer, elf, (dynamic.offset, dynamic.size), loads, budget)
        read_dynamic(section, elf)
        check_tables(section, elf)
        read_symbols(section, elf, query)
        read_names(section, elf)
    _check_program(by_kind, elf, table[0])
    return elf


def _check_program(by_kind: dict[int, Segment], elf: Elf, table: int) -> None:
    """See to it that the loader finds out what the kernel has mapped for it.

    ``rtld_setup_main_map`` in glibc's ``elf/rtld.c``; libraries, it opens by itself.
    A program without a loader looks at its program headers, too.
    """
    if not elf.is_executable or is_library_name(elf.base_name):
        return
    _check_start(elf, table)
    if elf.interpreter is None:
        return
    if PT_DYNAMIC not in by_kind:
        raise UnusableError("an interpreter, and no PT_DYNAMIC for it")
    if elf.type == ET_DYN:
        first = next(kind for kind in by_kind if kind in ADDRESSED)
        if first != PT_PHDR:
            raise UnusableError("a program for any address without PT_PHDR before all")


def _check_start(elf: Elf, table: int) -> None:
    """Raise UnusableError if the kernel has no room for a program, or it has no start.

    ``load_elf_binary`` in Linux' ``fs/binfmt_elf.c``; ``mmap_min_addr``.  Where a
    program of 64-bit PowerPC begins, depends on its ABI.
    """
    first, last = elf.loads[0], elf.loads[-1]
    highest = HIGHEST[elf.bits]
    if elf.type == ET_EXEC and not (first.address >= LOWEST and last.end <= highest):
        raise UnusableError(f"a program at the fixed address {first.address:#x}")
    if elf.machine != EM_PPC64 and not is_code(elf, elf.entry):
        raise UnusableError(f"a program begins at {elf.entry:#x}, which is no code")
    if not any(load.offset <= table < load.offset + load.size for load in elf.loads):
        raise UnusableError("a program without its program headers in memory")


def _read_notes(buffer: RangeBuffer, elf: Elf, segment: Segment) -> None:
    if segment.size > LARGEST_NOTES:
        raise UnusableError(f"notes of {segment.size} bytes")
    notes = buffer.read(segment.offset, segment.size)
    if elf.machine in X86:
        elf.isa_needed |= isa_needed(notes, elf.bits // 8, segment.align)
    is_property = segment.kind == PT_GNU_PROPERTY and elf.machine != EM_AARCH64
    if elf.machine in X86 or is_property:  # ``dl-prop.h`` of glibc's ports
        word, order = elf.bits // 8, elf.big_endian
        elf.is_indirect |= is_indirect(notes, word, segment.align, big_endian=order)
    if segment.kind == PT_NOTE and elf.kernel is None:
        elf.kernel = kernel_needed(notes, segment.align, big_endian=elf.big_endian)


def _header(buffer: RangeBuffer, elf: Elf) -> tuple[int, int, int]:
    """Read the ELF header; return e_phoff, e_phentsize and e_phnum."""
    ident = buffer.read(0, 16)
    elf.bits = {1: 32, 2: 64}.get(ident[4], 0)
    if not elf.bits or ident[5] not in (LITTLE, BIG):
        raise UnusableError("an ELF file of unknown class or byte order")
    elf.big_endian = ident[5] == BIG
    elf.osabi, elf.abi_version = ident[7], ident[8]
    layout = Struct((">" if elf.big_endian else "<") + HEADER[elf.bits])
    fields = layout.unpack(buffer.read(0, layout.size))
    elf.type, elf.machine, elf.flags = fields[1], fields[2], fields[7]
    elf.entry = fields[4]
    if elf.machine >> 8 | (elf.machine & 0xFF) << 8 in MACHINES:
        order = "big" if elf.big_endian else "little"
        raise UnusableError(f"an ELF header marked {order}-endian that is the other")
    if elf.machine in MACHINES and (
        ident[6] != EV_CURRENT or fields[3] != EV_CURRENT or any(ident[9:])
    ):
        raise UnusableError("an ELF header of another version, or with padding filled")
    return fields[5], fields[9], fields[10]


def _interpreter(buffer: RangeBuffer, segment: Segment) -> str:
    """Return the path that the kernel opens (``fs/binfmt_elf.c``)."""
    if not SHORTEST_INTERPRETER <= segment.size <= LONGEST_INTERPRETER:
        raise UnusableError(f"an interpreter name of {segment.size} bytes")
    raw = buffer.read(segment.offset, segment.size)
    if raw[-1]:
        raise UnusableError("an interpreter name without an end")
    return raw.partition(b"\0")[0].decode("utf-8", "backslashreplace")
