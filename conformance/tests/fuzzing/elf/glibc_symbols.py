"""Whether a symbol that the loader misses is one that is there all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection
from manylinux_conformance.loader.loaders import find_loader
from tests.fuzzing.elf.layout import DT_STRTAB, Layout
from tests.fuzzing.elf.loader import Loader

LIBC = "libc.so.6"  # which every process has
LIBRARIES = (LIBC, "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1")
DT_NEEDED = 1
Symbols = Mapping[str, frozenset[tuple[str, str]]]  # of each library
MISSING = re.compile(r"undefined symbol: ([^\s,]+)(?:, version | \()?([^\s()]*)")


def glibc_symbols(loader: Loader) -> Symbols:
    """Return the symbols of the loader's libraries, each with and without version."""
    path = find_loader(loader.arch)
    assert path is not None
    folder = path.resolve().parent
    return {name: frozenset(_exports(folder / name)) for name in LIBRARIES}


def _exports(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        elf = ELFFile(file)
        sections = list(elf.iter_sections())
        (symbols,) = (s for s in sections if s.name == ".dynsym")
        (indexes,) = (s for s in sections if isinstance(s, GNUVerSymSection))
        (versions,) = (s for s in sections if isinstance(s, GNUVerDefSection))
        assert isinstance(symbols, SymbolTableSection)
        nodes = {
            each.entry["vd_ndx"]: next(iter(names)).name
            for each, names in versions.iter_versions()
        }
        for number, symbol in enumerate(symbols.iter_symbols()):
            index = indexes.get_symbol(number).entry["ndx"]
            if symbol["st_shndx"] == "SHN_UNDEF" or not isinstance(index, int):
                continue
            yield symbol.name, nodes.get(index & 0x7FFF, "")
            if not index & 0x8000:
                yield symbol.name, ""


def is_defined(
    refusal: str,
    layout: Layout,
    content: bytes,
    symbols: Symbols,
) -> bool:
    """Return whether what is missed is in the mutant, or in a library that it needs.

    ``layout`` is that of its base, whose symbol table the mutant has most of.
    """
    found = MISSING.search(refusal)
    if found is None:
        return False
    wanted = found[1], found[2]
    libraries = {LIBC, *_needed(layout, content)} & symbols.keys()
    is_there = any(wanted in symbols[library] for library in libraries)
    return is_there or found[1] in _own(layout, content)


def _needed(layout: Layout, content: bytes) -> Iterator[str]:
    """Yield the names of the libraries that a mutant needs."""
    for entry in layout.entries:
        if layout.of(entry, "d_tag", content) == DT_NEEDED:
            yield _name(layout, content, layout.of(entry, "d_val", content))


def _own(layout: Layout, content: bytes) -> Iterator[str]:
    """Yield the names of the symbols that a mutant defines."""
    for record in layout.records["symbols"]:
        if record.name.startswith("symbol") and layout.of(record, "st_shndx", content):
            yield _name(layout, content, layout.of(record, "st_name", content))


def _name(layout: Layout, content: bytes, at: int) -> str:
    start = (layout.table(DT_STRTAB) or 0) + at
    return content[start:].partition(b"\0")[0].decode("utf-8", "backslashreplace")
