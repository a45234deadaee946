"""Finds the relocations that ask for static thread-local storage.

Linkers set DF_STATIC_TLS beside them on most architectures, GNU ld for aarch64 does
not; glibc goes by the relocations (``CHECK_STATIC_TLS`` in each ``dl-machine.h``).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ = 7, 8, 17, 18
LARGEST_TABLE = 16 * 1024 * 1024  # bytes; advice is not worth more memory
PER_STEP = 256  # relocations are found so fast
TLS_OFFSETS = {  # e_machine -> types of relocation (processor supplements; glibc elf.h)
    3: (14, 37),  # R_386_TLS_TPOFF, R_386_TLS_TPOFF32
    21: (69, 70, 71, 72, 73, 95, 96, 97, 98, 99, 100, 112, 113),  # R_PPC64_TPREL*
    22: (56,),  # R_390_TLS_TPOFF
    40: (19,),  # R_ARM_TLS_TPOFF32
    62: (18, 23),  # R_X86_64_TPOFF64, R_X86_64_TPOFF32
    183: (1030,),  # R_AARCH64_TLS_TPREL
    243: (10, 11),  # R_RISCV_TLS_TPREL32, R_RISCV_TLS_TPREL64
    258: (10, 11),  # R_LARCH_TLS_TPREL32, R_LARCH_TLS_TPREL64
}


def read_relocations(dynamic: Dynamic, elf: Elf) -> None:
    """Fill in whether a relocation of the file is one of these.

    Raises NotKeptError if more of the file has to be kept first, UnusableError if a
    table is not in the file.
    """
    word = elf.bits // 8
    for table, total, entry in ((DT_RELA, DT_RELASZ, 3), (DT_REL, DT_RELSZ, 2)):
        size = dynamic.one(total)
        if table in dynamic and 0 < size <= LARGEST_TABLE:
            dynamic.budget.steps.spend(size // (entry * word * PER_STEP))
            raw = dynamic.read(dynamic.one(table), size)
            if _has_any(raw, entry * word, TLS_OFFSETS.get(elf.machine, ()), elf):
                elf.tls_relocations = True


def _has_any(raw: bytes, step: int, types: tuple[int, ...], elf: Elf) -> bool:
    """Return whether an entry has one of these types, the low part of its r_info."""
    width = 4 if elf.is_64_bit else 1
    start = elf.bits // 8  # r_info stands behind r_offset
    if elf.big_endian:
        start += elf.bits // 8 - width
    lowest = start + width - 1 if elf.big_endian else start
    column = raw[lowest::step]
    for kind in types:
        number = column.find(kind & 0xFF)
        while number >= 0:
            at = start + number * step
            found = raw[at : at + width]
            if int.from_bytes(found, "big" if elf.big_endian else "little") == kind:
                return True
            number = column.find(kind & 0xFF, number + 1)
    return False
