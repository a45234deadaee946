"""The program headers, refused where no loader maps the file as they say.

gABI, chapter 5, Program Header; glibc, ``elf/dl-load.c`` and
``elf/dl-map-segments.h``; Linux, ``fs/binfmt_elf.c``.
"""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf.file import ET_DYN
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.budget import Budget
    from manylinux_reference.reading.elf.file import Elf
    from manylinux_reference.reading.range_buffer import RangeBuffer

LAYOUT = {32: "8I", 64: "2I6Q"}
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_PHDR, PT_TLS = 1, 2, 3, 4, 6, 7
PT_GNU_STACK, PT_GNU_RELRO, PT_GNU_PROPERTY = 0x6474E551, 0x6474E552, 0x6474E553
ONCE = {  # where there are two, kernel, glibc and other readers take different ones
    PT_DYNAMIC: "PT_DYNAMIC",
    PT_INTERP: "PT_INTERP",
    PT_PHDR: "PT_PHDR",
    PT_TLS: "PT_TLS",
    PT_GNU_STACK: "PT_GNU_STACK",
    PT_GNU_RELRO: "PT_GNU_RELRO",
    PT_GNU_PROPERTY: "PT_GNU_PROPERTY",
}
IN_MEMORY = {
    PT_INTERP: "PT_INTERP",
    PT_NOTE: "PT_NOTE",
    PT_GNU_PROPERTY: "PT_GNU_PROPERTY",
}
PF_W, PF_R = 2, 4
SMALLEST_PAGE = 4096  # of all kernels
LARGEST_TABLE = 65_536  # bytes of program headers that the kernel reads
LARGEST_IMAGE = 4 * 1024**3  # bytes in memory; code models end before
LARGEST_TLS = 256 * 1024**2  # bytes; each thread fills that much memory
LARGEST_ALIGNMENT = 1024**3  # loaders reserve that much address space


class Segment:
    """One program header; ``size`` is p_filesz, ``memory`` p_memsz."""

    __slots__ = ("address", "align", "flags", "kind", "memory", "offset", "size")

    def __init__(self, fields: tuple[int, ...], *, is_64_bit: bool) -> None:
        if is_64_bit:
            self.kind, self.flags, self.offset, self.address = fields[:4]
            self.size, self.memory, self.align = fields[5:]
        else:
            self.kind, self.offset, self.address, _, self.size = fields[:5]
            self.memory, self.flags, self.align = fields[5:]

    @property
    def end(self) -> int:
        """The first address behind the segment."""
        return self.address + self.memory

    def holds(self, address: int, size: int) -> bool:
        """Whether bytes at an address come from the file through this segment."""
        start = address - self.address
        return start >= 0 and start + size <= self.size


def read_segments(
    buffer: RangeBuffer, elf: Elf, table: tuple[int, int, int], budget: Budget
) -> list[Segment]:
    """Return the program headers; ``table`` is e_phoff, e_phentsize, e_phnum.

    Raises UnusableError if a loader refuses them, or loaders differ about them.
    """
    offset, size, count = table
    entry = Struct((">" if elf.big_endian else "<") + LAYOUT[elf.bits])
    if size != entry.size or count * size > LARGEST_TABLE:
        raise UnusableError(f"{count} program headers of {size} bytes")
    budget.entries.spend(count)
    raw = buffer.read(offset, count * size)
    wide = elf.is_64_bit
    segments = [Segment(each, is_64_bit=wide) for each in entry.iter_unpack(raw)]
    elf.loads = [each for each in segments if each.kind == PT_LOAD]
    seen = set()
    for each in segments:
        if each.kind in seen:
            raise UnusableError(f"two program headers {ONCE[each.kind]}")
        if each.kind in ONCE:
            seen.add(each.kind)
    return segments


def check_segments(
    segments: list[Segment], elf: Elf, file_size: int, table: int
) -> None:
    """Raise UnusableError if the segments cannot be mapped, or contradict each other.

    ``table`` is e_phoff.
    """
    _check_loads(elf, file_size)
    for each in segments:
        if each.kind == PT_PHDR and place(elf, each.address) != table:
            raise UnusableError("PT_PHDR does not lead to the program headers")
        if each.kind == PT_DYNAMIC:
            _check_dynamic(elf, each)
        if each.kind == PT_TLS:
            _check_sizes(each, "PT_TLS")
            if each.memory and not each.align:
                raise UnusableError("PT_TLS is aligned to 0 bytes")
            elf.tls, elf.tls_align = each.memory, each.align
            if each.memory > LARGEST_TLS:
                raise UnusableError(f"PT_TLS of {each.memory} bytes for each thread")
            if each.size and place(elf, each.address, each.size) != each.offset:
                raise UnusableError("PT_TLS has an offset that is not its address")
        if each.kind in IN_MEMORY:
            _check_place(elf, each)
        if each.kind == PT_GNU_RELRO and not _is_inside(elf.loads, each):
            raise UnusableError("PT_GNU_RELRO lies outside of the segments")


def place(elf: Elf, address: int, size: int = 1) -> int | None:
    """Return where in the file the bytes at an address come from, None if nowhere."""
    for load in elf.loads:
        if load.holds(address, size):
            return address - load.address + load.offset
    return None


def _check_loads(elf: Elf, file_size: int) -> None:
    if not elf.loads:
        raise UnusableError("no PT_LOAD: there is nothing to load")
    behind = 0
    for load in elf.loads:
        _check_sizes(load, "PT_LOAD")
        if load.offset + load.size > file_size:
            raise UnusableError("PT_LOAD ends past the end of the file")
        if load.address < behind:
            raise UnusableError("PT_LOADs overlap, or are not in ascending order")
        behind = load.end
    if behind > 1 << elf.bits or behind - elf.loads[0].address > LARGEST_IMAGE:
        raise UnusableError(f"PT_LOADs end at the address {behind:#x}")


def _check_sizes(segment: Segment, name: str) -> None:
    if segment.size > segment.memory:
        sizes = f"{segment.size} bytes in the file and {segment.memory} in memory"
        raise UnusableError(f"{name} has {sizes}")
    align = segment.align
    if align & (align - 1) or align > LARGEST_ALIGNMENT:
        raise UnusableError(f"{name} is aligned to {align} bytes")


def _check_place(elf: Elf, segment: Segment) -> None:
    """See to it that offset, for the kernel, and address, for the loader, are one."""
    size = max(segment.size, segment.memory)
    if segment.size and place(elf, segment.address, size) != segment.offset:
        what = IN_MEMORY[segment.kind]
        raise UnusableError(f"{what} has an offset that is not its address")


def _check_dynamic(elf: Elf, segment: Segment) -> None:
    """See to it that address and offset lead to one place that can be written to.

    The loader relocates the dynamic section in place; empty ones are debug files'.
    """
    if not segment.size:
        return
    load = next(
        (each for each in elf.loads if each.holds(segment.address, segment.size)), None
    )
    if load and (load.address - load.offset) % SMALLEST_PAGE:
        return  # no loader maps that segment, and a rule says so
    if not load or segment.address - load.address + load.offset != segment.offset:
        raise UnusableError("PT_DYNAMIC has an offset that is not its address")
    if not load.flags & PF_R or (elf.type == ET_DYN and not load.flags & PF_W):
        raise UnusableError("PT_DYNAMIC lies in a segment that is not writable")


def _is_inside(loads: list[Segment], segment: Segment) -> bool:
    start, end = loads[0].address, -(-loads[-1].end // SMALLEST_PAGE) * SMALLEST_PAGE
    return start <= segment.address and segment.end - segment.end % SMALLEST_PAGE <= end
