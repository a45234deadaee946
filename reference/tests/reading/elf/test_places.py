"""Relocations of each class and byte order: where they write, what they refer to.

Types are those of the processor supplements, as glibc's ``elf/elf.h`` has them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf
from manylinux_reference.reading.elf.relocations import is_code, read_relocations
from manylinux_reference.reading.elf.segments import Segment
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import BASE, UNDEFINED, Image

CODE, SECOND = BASE + 0x1000, BASE + 0x2000
TARGET = CODE + 0x40
RELA, RELASZ, REL, RELSZ, RELR, RELRSZ = 7, 8, 17, 18, 36, 35
JMPREL, PLTREL, PLTRELSZ, RELACOUNT, RELCOUNT = 23, 20, 2, 0x6FFFFFF9, 0x6FFFFFFA
INIT_ARRAY, INIT_ARRAYSZ, FINI_ARRAY, FINI_ARRAYSZ = 25, 27, 26, 28
RELOCATIONS = "manylinux_reference.reading.elf.relocations"
ELFV2 = 2  # e_flags of 64-bit PowerPC


@dataclass(frozen=True)
class Types:
    """e_machine, and numbers of relocation types."""

    machine: int
    relative: int
    absolute: int
    slot: int
    irelative: int
    copy: int
    tpoff: int


TYPES = {
    (64, "<"): Types(62, 8, 1, 7, 37, 5, 18),  # R_X86_64_*
    (64, ">"): Types(21, 22, 38, 21, 248, 19, 73),  # R_PPC64_*
    (32, "<"): Types(3, 8, 1, 7, 42, 5, 14),  # R_386_*
    (32, ">"): Types(40, 23, 2, 22, 160, 20, 19),  # R_ARM_*
}
Row = tuple[
    int, int, int, int
]  # place, type, symbol, and what stands there or is added


@dataclass
class File:
    """A file with two writable segments, and one of code between them."""

    image: Image
    kind: int = ET_DYN
    tls: int = 8
    elf: Elf = field(init=False)

    @property
    def types(self) -> Types:
        """The machine of the image's class and byte order."""
        return TYPES[self.image.bits, self.image.order]

    def word(self, *values: int) -> bytes:
        """Return addresses as the file has them."""
        kind = "Q" if self.image.bits == 64 else "I"
        return struct.pack(f"{self.image.order}{len(values)}{kind}", *values)

    def rows(self, *rows: Row, plt: bool = False, count: int = 0) -> File:
        """Add a table: with addends in it where addresses have 64 bits."""
        wide, content = self.image.bits == 64, b""
        for at, kind, symbol, value in rows:
            info = symbol << (32 if wide else 8) | kind
            content += self.word(at, info, value) if wide else self.word(at, info)
            if not wide and BASE <= at < BASE + len(self.image.data):
                start = at - BASE
                self.image.data[start : start + 4] = self.word(value)
        tag, total = (RELA, RELASZ) if wide else (REL, RELSZ)
        if plt:
            self.image.entries.append((PLTREL, tag))
            tag, total = JMPREL, PLTRELSZ
        self.image.table(tag, content)
        self.image.entries.append((total, len(content)))
        if count:
            self.image.entries.append((RELACOUNT if wide else RELCOUNT, count))
        return self

    def packed(self, *words: int) -> File:
        """Add DT_RELR."""
        self.image.table(RELR, self.word(*words))
        self.image.entries.append((RELRSZ, len(words) * self.image.word))
        return self

    def array(self, at: int, count: int = 1, *, last: bool = False) -> File:
        """Say that functions are called of which the addresses stand at ``at``."""
        size = count * self.image.word
        pair = (FINI_ARRAY, FINI_ARRAYSZ) if last else (INIT_ARRAY, INIT_ARRAYSZ)
        self.image.entries += zip(pair, (at, size), strict=True)
        return self

    def read(self) -> set[int]:
        """Return the symbols to which relocations refer."""
        self.image.machine = self.types.machine
        dynamic, self.elf = self.image.dynamic()
        self.elf.type, self.elf.flags, self.elf.tls = self.kind, ELFV2, self.tls
        self.elf.loads = [
            load(self.image.bits, start, flags)
            for start, flags in ((BASE, 6), (CODE, 5), (SECOND, 6))
        ]
        return read_relocations(dynamic, self.elf)


def load(bits: int, start: int, flags: int, offset: int = 0) -> Segment:
    if bits == 64:
        fields = (1, flags, offset, start, start, 0x1000, 0x1000, 4096)
    else:
        fields = (1, offset, start, start, 0x1000, 0x1000, flags, 4096)
    return Segment(fields, is_64_bit=bits == 64)


@pytest.fixture
def file(image: Image) -> File:
    """Return a file with four undefined symbols of each class and byte order."""
    image.data = bytearray(1024)
    names = ("a", "b", "c", "d")
    image.symbols(*((name, 0x16, UNDEFINED) for name in names))
    return File(image)


def test_tables_refer_to_symbols_and_have_types(file: File) -> None:
    types = file.types
    rows = [(BASE + 64, types.relative, 0, TARGET), (SECOND, types.absolute, 3, 0)]
    file.rows(*rows)
    file.rows((BASE + 8, types.slot, 2, TARGET), plt=True)
    assert file.read() - {0} == {2, 3}
    assert file.elf.relocations == {types.relative, types.absolute, types.slot}
    assert not file.elf.tls_relocations
    assert (file.elf.tls_wanted, file.elf.copied) == (set(), set())


@pytest.mark.parametrize("plt", [True, False])
def test_tables_of_a_plt_have_types_of_their_own(plt: bool, file: File) -> None:
    file.rows((BASE, file.types.absolute, 1, 0), plt=plt)
    if plt and file.types.machine != 21:  # R_PPC64_ADDR64 for functions' descriptors
        with pytest.raises(UnusableError, match=r"^a relocation of unknown type"):
            file.read()
    else:
        assert file.read() == {1}


def test_unknown_types_are_refused(file: File) -> None:
    file.rows((BASE, 200, 1, 0))
    with pytest.raises(UnusableError, match=r"^a relocation of unknown type 200$"):
        file.read()


@pytest.mark.parametrize("kind", [ET_DYN, ET_EXEC])
@pytest.mark.parametrize("plt", [False, True])
def test_programs_have_copies_and_want_storage_by_name(
    kind: int, plt: bool, file: File
) -> None:
    types, file.kind = file.types, kind
    rows = [(BASE, types.copy, 3, 0), (BASE + 8, types.tpoff, 2, 0)]
    file.rows(*rows, (BASE + 16, types.absolute, 1, 0), (BASE + 24, types.tpoff, 0, 0))
    if plt:
        file.rows((BASE + 8, types.slot, 4, TARGET), plt=True)
    if kind == ET_DYN:
        with pytest.raises(UnusableError, match=r"^a library with the copy relocation"):
            file.read()
        return
    file.read()
    assert (file.elf.copied, file.elf.tls_wanted) == ({b"c"}, {b"b"})
    assert file.elf.tls_relocations


@pytest.mark.parametrize(("symbol", "is_theirs"), [(0, False), (1, True), (4, True)])
def test_storage_of_threads_is_others_or_there(
    symbol: int, is_theirs: bool, file: File
) -> None:
    file.rows(
        (BASE, file.types.absolute, 1, 0), (BASE + 8, file.types.tpoff, symbol, 0)
    )
    file.read()  # there is PT_TLS
    file.tls = 0
    if is_theirs:
        file.read()
        return
    with pytest.raises(UnusableError, match=r"for thread-local storage, no PT_TLS$"):
        file.read()


@pytest.mark.parametrize("block", [1, 2, 3, 65536])
@pytest.mark.parametrize("odd", range(6))
def test_symbols_count_among_relative_relocations_too(
    odd: int, block: int, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{RELOCATIONS}.BLOCK", block)
    relative, absolute = file.types.relative, file.types.absolute
    rows = [
        (BASE + 16 * number, relative, 4 if number == odd else 2, TARGET)
        for number in range(5)
    ]
    file.rows(*rows, (SECOND, absolute, 3, 0), count=5)
    assert file.read() == ({2, 3, 4} if odd < 5 else {2, 3})


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("block", [1, 2, 65536])
@pytest.mark.parametrize("is_code", [True, False])
@pytest.mark.parametrize("skipped", [True, False])
def test_what_is_called_is_relocated_to_code(
    number: int, block: int, is_code: bool, skipped: bool, file: File,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(f"{RELOCATIONS}.BLOCK", block)
    called = BASE + 16 * number + 256
    rows = [
        (at, file.types.relative, 0, TARGET if is_code or at != called else SECOND)
        for at in range(BASE + 256, BASE + 336, 16)
    ]
    if skipped:
        rows.insert(2, (0, 0, 0, 0))  # R_*_NONE is nowhere
    file.rows(*rows).array(called, last=number % 2 == 0)
    if is_code:
        file.read()
        return
    with pytest.raises(
        UnusableError, match=rf"^a function at {SECOND:#x}, where there"
    ):
        file.read()


@pytest.mark.parametrize("at", [-1, 0, 1, 2, 3])
def test_every_called_function_of_a_library_is_relocated(at: int, file: File) -> None:
    word = file.image.word
    start = BASE + 256
    places = [start + word * number for number in range(3)]
    file.rows(*((place, file.types.absolute, 1, 0) for place in places))
    file.array(start + word * at)
    if 0 <= at < 3:
        file.read()
        return
    with pytest.raises(UnusableError, match=r"^an entry of DT_INIT_ARRAY without"):
        file.read()


@pytest.mark.parametrize("target", [TARGET, SECOND])
def test_program_at_a_fixed_address_calls_what_stands_there(
    target: int, file: File
) -> None:
    file.kind = ET_EXEC
    size = file.image.word
    file.image.data[256 : 256 + 2 * size] = file.word(TARGET, target)
    file.array(BASE + 256, 2)
    if target == TARGET:
        assert file.read() == set()
        return
    with pytest.raises(
        UnusableError, match=rf"^a function at {SECOND:#x}, where there"
    ):
        file.read()


@pytest.mark.parametrize("plt", [True, False])
@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("target", [TARGET, SECOND, CODE + 51, CODE + 52])
def test_function_that_chooses_another_is_code(
    target: int, number: int, plt: bool, file: File
) -> None:
    types = file.types
    rows = [(BASE + 16 * each, types.slot, 1, SECOND) for each in range(3)]
    rows[number] = (BASE + 16 * number, types.irelative, 0, target)
    file.rows(*rows, plt=plt)
    if target in (TARGET, CODE + 52):  # behind the ELF header of 52 bytes
        file.read()
        return
    with pytest.raises(
        UnusableError, match=rf"^a function at {target:#x}, where there"
    ):
        file.read()


@pytest.mark.parametrize(
    ("at", "flags", "e_flags", "machine", "called"),
    [
        (CODE, 5, 0, 62, False),  # where a header is
        (CODE + 52, 5, 0, 62, True),
        (CODE + 0xFFF, 5, 0, 62, True),
        (CODE + 0x1000, 5, 0, 62, False),
        (CODE - 1, 5, 0, 62, False),
        (CODE + 64, 4, 0, 62, False),
        (CODE + 64, 6, 0, 62, False),
        (CODE + 64, 7, 0, 62, True),
        (CODE + 64, 6, 1, 21, True),  # a descriptor
        (CODE + 64, 6, 0, 21, True),
        (CODE + 64, 5, 1, 21, False),
        (CODE + 64, 5, 2, 21, True),
        (CODE + 64, 6, 2, 21, False),
        (CODE + 64, 6, 2, 62, False),
    ],
)
def test_code_is_in_a_segment_of_its_kind(
    at: int, flags: int, e_flags: int, machine: int, called: bool
) -> None:
    elf = Elf("a.so")
    elf.machine, elf.flags = machine, e_flags
    elf.loads = [load(64, BASE, 2), load(64, CODE, flags), load(64, SECOND, 2)]
    assert is_code(elf, at) is (
        called or (machine == 21 and e_flags < 2 and at == BASE)
    )
    elf.loads = [load(64, CODE, flags, 0x1000)]  # without the header
    assert is_code(elf, at) is (called or (at == CODE and bool(flags & 1)))


def test_table_that_is_not_there_has_no_size(file: File) -> None:
    file.image.entries += [(RELRSZ, 64), (RELASZ, 64), (RELSZ, 64), (PLTRELSZ, 64)]
    assert file.read() == set()


@pytest.mark.parametrize(
    ("machine", "bits"), [(183, 32), (3, 64), (40, 64), (190, 64), (62, 32)]
)
def test_of_other_machines_no_relocation_is_read(machine: int, bits: int) -> None:
    image = Image(bits=bits, machine=machine)
    image.table(RELA, b"\xff" * 24)
    image.entries.append((RELASZ, 24))
    dynamic, elf = image.dynamic()
    assert read_relocations(dynamic, elf) == set()
