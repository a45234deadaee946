"""What is read from an ELF file is what pyelftools reads from it."""

from __future__ import annotations

import contextlib
import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection
from elftools.elf.segments import InterpSegment
from hypothesis import given, settings
from hypothesis import strategies as st
from manylinux_fixtures.corpus.fixtures import fixtures
from manylinux_fixtures.elf import description
from manylinux_fixtures.elf.writer import write_elf
from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, MAGIC, Elf
from manylinux_reference.reading.elf.reader import read_elf
from manylinux_reference.reading.elf.symbols import SymbolQuery
from manylinux_reference.reading.unusable import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator


PIECE = 4096
LIBRARIES = Path("/usr/lib")
LARGEST = 400_000  # bytes of a real file; pyelftools takes its time
DF_TEXTREL = 0x4
DEFINING = description.Elf(
    arch="x86_64",
    imports=("memcpy@GLIBC_2.2.5 from libc.so.6",),
    exports=("foo@@FOO_1",),
    version_definitions=("FOO_1",),
)
NOT_LOADED = ("relocatable", "debug")  # of which little is read


def ask(*names: str) -> SymbolQuery:
    """Ask for names, and for a symbol of every version that is needed."""
    return SymbolQuery((name.encode() for name in names), known_nodes=frozenset())


def read(data: bytes, *names: str) -> Elf:
    def pieces() -> Iterator[bytes]:
        return (data[at : at + PIECE] for at in range(0, len(data), PIECE))

    return read_elf(pieces, "x.so", len(data), ask(*names), Budget())


def real_files() -> list[Path]:
    """Return a few shared objects and programs of this machine."""
    paths = (path.resolve() for path in sorted(LIBRARIES.glob("*/lib*.so.*"))[::5])
    found = {
        path: None
        for path in (*paths, Path("/bin/sh").resolve())
        if path.is_file() and path.stat().st_size < LARGEST and is_elf(path)
    }
    return list(found)[-12:]


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def written_files() -> list[bytes]:
    """Return the different loadable ELF files of the corpus, some of each rule."""
    files = {}
    for fixture in fixtures()[::23]:
        for number, elf in enumerate(fixture.recipe.elf):
            data = write_elf(elf)
            is_loaded = elf.type not in NOT_LOADED and elf.machine is None
            if elf.sections and is_loaded and elf.counted:
                files[fixture.recipe.rule, fixture.recipe.arch, number] = data
    return list(files.values())


REAL = real_files()
WRITTEN = written_files()


def check(data: bytes) -> None:
    """Compare everything that both readers know."""
    peer = ELFFile(io.BytesIO(data))
    undefined, defined = names_of(peer)
    elf = read(data, *undefined, *defined)
    assert (elf.bits, elf.big_endian) == (peer.elfclass, not peer.little_endian)
    header = peer.header
    machine = peer.structs.Elf_Ehdr.parse(data)["e_machine"]
    assert (elf.flags, machine) == (header["e_flags"], header["e_machine"])
    assert elf.type == {"ET_DYN": ET_DYN, "ET_EXEC": ET_EXEC}[header["e_type"]]
    dynamic = next(
        (each for each in peer.iter_segments() if isinstance(each, DynamicSegment)),
        None,
    )
    assert elf.dynamic == (dynamic is not None)
    check_segments(peer, elf)
    if dynamic is not None:
        check_dynamic(dynamic, elf)
        check_versions(peer, elf)
        check_symbols(peer, elf, undefined, defined)


def check_segments(peer: ELFFile, elf: Elf) -> None:
    stacks = [each for each in peer.iter_segments() if each["p_type"] == "PT_GNU_STACK"]
    assert elf.stack == (stacks[-1]["p_flags"] if stacks else None)
    interpreters = [
        each.get_interp_name()
        for each in peer.iter_segments()
        if isinstance(each, InterpSegment)
    ]
    assert elf.interpreter == (interpreters[0] if interpreters else None)


def check_dynamic(dynamic: DynamicSegment, elf: Elf) -> None:
    tags: list[Any] = list(dynamic.iter_tags())
    assert elf.needed == [t.needed for t in tags if t.entry.d_tag == "DT_NEEDED"]
    assert elf.soname == next(
        (t.soname for t in tags if t.entry.d_tag == "DT_SONAME"), ""
    )
    paths = [t.rpath for t in tags if t.entry.d_tag == "DT_RPATH"][-1:]
    paths += [t.runpath for t in tags if t.entry.d_tag == "DT_RUNPATH"][-1:]
    assert ":".join(elf.runpaths) == ":".join(filter(None, paths))
    assert elf.relr == any(t.entry.d_tag in ("DT_RELR", 36) for t in tags)
    flags = sum(t.entry.d_val for t in tags if t.entry.d_tag == "DT_FLAGS")
    assert elf.static_tls == bool(flags & 0x10)
    textrel = any(t.entry.d_tag == "DT_TEXTREL" for t in tags)
    assert elf.textrel == (textrel or bool(flags & DF_TEXTREL))


def needs(elf: Elf) -> list[tuple[str, str, bool, int]]:
    return [
        (each.library, each.node, each.weak, each.index) for each in elf.version_needs
    ]


def facts(elf: Elf) -> dict[str, object]:
    """Return everything that is known about a file."""
    found = {name: getattr(elf, name) for name in Elf.__slots__}
    loads = [[getattr(each, name) for name in each.__slots__] for each in elf.loads]
    exported = elf.exported.hashes() if elf.exported else None
    return found | {
        "version_needs": needs(elf), "loads": loads, "exported": exported
    }  # fmt: skip


def check_versions(peer: ELFFile, elf: Elf) -> None:
    expected = []
    for section in peer.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for need, nodes in section.iter_versions():
                expected += [
                    (
                        need.name,
                        node.name,
                        bool(node["vna_flags"] & 2),
                        node["vna_other"],
                    )
                    for node in nodes
                ]
    assert needs(elf) == expected
    versions = {
        (symbol.name, version["ndx"])
        for table in peer.iter_sections()
        if isinstance(table, GNUVerSymSection)
        for version, symbol in zip(table.iter_symbols(), symbols_of(peer), strict=True)
    }
    for index, symbols in elf.version_symbols.items():
        assert all((symbol, index) in versions for symbol in symbols)


def symbols_of(peer: ELFFile) -> Iterator[Any]:
    for section in peer.iter_sections():
        if isinstance(section, SymbolTableSection) and section.name == ".dynsym":
            yield from section.iter_symbols()


def names_of(peer: ELFFile) -> tuple[dict[str, bool], set[str]]:
    """Return the undefined names with whether they are weak, and the defined."""
    undefined: dict[str, bool] = {}
    defined = set()
    for symbol in symbols_of(peer):
        if symbol["st_shndx"] != "SHN_UNDEF":
            defined.add(symbol.name)
        elif symbol.name:
            weak = symbol["st_info"]["bind"] == "STB_WEAK"
            undefined[symbol.name] = weak and undefined.get(symbol.name, True)
    return undefined, defined - {""}


def check_symbols(
    peer: ELFFile, elf: Elf, undefined: dict[str, bool], defined: set[str]
) -> None:
    exact = peer.get_section_by_name(".hash") or defined
    if exact:  # without either nothing says how long the table is
        assert {
            name.decode(): weak for name, weak in elf.undefined.items()
        } == undefined
        assert {name.decode() for name in elf.exports} == defined


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_files_are_read_as_pyelftools_does(path: Path) -> None:
    check(path.read_bytes())


@pytest.mark.parametrize("data", WRITTEN)
def test_written_files_are_read_as_pyelftools_does(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize("path", REAL[-3:], ids=lambda path: path.name)
@pytest.mark.parametrize("head", [64, 5000])
def test_what_lies_beyond_the_head_is_found_in_further_passes(
    path: Path, head: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(path.read_bytes())
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.HEAD", head)
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.ROUND", 500)
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.MOST_RANGES", 20_000)
    monkeypatch.setattr("manylinux_reference.reading.elf.reader.MOST_PASSES", 20_000)
    again = read(path.read_bytes())
    assert facts(whole) == facts(again)


def test_undefined_symbol_has_no_version_of_the_file_itself() -> None:
    # glibc looks for it in other files, and says "undefined symbol"
    data = bytearray(write_elf(DEFINING))
    peer = ELFFile(io.BytesIO(bytes(data)))
    bound = peer.get_section_by_name(".gnu.version")
    symbols = peer.get_section_by_name(".dynsym")
    assert isinstance(bound, GNUVerSymSection)
    assert isinstance(symbols, SymbolTableSection)
    names = [symbol.name for symbol in symbols.iter_symbols()]
    at = bound["sh_offset"] + 2 * names.index("memcpy")
    struct.pack_into("<H", data, at, 2)
    with pytest.raises(UnusableError, match="a version of the file's own"):
        read(bytes(data))


def test_tables_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.HEAD", 64)
    monkeypatch.setattr("manylinux_reference.reading.elf.reader.MOST_PASSES", 1)
    with pytest.raises(NotJudgedError, match=r"x.so: its tables are too scattered"):
        read(WRITTEN[0])


def test_too_large_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.HEAD", 64)
    monkeypatch.setattr("manylinux_reference.reading.range_buffer.LARGEST_KEPT", 100)
    with pytest.raises(NotJudgedError, match="has tables of more"):
        read(WRITTEN[0])


@settings(max_examples=2 * settings().max_examples)
@given(
    data=st.sampled_from(WRITTEN),
    changes=st.lists(
        st.tuples(st.integers(4, 3000), st.binary(min_size=1, max_size=8)), max_size=6
    ),
    cut=st.integers(0, 4000),
)
def test_damaged_files_are_read_or_refused(
    data: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    damaged = bytearray(data[: max(4, len(data) - cut)])
    for at, new in changes:
        damaged[at : at + len(new)] = new
    with contextlib.suppress(UnusableError):
        read(bytes(damaged), "PyFPE_jbuf", "memcpy")
