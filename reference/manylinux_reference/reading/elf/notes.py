"""Reads notes: which x86 instruction set level a file needs, which kernel, what else.

Linux gABI extensions, section "Program Property"; x86-64 psABI; LSB, ABI note tag.
"""

from __future__ import annotations

from struct import Struct, unpack_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NT_GNU_ABI_TAG, NT_GNU_PROPERTY_TYPE_0 = 1, 5
ABI_TAG_SIZE = 16
GNU_PROPERTY_X86_ISA_1_NEEDED, GNU_PROPERTY_1_NEEDED = 0xC0008002, 0xB0008000
INDIRECT_EXTERN_ACCESS = 1  # in the latter
VALUE, WIDE = 4, 8  # bytes of the property, and of the alignment in 64-bit files


def isa_needed(notes: bytes, word: int, alignment: int) -> int:
    """Return the bits of GNU_PROPERTY_X86_ISA_1_NEEDED, 0 without such a note.

    ``word`` is the size of an address, ``alignment`` that of the segment, in bytes.
    Damaged notes are skipped, as glibc does.
    """
    kind = GNU_PROPERTY_X86_ISA_1_NEEDED
    return _property_of(notes, kind, "<", word, alignment)


def is_indirect(notes: bytes, word: int, alignment: int, *, big_endian: bool) -> bool:
    """Return whether symbols are not to be copied, nor functions have other addresses.

    GNU_PROPERTY_1_NEEDED_INDIRECT_EXTERN_ACCESS.
    """
    order, kind = ">" if big_endian else "<", GNU_PROPERTY_1_NEEDED
    found = _property_of(notes, kind, order, word, alignment)
    return bool(found & INDIRECT_EXTERN_ACCESS)


def _property_of(notes: bytes, kind: int, order: str, word: int, alignment: int) -> int:
    found = 0
    for note, content in _gnu_notes(notes, alignment, order):
        if note == NT_GNU_PROPERTY_TYPE_0:
            found |= _property(content, kind, order, word)
    return found


def kernel_needed(
    notes: bytes, alignment: int, *, big_endian: bool
) -> tuple[int, ...] | None:
    """Return the first NT_GNU_ABI_TAG: a system, and three parts of its version.

    Loaders before glibc 2.36 look at it (``elf/dl-load.c``, ``open_verify``).
    """
    order = ">" if big_endian else "<"
    for kind, content in _gnu_notes(notes, alignment, order):
        if kind == NT_GNU_ABI_TAG and len(content) == ABI_TAG_SIZE:
            return Struct(order + "4I").unpack(content)
    return None


def _gnu_notes(notes: bytes, alignment: int, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the notes that are GNU's."""
    step = WIDE if alignment == WIDE else 4
    header, at = Struct(order + "3I"), 0
    while at + 12 <= len(notes):
        name_size, size, kind = header.unpack_from(notes, at)
        start = at + 12 + _up(name_size, 4)
        if notes[at + 12 : at + 16] == b"GNU\0":
            yield kind, notes[start : start + size]
        at = _up(start + size, step)


def _property(properties: bytes, wanted: int, order: str, step: int) -> int:
    at = found = 0
    while at + 12 <= len(properties):
        kind, size, value = unpack_from(f"{order}3I", properties, at)
        if kind == wanted and size == VALUE:
            found |= value
        at += 8 + _up(size, step)
    return found


def _up(value: int, step: int) -> int:
    return (value + step - 1) // step * step
