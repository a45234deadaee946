"""Which symbols and versions each glibc release exports, as ``ziglang`` knows them.

Zig ships one file, ``abilists``, consolidated from the ``.abilist`` files that glibc
itself keeps for its own tests.  Its format is documented in
https://github.com/ziglang/libc-abi-tools (README, "abilists binary format").
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from manylinux_spec.input_files import read_bytes

from manylinux_conformance.errors import InvariantError, MissingProgramError
from manylinux_conformance.platforms.architectures import ARCHITECTURES

Release = tuple[int, int]
INSTALL = "pip install 'manylinux-conformance[compiler]'"
LAST = 0x80  # set on the last version of a list, and on a symbol's last inclusion
WORD = 64  # bits of the largest number
INDEX = 0x1F  # the rest of a library byte; 0x20 and 0x40 are unversioned and weak
# Without the loader (``ld``), whose name is the architecture's.
SONAMES = {
    "c": "libc.so.6",
    "m": "libm.so.6",
    "pthread": "libpthread.so.0",
    "dl": "libdl.so.2",
    "rt": "librt.so.1",
    "util": "libutil.so.1",
    "resolv": "libresolv.so.2",
    "anl": "libanl.so.1",
}


@dataclass(frozen=True, slots=True)
class Export:
    """One versioned symbol of one of glibc's libraries.

    ``library`` is the short name (``c``, ``m``, ``ld``); ``size`` is in bytes, zero
    for functions.
    """

    library: str
    symbol: str
    version: tuple[int, int, int]
    size: int = 0

    @property
    def node(self) -> str:
        """The version node's name: ``GLIBC_2.2.5``, ``GLIBC_2.34`` without a patch."""
        major, minor, patch = self.version
        return f"GLIBC_{major}.{minor}" + (f".{patch}" if patch else "")


@dataclass(frozen=True, slots=True)
class _Inclusion:
    symbol: str
    targets: int  # bit set over the list of targets
    size: int
    library: int
    versions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GlibcExports:
    """The decoded file: names, then inclusions that refer to them by position."""

    libraries: tuple[str, ...]
    versions: tuple[tuple[int, int, int], ...]
    targets: tuple[str, ...]
    inclusions: tuple[_Inclusion, ...]

    def newest(self) -> Release:
        """Return the newest release that is described."""
        return self.versions[-1][:2]

    def describes(self, arch: str) -> bool:
        """Return whether an architecture is described; ppc64 is not."""
        return ARCHITECTURES[arch].zig in self.targets

    def of(self, arch: str) -> tuple[Export, ...]:
        """Return every export of an architecture over all releases.

        Raises ValueError for an architecture that is not described.
        """
        bit = 1 << self.targets.index(ARCHITECTURES[arch].zig)
        return tuple(
            Export(
                self.libraries[each.library],
                each.symbol,
                self.versions[index],
                each.size,
            )
            for each in self.inclusions
            if each.targets & bit
            for index in each.versions
        )


class _Reader:
    """A cursor over the file; reading past the end raises IndexError or ValueError."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.content[self.at - 1]

    def name(self) -> str:
        end = self.content.index(0, self.at)
        text = self.content[self.at : end].decode("ascii")
        self.at = end + 1
        return text

    def uleb128(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < LAST:
                return value
            if shift >= WORD:
                raise ValueError("a number of more than 64 bits")

    def versions(self) -> tuple[int, ...]:
        found = [self.byte()]
        while not found[-1] & LAST:
            found.append(self.byte())
        return tuple(index & ~LAST for index in found)

    def inclusions(self, *, sized: bool) -> Iterator[_Inclusion]:
        symbol = ""
        for _ in range(self.byte() | self.byte() << 8):
            symbol = symbol or self.name()
            targets = self.uleb128()
            size = self.uleb128() if sized else 0
            library = self.byte()
            yield _Inclusion(symbol, targets, size, library & INDEX, self.versions())
            if library & LAST:
                symbol = ""


def decode(content: bytes) -> GlibcExports:
    """Decode an ``abilists`` file; raises ValueError if it is not one."""
    reader = _Reader(content)
    try:
        found = GlibcExports(
            libraries=tuple(reader.name() for _ in range(reader.byte())),
            versions=tuple(
                (reader.byte(), reader.byte(), reader.byte())
                for _ in range(reader.byte())
            ),
            targets=tuple(reader.name() for _ in range(reader.byte())),
            inclusions=(
                *reader.inclusions(sized=False),  # functions
                *reader.inclusions(sized=True),  # objects
                *reader.inclusions(sized=True),  # thread-local objects
            ),
        )
    except IndexError as error:
        raise ValueError("ends too early") from error
    _refuse_dangling(found)
    if reader.at != len(content):
        raise ValueError(f"{len(content) - reader.at} bytes follow the last entry")
    return found


def _refuse_dangling(found: GlibcExports) -> None:
    for each in found.inclusions:
        if each.library >= len(found.libraries):
            raise ValueError(f"{each.symbol}: no library {each.library}")
        if max(each.versions) >= len(found.versions):
            raise ValueError(f"{each.symbol}: no version {max(each.versions)}")


@functools.cache
def glibc_exports() -> GlibcExports:
    """Return what the installed ``ziglang`` knows.

    Raises MissingProgramError if it is absent, and InvariantError if its tables do not
    have the format of the pinned release.
    """
    package = importlib.util.find_spec("ziglang")
    if package is None or package.origin is None:
        raise MissingProgramError("ziglang", "is not installed", INSTALL)
    path = Path(package.origin).parent / "lib" / "libc" / "glibc" / "abilists"
    try:
        return decode(read_bytes(path))
    except ValueError as error:
        raise InvariantError(path, f"is not an abilists file: {error}") from error
