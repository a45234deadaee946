"""Reads relocations: refuses what the loader cannot apply, and finds static TLS.

Linkers set DF_STATIC_TLS beside relocations for static thread-local storage on most
architectures, GNU ld for aarch64 does not; glibc goes by the relocations
(``CHECK_STATIC_TLS``).  Which types there are says ``elf_machine_rela`` in each
``dl-machine.h``; of others glibc says "unexpected reloc type".
"""

from __future__ import annotations

from itertools import compress

from manylinux_reference.reading.elf.dynamic import (
    DT_FINI_ARRAY,
    DT_FINI_ARRAYSZ,
    DT_INIT_ARRAY,
    DT_INIT_ARRAYSZ,
    DT_JMPREL,
    DT_PLTREL,
    DT_PLTRELSZ,
    DT_PREINIT_ARRAY,
    DT_PREINIT_ARRAYSZ,
    DT_REL,
    DT_RELA,
    DT_RELACOUNT,
    DT_RELASZ,
    DT_RELCOUNT,
    DT_RELR,
    DT_RELRSZ,
    DT_RELSZ,
    DT_SYMTAB,
    numbers,
)
from manylinux_reference.reading.elf.file import ET_DYN
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

BLOCK = 64 * 1024  # relocations whose places are numbers at a time
PER_STEP = 8  # relocations are looked at so fast
PF_X, PF_W = 1, 2
EM_PPC64 = 21
HEADER = 52  # bytes at least of an ELF header, behind which code can be
ABI_OF_POWER, ELFV2 = 3, 2  # in e_flags
OF_32_BITS = (3, 40)  # EM_386, EM_ARM
NONE = 0  # on every machine
TYPES = {  # e_machine -> RELATIVE, those of a PLT, all others (glibc, elf/elf.h)
    3: (8, (7, 41, 42), (0, 1, 2, 5, 6, 14, 35, 36, 37, 38)),
    21: (
        22,
        (21, 247, 248),
        (
            *(*range(10), 19, 20, 24, 25, 26, *range(37, 45), 56, 57, 68),
            *(*range(69, 74), 78, *range(95, 101), *range(110, 114)),
        ),
    ),
    22: (12, (11, 61), (0, 1, 3, 4, 5, 9, 10, 16, 17, 19, 22, 23, 54, 55, 56)),
    40: (23, (22, 13, 160), (0, 1, 2, 17, 18, 19, 20, 21)),
    62: (8, (7, 36, 37), (0, 1, 5, 6, 16, 17, 18, 32, 33, 38)),
    183: (1027, (1026, 1031, 1032), (0, 257, 258, *range(1024, 1031))),
    243: (3, (5, 58), (0, 2, 4, 7, 9, 11)),
    258: (3, (5, 12, 13, 14), (0, 2, 4, 7, 9, 11)),
}
OF_NO_THREADS = (0x10, 0x11, 0x12, 0x1A)  # st_info: global; no type, data, functions
TLS_MODULES = {  # e_machine -> types that ask for a file's thread-local storage
    3: {35, 41},  # R_386_TLS_DTPMOD32, R_386_TLS_DESC
    21: {68},  # R_PPC64_DTPMOD64
    22: {54},  # R_390_TLS_DTPMOD
    40: {13, 17},  # R_ARM_TLS_DESC, R_ARM_TLS_DTPMOD32
    62: {16, 36},  # R_X86_64_DTPMOD64, R_X86_64_TLSDESC
    183: {1028, 1031},  # R_AARCH64_TLS_DTPMOD, R_AARCH64_TLSDESC
    243: {7},  # R_RISCV_TLS_DTPMOD64
    258: {7, 14},  # R_LARCH_TLS_DTPMOD64, R_LARCH_TLS_DESC64
}
COPY = {3: 5, 21: 19, 22: 9, 40: 20, 62: 5, 183: 1024, 243: 4, 258: 4}
IRELATIVE = {3: 42, 21: 248, 22: 61, 40: 160, 62: 37, 183: 1032, 243: 58, 258: 12}
TLS_OFFSETS = {  # e_machine -> types of relocation (processor supplements; glibc elf.h)
    3: {14, 37},  # R_386_TLS_TPOFF, R_386_TLS_TPOFF32
    21: {*range(69, 74), *range(95, 101), 112, 113},  # R_PPC64_TPREL*
    22: {56},  # R_390_TLS_TPOFF
    40: {19},  # R_ARM_TLS_TPOFF32
    62: {18},  # R_X86_64_TPOFF64
    183: {1030},  # R_AARCH64_TLS_TPREL
    243: {11},  # R_RISCV_TLS_TPREL64
    258: {11},  # R_LARCH_TLS_TPREL64
}


def read_relocations(dynamic: Dynamic, elf: Elf) -> set[int]:
    """Fill in whether relocations ask for static TLS; return the symbols they use.

    Raises NotKeptError if more of the file has to be kept first, UnusableError if a
    relocation is of a type that no linker writes for a file of its kind, or is applied
    to what cannot be written.
    """
    if elf.machine not in TYPES or elf.is_64_bit == (elf.machine in OF_32_BITS):
        return set()  # of an architecture that no tag names
    relative, of_plt, others = TYPES[elf.machine]
    known = {relative, *of_plt, *others}
    plt = known if elf.machine == EM_PPC64 else set(of_plt)  # which has no lazy ones
    places = _Places(dynamic, elf)
    symbols: set[int] = set()
    for table, total, count, types in (
        (DT_RELA, DT_RELASZ, DT_RELACOUNT, known),
        (DT_REL, DT_RELSZ, DT_RELCOUNT, known),
        (DT_JMPREL, DT_PLTRELSZ, 0, plt),
    ):
        size = dynamic.one(total) if table in dynamic else 0
        if size:
            with_addend = table == DT_RELA or dynamic.one(DT_PLTREL) == DT_RELA
            rows = _Rows(dynamic, elf, (table, size), with_addend=with_addend)
            used = rows.used_types(dynamic.one(count) if count else 0, relative)
            _check_types(used, types, elf)
            elf.relocations |= used
            _read_foreign(rows, used, dynamic, elf)
            symbols.update(rows.symbols[rows.alike :])
            if not elf.tls:
                _check_tls(rows, used, dynamic, elf)
            for numbered in rows.blocks(whole=NONE not in used):
                places.check(*numbered, rows)
            if IRELATIVE[elf.machine] in used:
                places.check_resolvers(rows, IRELATIVE[elf.machine])
    _read_relr(dynamic, elf, places)
    places.check_slots()
    return symbols


def _read_foreign(rows: _Rows, used: set[int], dynamic: Dynamic, elf: Elf) -> None:
    """Fill in what is wanted of other files: static storage, and copies."""
    if not used.isdisjoint(TLS_OFFSETS[elf.machine]):
        elf.tls_relocations = True
        elf.tls_wanted |= _names_of(rows, TLS_OFFSETS[elf.machine], dynamic, elf)
    if COPY[elf.machine] in used:
        elf.copied |= _names_of(rows, {COPY[elf.machine]}, dynamic, elf)


def _check_types(used: set[int], types: set[int], elf: Elf) -> None:
    if not used <= types:
        raise UnusableError(f"a relocation of unknown type {max(used - types)}")
    if COPY[elf.machine] in used and not elf.is_executable:
        raise UnusableError("a library with the copy relocation of programs")


def _check_tls(rows: _Rows, used: set[int], dynamic: Dynamic, elf: Elf) -> None:
    """See to it that a file without PT_TLS asks for the storage of others alone."""
    kinds = used & (TLS_MODULES[elf.machine] | TLS_OFFSETS[elf.machine])
    if not kinds:
        return
    size = 24 if elf.is_64_bit else 16
    at = 4 if elf.is_64_bit else 12  # of st_info, st_other and st_shndx
    for kind, symbol in zip(rows.types, rows.symbols, strict=True):
        if kind in kinds:
            dynamic.budget.steps.spend()
            place = dynamic.one(DT_SYMTAB) + symbol * size + at
            info, _, *section = dynamic.read(place, 4)
            if not symbol or any(section):
                raise UnusableError("relocations for thread-local storage, no PT_TLS")
            if info in OF_NO_THREADS:  # the loader takes what it finds for such
                raise UnusableError("thread-local storage of a symbol that is none")


def _names_of(rows: _Rows, kinds: set[int], dynamic: Dynamic, elf: Elf) -> set[bytes]:
    """Return the symbols of other files to which relocations of some types refer.

    A program defines what it copies of them.
    """
    size = 24 if elf.is_64_bit else 16
    wanted = {
        symbol
        for kind, symbol in zip(rows.types, rows.symbols, strict=True)
        if kind in kinds and symbol
    }
    dynamic.budget.steps.spend(len(wanted) + len(rows.types) // PER_STEP)
    found = set()
    for symbol in wanted:
        raw = dynamic.read(dynamic.one(DT_SYMTAB) + symbol * size, size)
        at = 6 if elf.is_64_bit else 14  # of st_shndx
        if COPY[elf.machine] in kinds or not any(raw[at : at + 2]):
            (name,) = numbers("I", raw[:4], elf)
            found.add(dynamic.name(name))
    return found


def is_code(elf: Elf, at: int) -> bool:
    """Return whether an address is one that can be called: not the ELF header's.

    Functions have descriptors among the data in the first ABI of 64-bit PowerPC.
    """
    described = elf.machine == EM_PPC64 and elf.flags & ABI_OF_POWER != ELFV2
    flag = PF_W if described else PF_X
    return any(
        load.address <= at < load.end
        and load.flags & flag
        and at - load.address + load.offset >= HEADER
        for load in elf.loads
    )


class _Rows:
    """The columns of one table of relocations."""

    def __init__(
        self, dynamic: Dynamic, elf: Elf, table: tuple[int, int], *, with_addend: bool
    ) -> None:
        tag, size = table
        word, entry = elf.bits // 8, 3 if with_addend else 2
        raw = dynamic.read(dynamic.one(tag), size)
        dynamic.budget.steps.spend(size // (entry * word * PER_STEP))
        words = numbers("Q" if elf.is_64_bit else "I", raw, elf)
        self.offsets, self._infos = words[::entry], words[1::entry]
        if elf.is_64_bit:  # r_info is two numbers, of which the upper is the symbol
            info = numbers("I", raw, elf)
            low, high = (3, 2) if elf.big_endian else (2, 3)
            self.types: Sequence[int] = info[low :: 2 * entry]
            self.symbols: Sequence[int] = info[high :: 2 * entry]
        else:
            self.types = [each & 0xFF for each in self._infos]
            self.symbols = [each >> 8 for each in self._infos]
        self.addends = words[2::3] if with_addend else None
        self.alike = 0  # so many at the beginning say what the next one does

    def used_types(self, first: int, relative: int) -> set[int]:
        """Return the types; the ``first`` relocations are to be relative ones."""
        if self._are_alike(first):
            self.alike = max(first - 1, 0)
        used = set(self.types[self.alike : first])
        if used - {relative}:
            raise UnusableError("a relocation among the relative ones that is not")
        used.update(self.types[first:])
        return used

    def _are_alike(self, first: int) -> bool:
        """Return whether the first relocations have one r_info, as relative ones do."""
        one = self._infos[:1].tobytes()
        for start in range(0, first, BLOCK):
            some = self._infos[start : min(start + BLOCK, first)].tobytes()
            if some != one * (len(some) // len(one)):
                return False
        return True

    def blocks(self, *, whole: bool) -> Iterator[tuple[list[int], Sequence[int]]]:
        """Yield the places of all relocations, or of those that do something.

        With them come the relocations' numbers.
        """
        for start in range(0, len(self.offsets), BLOCK):
            offsets = self.offsets[start : start + BLOCK].tolist()
            which: Sequence[int] = range(start, start + len(offsets))
            if not whole:
                which = [number for number in which if self.types[number] != NONE]
                offsets = [offsets[number - start] for number in which]
            yield offsets, which


class _Places:
    """What can be written to while relocations are applied, and what has to be.

    The loader calls what stands in DT_INIT_ARRAY and DT_FINI_ARRAY, which in a shared
    object is right only once it is relocated, and in the DT_PREINIT_ARRAY of a program
    (glibc, ``elf/dl-init.c``).
    """

    def __init__(self, dynamic: Dynamic, elf: Elf) -> None:
        self._dynamic, self._elf, self._word = dynamic, elf, elf.bits // 8
        self._relative = TYPES[elf.machine][0]
        self._spans = [
            (load.address, load.end)
            for load in elf.loads
            if elf.textrel or load.flags & PF_W
        ]
        start, size = dynamic.section
        begins = [start - load.offset + load.address for load in elf.loads]
        self._section = {
            at
            for load, begin in zip(elf.loads, begins, strict=True)
            if load.holds(begin, size)
            for at in range(begin - self._word + 1, begin + size)
        }
        self._slots: set[int] = set()
        arrays = [(DT_INIT_ARRAY, DT_INIT_ARRAYSZ), (DT_FINI_ARRAY, DT_FINI_ARRAYSZ)]
        if elf.is_executable:
            arrays.append((DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ))
        for table, total in arrays:
            start, size = dynamic.one(table), dynamic.one(total)
            dynamic.budget.steps.spend(size // (self._word * PER_STEP))
            self._slots.update(range(start, start + size, self._word))
        self._first, self._last = (
            min(self._slots, default=1),
            max(self._slots, default=0),
        )

    def check(
        self, offsets: list[int], which: Sequence[int], rows: _Rows | None
    ) -> None:
        """Raise UnusableError if a relocation is about what cannot be written.

        Or if it has something called that is no code.  ``which`` are the numbers of the
        relocations in ``rows``; without those, the addends are in their places.
        """
        if not offsets:
            return
        least, most = min(offsets), max(offsets)
        behind = 0
        for start, end in self._spans:
            if most < behind:
                break
            # What is before the segment and behind the last one is nowhere.
            if least < start and any(behind <= at < start for at in offsets):
                break
            behind = end
        if most >= behind or not self._spans or least < self._spans[0][0]:
            raise UnusableError("a relocation of what cannot be written")
        self._check_section(offsets)
        if most < self._first or least > self._last:
            return
        are_slots = map(self._slots.__contains__, offsets)
        for at, number in compress(zip(offsets, which, strict=True), are_slots):
            self._slots.remove(at)
            if rows is None or rows.types[number] == self._relative:
                self._check_call(self._target(rows, number, at))

    def _check_section(self, offsets: list[int]) -> None:
        """Refuse what changes entries while the loader goes by them."""
        if not self._section.isdisjoint(offsets):
            raise UnusableError("a relocation of the dynamic section")

    def check_resolvers(self, rows: _Rows, kind: int) -> None:
        """Raise UnusableError if a function that chooses another is no code."""
        self._dynamic.budget.steps.spend(len(rows.types) // PER_STEP)
        for number, each in enumerate(rows.types):
            if each == kind:
                self._check_call(self._target(rows, number, rows.offsets[number]))

    def check_slots(self) -> None:
        """Raise UnusableError if a function is called without being relocated."""
        if self._slots and self._elf.type == ET_DYN:
            raise UnusableError("an entry of DT_INIT_ARRAY without relocation")
        for at in self._slots:
            self._check_call(self._target(None, 0, at))

    def _target(self, rows: _Rows | None, number: int, at: int) -> int:
        if rows is not None and rows.addends is not None:
            return rows.addends[number]
        raw = self._dynamic.read(at, self._word)
        return numbers("Q" if self._elf.is_64_bit else "I", raw, self._elf)[0]

    def _check_call(self, target: int) -> None:
        if not is_code(self._elf, target):
            raise UnusableError(f"a function at {target:#x}, where there is no code")


def _read_relr(dynamic: Dynamic, elf: Elf, places: _Places) -> None:
    """Check the places of DT_RELR: addresses, each with bitmaps of what follows it."""
    size = dynamic.one(DT_RELRSZ) if DT_RELR in dynamic else 0
    if not size:
        return
    word = elf.bits // 8
    dynamic.budget.steps.spend(size // word)
    raw = dynamic.read(dynamic.one(DT_RELR), size)
    found: list[int] = []
    where = 0
    for value in numbers("Q" if elf.is_64_bit else "I", raw, elf):
        if not value & 1:
            found.append(value)
            where = value + word
            continue
        if not where:
            raise UnusableError("a DT_RELR table that begins with a bitmap")
        bits = value >> 1
        dynamic.budget.steps.spend(bits.bit_count() // PER_STEP)
        while bits:
            lowest = bits & -bits
            found.append(where + (lowest.bit_length() - 1) * word)
            bits ^= lowest
        where += (elf.bits - 1) * word
        if len(found) > BLOCK:
            places.check(found, range(len(found)), None)
            found.clear()
    places.check(found, range(len(found)), None)
