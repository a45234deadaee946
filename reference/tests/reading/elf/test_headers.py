"""The ELF header and the program headers, laid out as the gABI's chapter 4 says."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from manylinux_fixtures.elf.description import Elf as Description
from manylinux_fixtures.elf.description import FileType, Hash
from manylinux_fixtures.elf.writer import write_elf
from manylinux_reference.reading import range_buffer
from manylinux_reference.reading.archive import Archive
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, ET_REL, Elf
from manylinux_reference.reading.elf.reader import read_elf, read_elves
from manylinux_reference.reading.elf.symbols import SymbolQuery
from manylinux_reference.reading.unusable import UnusableError
from msgspec.structs import replace

LOAD, DYNAMIC, INTERP, NOTE = 1, 2, 3, 4
STACK, PROPERTY = 0x6474E551, 0x6474E553
EM_386, EM_X86_64, EM_AARCH64 = 3, 62, 183
Segment = tuple[int, int, bytes]  # type, flags, content
PHDR, TLS, RELRO = 6, 7, 0x6474E552
NOTE_OF_LEVEL_2 = struct.pack("<3I4s3II", 4, 16, 5, b"GNU\0", 0xC0008002, 4, 2, 0)
HEADERS = {32: 52, 64: 64}
ENTRIES = {32: 32, 64: 56}


def written(
    *segments: Segment, bits: int = 64, order: str = "<", machine: int = EM_X86_64,
    kind: int = ET_DYN, told: tuple[int, int] | None = None, loads: bool = True,
) -> bytes:  # fmt: skip
    """Return an ELF file whose segments stand behind its headers.

    ``told`` is what the header says of the size and number of its program headers.
    A PT_LOAD covers the whole file, unless there are no ``loads``.
    """
    number = len(segments) + loads
    entry, count = told or (ENTRIES[bits], number)
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1, 3]) + bytes(8)
    word = "Q" if bits == 64 else "I"
    header = ident + struct.pack(
        f"{order}2HI3{word}I6H",
        *(kind, machine, 1, 0, HEADERS[bits], 0, 0x12345678),
        *(HEADERS[bits], entry, count, 0, 0, 0),
    )
    at = len(header) + number * ENTRIES[bits]
    table, contents = b"", b""
    if loads:
        size = at + sum(len(content) for *_, content in segments)
        table += (
            struct.pack(f"{order}2I6Q", LOAD, 6, 0, 0, 0, size, size, 4096)
            if bits == 64
            else struct.pack(f"{order}8I", LOAD, 0, 0, 0, size, size, 6, 4096)
        )
    for each, flags, content in segments:
        where, size = at + len(contents), len(content)
        table += (
            struct.pack(f"{order}2I6Q", each, flags, where, where, 0, size, size, 8)
            if bits == 64
            else struct.pack(f"{order}8I", each, where, where, 0, size, size, flags, 4)
        )
        contents += content
    return header + table + contents


def read(data: bytes, name: str = "x.so") -> Elf:
    def pieces() -> Iterator[bytes]:
        yield data

    return read_elf(pieces, name, len(data), SymbolQuery(), Budget())


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [ET_DYN, ET_EXEC, ET_REL])
def test_header_is_read_in_its_class_and_byte_order(
    bits: int, order: str, kind: int
) -> None:
    elf = read(written(bits=bits, order=order, machine=EM_AARCH64, kind=kind))
    assert (elf.bits, elf.big_endian, elf.type) == (bits, order == ">", kind)
    assert (elf.machine, elf.osabi, elf.flags) == (EM_AARCH64, 3, 0x12345678)
    assert (elf.stack, elf.interpreter, elf.dynamic) == (None, None, False)


@pytest.mark.parametrize("arch", ["x86_64", "i686", "ppc64"])
def test_segments_are_read_by_their_type(arch: str) -> None:
    program = Description(arch=arch, type=FileType.PIE, interpreter="/lib/ld.so")
    elf = read(write_elf(replace(program, imports=())))
    assert (elf.stack, elf.interpreter, elf.dynamic) == (6, "/lib/ld.so", True)


def _without(segment: int) -> bytes:
    """Return a program one of whose program headers is PT_NULL."""
    content = bytearray(write_elf(Description(arch="x86_64", type=FileType.PIE)))
    for at in range(64, 64 + 8 * 56, 56):
        if struct.unpack_from("<I", content, at) == (segment,):
            struct.pack_into("<I", content, at, 0)
    return bytes(content)


@pytest.mark.parametrize("segment", [PHDR, DYNAMIC])
def test_program_has_what_its_loader_reads(segment: int) -> None:
    with pytest.raises(UnusableError, match=r"PT_PHDR before all|no PT_DYNAMIC"):
        read(_without(segment), "bin/x")
    assert read(_without(segment)).interpreter  # a library that can be started, too


def test_header_of_the_other_byte_order_is_no_header() -> None:
    content = bytearray(written())
    content[5] = 2
    with pytest.raises(UnusableError, match="marked big-endian that is the other"):
        read(bytes(content))


def test_segments_of_a_relocatable_file_are_not_looked_at() -> None:
    assert read(written((STACK, 7, b""), kind=ET_REL)).stack is None


def test_empty_dynamic_segment_is_a_debuggers() -> None:
    elf = read(written((DYNAMIC, 6, b""), (STACK, 7, b"")))
    assert (elf.dynamic, elf.debug, elf.is_loadable) == (False, True, False)


@pytest.mark.parametrize("kind", [DYNAMIC, INTERP, PHDR, TLS, STACK, RELRO, PROPERTY])
def test_segment_of_which_readers_take_different_ones_is_there_once(kind: int) -> None:
    with pytest.raises(UnusableError, match=r"two program headers PT_\w+$"):
        read(written((kind, 6, bytes(8)), (kind, 6, bytes(8))))


@pytest.mark.parametrize("machine", [190, 224, 247])
def test_of_another_processors_file_the_header_is_read_alone(machine: int) -> None:
    data = bytearray(written((STACK, 7, b""), machine=machine))
    data[6:12] = b"\7" * 6  # EI_VERSION, EI_OSABI, EI_ABIVERSION, EI_PAD
    elf = read(bytes(data))
    assert (elf.machine, elf.osabi, elf.abi_version) == (machine, 7, 7)
    assert (elf.stack, elf.is_loadable) == (None, False)


@pytest.mark.parametrize("at", [6, 9, 15, 20])
def test_version_and_padding_are_those_of_the_gabi(at: int) -> None:
    data = bytearray(written())
    data[at] = 2
    with pytest.raises(UnusableError, match="another version, or with padding filled"):
        read(bytes(data))


@pytest.mark.parametrize("kind", [NOTE, PROPERTY])
@pytest.mark.parametrize(
    ("machine", "level"), [(EM_X86_64, 2), (EM_386, 2), (EM_AARCH64, 0)]
)
def test_notes_are_looked_at_on_x86_alone(kind: int, machine: int, level: int) -> None:
    elf = read(written((kind, 4, NOTE_OF_LEVEL_2), machine=machine))
    assert elf.isa_needed == level


def test_levels_of_all_notes_are_needed() -> None:
    level_4 = NOTE_OF_LEVEL_2.replace(b"\2\0\0\0\0\0\0\0", b"\4\0\0\0\0\0\0\0")
    elf = read(written((NOTE, 4, NOTE_OF_LEVEL_2), (NOTE, 4, level_4)))
    assert elf.isa_needed == 6


@pytest.mark.parametrize(("at", "value"), [(4, 0), (4, 3), (5, 0), (5, 3)])
def test_unknown_class_or_byte_order_is_refused(at: int, value: int) -> None:
    data = bytearray(written())
    data[at] = value
    reason = r"^x\.so: an ELF file of unknown class or byte order$"
    with pytest.raises(UnusableError, match=reason):
        read(bytes(data))


@pytest.mark.parametrize(
    ("entry", "count", "reason"),
    [
        (55, 1, "1 program headers of 55 bytes"),
        (56, 0xFFFF, "65535 program headers of 56 bytes"),
        (56, 1171, "1171 program headers of 56 bytes"),
        (56, 5, r"needs 280 bytes at 64, past its end"),
        (56, 0, "no PT_LOAD: there is nothing to load"),
    ],
)
def test_program_headers_that_cannot_be_are_refused(
    entry: int, count: int, reason: str
) -> None:
    with pytest.raises(UnusableError, match=rf"^x\.so: {reason}$"):
        read(written((STACK, 6, b""), told=(entry, count)))


@pytest.mark.parametrize(
    ("name", "segment", "reason"),
    [
        (
            "LONGEST_INTERPRETER",
            (INTERP, 4, b"/ab\0"),
            "an interpreter name of 4 bytes",
        ),
        ("LARGEST_NOTES", (NOTE, 4, NOTE_OF_LEVEL_2), "notes of 32 bytes"),
    ],
)
def test_segments_are_bounded(
    monkeypatch: pytest.MonkeyPatch, name: str, segment: Segment, reason: str
) -> None:
    size = len(segment[2])
    monkeypatch.setattr(f"manylinux_reference.reading.elf.reader.{name}", size)
    assert read(written(segment)).machine == EM_X86_64
    monkeypatch.setattr(f"manylinux_reference.reading.elf.reader.{name}", size - 1)
    with pytest.raises(UnusableError, match=rf"^x\.so: {reason}$"):
        read(written(segment))


def test_name_of_an_interpreter_that_is_no_text_is_shown() -> None:
    assert read(written((INTERP, 4, b"/l\xff\0"))).interpreter == "/l\\xff"


def test_elf_files_come_out_of_the_budget(tmp_path: Path) -> None:
    data = written((STACK, 6, b""))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.so", data)
        made.writestr("b.so", data)
    with Archive(str(path)) as archive:
        archive.budget.elf_files.left = 3
        elves = list(read_elves(archive, archive.members, SymbolQuery()))
        assert [elf.name for elf in elves] == ["a.so", "b.so"]
        with pytest.raises(NotJudgedError, match="ELF files"):
            list(read_elves(archive, archive.members, SymbolQuery()))


class Stream:
    """A file in pieces, which counts how many are read in each pass."""

    def __init__(self, data: bytes, piece: int) -> None:
        self.data, self.piece = data, piece
        self.passes: list[int] = []

    def __call__(self) -> Iterator[bytes]:
        self.passes.append(0)
        for at in range(0, len(self.data), self.piece):
            self.passes[-1] += 1
            yield self.data[at : at + self.piece]

    def read(self) -> Elf:
        return read_elf(self, "x.so", len(self.data), SymbolQuery(), Budget())


FAR = written((INTERP, 4, b"/lib/ld.so\0".ljust(32, b"\0")), (NOTE, 4, bytes(64)))


def test_first_pass_goes_to_the_end_of_the_file() -> None:
    stream = Stream(FAR, 16)
    assert stream.read().interpreter == "/lib/ld.so"
    assert stream.passes == [21]


def test_what_passed_by_is_read_in_further_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(range_buffer, "HEAD", 64)
    monkeypatch.setattr(range_buffer, "ROUND", 1)
    stream = Stream(FAR + bytes(160), 136)  # the program headers cross two pieces
    assert stream.read().interpreter == "/lib/ld.so"
    assert stream.passes == [4, 4, 3]
    monkeypatch.setattr("manylinux_reference.reading.elf.reader.MOST_PASSES", 2)
    with pytest.raises(NotJudgedError, match=r"^x\.so: its tables are too scattered$"):
        stream.read()


def test_what_is_still_to_come_needs_no_further_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(range_buffer, "HEAD", 232)  # the headers
    monkeypatch.setattr(range_buffer, "ROUND", 1)
    stream = Stream(FAR, 8)
    assert stream.read().interpreter == "/lib/ld.so"
    assert stream.passes == [41]


def test_alignment_of_a_segment_is_that_of_its_notes() -> None:
    build_id = struct.pack("<3I4s4s4x", 4, 4, 3, b"GNU\0", b"1234")
    assert read(written((NOTE, 4, build_id + NOTE_OF_LEVEL_2))).isa_needed == 2


@pytest.mark.parametrize("arch", ["x86_64", "i686", "s390x"])
def test_symbols_are_looked_for_in_the_members_of_an_archive(
    tmp_path: Path, arch: str
) -> None:
    imports = ("memcpy@GLIBC_2.14 from libc.so.6", "weak free")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.so", write_elf(Description(arch=arch, imports=imports)))
    names = (b"memcpy", b"free", b"exp")
    query = SymbolQuery(names, {}, (b"PyInit_",), known_nodes=frozenset())
    with Archive(str(path)) as archive:
        (elf,) = read_elves(archive, archive.members, query)
    assert elf.name == "a.so"
    assert elf.undefined == {b"memcpy": False, b"free": True}
    (need,) = elf.version_needs
    assert elf.version_symbols == {need.index: ["memcpy"]}


@pytest.mark.parametrize(("bits", "filling"), [(32, 0), (64, 4)])
def test_properties_are_filled_to_the_size_of_an_address(
    bits: int, filling: int
) -> None:
    used, needed = (
        struct.pack("<3I", kind, 4, 4) + bytes(filling)
        for kind in (0xC0010002, 0xC0008002)
    )
    head = struct.pack("<3I4s", 4, 2 * (12 + filling), 5, b"GNU\0")
    assert read(written((NOTE, 4, head + used + needed), bits=bits)).isa_needed == 4


def test_interpreter_is_a_name_with_an_end() -> None:
    with pytest.raises(UnusableError, match=r"an interpreter name without an end$"):
        read(written((INTERP, 4, b"/lib/ld.so")))
    with pytest.raises(UnusableError, match=r"an interpreter name of 1 bytes$"):
        read(written((INTERP, 4, b"\0")))


@pytest.mark.parametrize("arch", ["x86_64", "i686", "s390x"])
@pytest.mark.parametrize("tables", list(Hash))
def test_dynamic_segment_is_read(arch: str, tables: Hash) -> None:
    description = Description(
        arch=arch, imports=("free",), relr=True, tls_relocation=True, hash=tables
    )
    elf = read(write_elf(description))
    assert (elf.dynamic, elf.relr, elf.needed) == (True, True, ["libc.so.6"])
    assert elf.tls_relocations
