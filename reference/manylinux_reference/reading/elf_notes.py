"""Reads the x86 property note: which instruction set level a file needs.

Linux gABI extensions, section "Program Property"; x86-64 psABI.
"""

from __future__ import annotations

from struct import unpack_from

NT_GNU_PROPERTY_TYPE_0 = 5
GNU_PROPERTY_X86_ISA_1_NEEDED = 0xC0008002
VALUE, WIDE = 4, 8  # bytes of the property, and of the alignment in 64-bit files


def isa_needed(notes: bytes, word: int, alignment: int) -> int:
    """Return the bits of GNU_PROPERTY_X86_ISA_1_NEEDED, 0 without such a note.

    ``word`` is the size of an address, ``alignment`` that of the segment, in bytes.
    Damaged notes are skipped, as glibc does.
    """
    step = 8 if alignment == WIDE else 4
    at = found = 0
    while at + 12 <= len(notes):
        name_size, size, kind = unpack_from("<3I", notes, at)
        start = at + 12 + _up(name_size, 4)
        if notes[at + 12 : at + 16] == b"GNU\0" and kind == NT_GNU_PROPERTY_TYPE_0:
            found |= _property(notes[start : start + size], word)
        at = _up(start + size, step)
    return found


def _property(properties: bytes, step: int) -> int:
    at = found = 0
    while at + 12 <= len(properties):
        kind, size, value = unpack_from("<3I", properties, at)
        if kind == GNU_PROPERTY_X86_ISA_1_NEEDED and size == VALUE:
            found |= value
        at += 8 + _up(size, step)
    return found


def _up(value: int, step: int) -> int:
    return (value + step - 1) // step * step
