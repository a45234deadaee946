"""Whether a symbol that the loader misses is one that is there all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection
from manylinux_conformance.loader.loaders import find_loader
from tests.fuzzing.elf.layout import DT_STRTAB, Layout
from tests.fuzzing.elf.loader import Loader

LIBRARY = "libc.so.6"  # which every process has
MISSING = re.compile(r"undefined symbol: ([^\s,]+)(?:,? version |\s\()?([^\s)]*)")


def glibc_symbols(loader: Loader) -> frozenset[tuple[str, str]]:
    """Return the symbols of the loader's C library, each with and without version."""
    path = find_loader(loader.arch)
    assert path is not None
    file = path.resolve().parent / LIBRARY
    return frozenset(_exports(file))


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
    symbols: frozenset[tuple[str, str]],
) -> bool:
    """Return whether what is missed is in the C library, or in the mutant itself.

    ``layout`` is that of its base, whose symbol table the mutant has most of.
    """
    found = MISSING.search(refusal)
    if found is None:
        return False
    return (found[1], found[2]) in symbols or found[1].encode() in _own(layout, content)


def _own(layout: Layout, content: bytes) -> set[bytes]:
    """Return the names of the symbols that a mutant defines."""
    strings = layout.table(DT_STRTAB) or 0
    names = set()
    for record in layout.records["symbols"]:
        if record.name.startswith("symbol") and layout.of(record, "st_shndx", content):
            start = strings + layout.of(record, "st_name", content)
            names.add(content[start:].partition(b"\0")[0])
    return names
