"""ELF headers: the one that an interpreter has, and the one that readers are to see."""

from __future__ import annotations

import struct
from pathlib import Path

from manylinux_conformance.platforms.platform import ElfClass, InterpreterHeader
from manylinux_conformance.sandbox.shim_build import ShimError

EI_CLASS, EI_DATA, E_MACHINE = 4, 5, 18  # offsets in the ELF header; gABI, chapter 4
E_FLAGS = {ElfClass.BITS_32: 36, ElfClass.BITS_64: 48}
EHDR_SIZE = {ElfClass.BITS_32: 52, ElfClass.BITS_64: 64}
PHDR_SIZE = {ElfClass.BITS_32: 32, ElfClass.BITS_64: 56}
ELFCLASS = {ElfClass.BITS_32: 1, ElfClass.BITS_64: 2}
ELFDATA2LSB, ELFDATA2MSB = 1, 2
PT_LOAD, PT_INTERP, PF_R = 1, 3, 4


def elf_header(header: InterpreterHeader) -> bytes:
    """Return the ELF header of an executable, with one program header behind it.

    It is PT_INTERP with the loader's path, or in a static program PT_LOAD.
    Layout: gABI, chapter 4 (ELF header) and chapter 5 (program header).
    """
    loader = header.loader.encode() + b"\0" if header.loader else b""
    size = EHDR_SIZE[header.bits]
    entry = PHDR_SIZE[header.bits]
    data = ELFDATA2LSB if header.little_endian else ELFDATA2MSB
    ident = b"\x7fELF" + bytes([ELFCLASS[header.bits], data, 1]) + bytes(9)
    order = "<" if header.little_endian else ">"
    word = "Q" if header.bits is ElfClass.BITS_64 else "I"
    et_exec, ev_current = 2, 1
    first = (et_exec, header.machine, ev_current, 0, size, 0)
    last = (header.flags, size, entry, 1, 0, 0, 0)
    packed = ident + struct.pack(f"{order}HHI3{word}I6H", *first, *last)
    return packed + _program_header(header, size + entry, len(loader)) + loader


def _program_header(header: InterpreterHeader, offset: int, length: int) -> bytes:
    """Return the program header; where its flags are depends on the class."""
    order = "<" if header.little_endian else ">"
    kind = PT_INTERP if header.loader else PT_LOAD
    span = (offset, offset, offset, length, length)
    if header.bits is ElfClass.BITS_64:
        return struct.pack(f"{order}II6Q", kind, PF_R, *span, 1)
    return struct.pack(f"{order}8I", kind, *span, PF_R, 1)


def header_of(python: Path) -> InterpreterHeader:
    """Return the header facts of an interpreter's file, without its loader.

    Raises ShimError if it cannot be read or is not ELF.
    """
    try:
        with python.open("rb") as file:
            start = file.read(EHDR_SIZE[ElfClass.BITS_64])
        if start[:4] != b"\x7fELF":
            raise ShimError(python, "is not an ELF file")
        wide = start[EI_CLASS] == ELFCLASS[ElfClass.BITS_64]
        bits = ElfClass.BITS_64 if wide else ElfClass.BITS_32
        little = start[EI_DATA] == ELFDATA2LSB
        order = "<" if little else ">"
        return InterpreterHeader(
            bits=bits,
            machine=struct.unpack_from(f"{order}H", start, E_MACHINE)[0],
            little_endian=little,
            flags=struct.unpack_from(f"{order}I", start, E_FLAGS[bits])[0],
        )
    except OSError as error:
        raise ShimError(python, error.strerror or str(error)) from error
    except (IndexError, struct.error) as error:
        raise ShimError(python, "is not a whole ELF header") from error
