"""Reads what an installed glibc exports, for architectures that Zig leaves out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerDefSection, GNUVerSymSection
from elftools.elf.sections import SymbolTableSection

from manylinux_conformance.errors import MissingProgramError
from manylinux_conformance.loader.glibc_exports import SONAMES, Export
from manylinux_conformance.loader.loaders import (
    find_loader,
    loader_name,
    loader_remedy,
)

NODE = re.compile(r"GLIBC_(\d+)\.(\d+)(?:\.(\d+))?")


@functools.cache
def installed_exports(arch: str) -> tuple[Export, ...]:
    """Return the exports of the architecture's installed glibc.

    Raises MissingProgramError if none is installed or it cannot be read.
    """
    loader = find_loader(arch)
    if loader is None:
        raise MissingProgramError(arch, "no glibc to read", loader_remedy(arch))
    folder = loader.resolve().parent
    names = SONAMES | {"ld": loader_name(arch)}
    return tuple(
        export
        for short, soname in names.items()
        # Ports that are younger than 2.34 never had some of the libraries.
        if short == "c" or (folder / soname).exists()
        for export in library_exports(short, folder / soname)
    )


def library_exports(short: str, path: Path) -> Iterator[Export]:
    """Yield a library's exports of numbered GLIBC nodes.

    Raises MissingProgramError if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from _exports(short, ELFFile(file))
    except OSError as error:
        raise MissingProgramError(path, error.strerror or str(error)) from error
    except ELFError as error:
        raise MissingProgramError(path, f"is not an ELF file: {error}") from error


def _exports(short: str, elf: ELFFile) -> Iterator[Export]:
    definitions = elf.get_section_by_name(".gnu.version_d")
    versions = elf.get_section_by_name(".gnu.version")
    symbols = elf.get_section_by_name(".dynsym")
    if not (
        isinstance(definitions, GNUVerDefSection)
        and isinstance(versions, GNUVerSymSection)
        and isinstance(symbols, SymbolTableSection)
    ):
        return
    names = {
        version["vd_ndx"]: next(iter(auxiliaries)).name
        for version, auxiliaries in definitions.iter_versions()
    }
    for number, symbol in enumerate(symbols.iter_symbols()):
        index = versions.get_symbol(number)["ndx"]
        # SHN_ABS: the linker names each version node by a symbol of its own.
        if symbol["st_shndx"] in {"SHN_UNDEF", "SHN_ABS"} or isinstance(index, str):
            continue
        found = NODE.fullmatch(names[index & 0x7FFF])
        if found:
            kind = symbol["st_info"]["type"]
            size = symbol["st_size"] if kind == "STT_OBJECT" else 0
            major, minor, patch = (int(part or 0) for part in found.groups())
            yield Export(short, symbol.name, (major, minor, patch), size)
