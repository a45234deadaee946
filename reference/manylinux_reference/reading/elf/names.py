"""Reads which names a file asks for, of glibc or of anybody, and which it defines."""

from __future__ import annotations

from itertools import compress

from manylinux_reference.reading.elf.dynamic import (
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERSYM,
    all_readable,
    numbers,
)
from manylinux_reference.reading.elf.exports import Exports
from manylinux_reference.reading.elf.hashes import (
    BOUND,
    NAMED,
    SHN_ABS,
    STT_TLS,
    STV_HIDDEN,
    STV_INTERNAL,
)
from manylinux_reference.reading.elf.symbols import (
    NAMES_PER_STEP,
    STB_WEAK,
    VERSYM_HIDDEN,
    count_symbols,
    entry_size,
)
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

# How the names of the C++ run-time library begin (Itanium C++ ABI, Mangling).
CXX_STARTS = (
    *(
        "_ZNSt",
        "_ZNKSt",
        "_ZSt",
        "_ZTVSt",
        "_ZTISt",
        "_ZTSSt",
        "_ZNSs",
        "_ZNKSs",
    ),
    *("_ZTVN10__cxxabiv1", "_Znw", "_Zna", "_Zdl", "_Zda", "__cxa_", "__gxx_"),
)
VER_NDX_GLOBAL = 1  # 0 and 1 stand for no version
OF_PYTHON = (b"Py", b"_Py")  # how the interpreter's names begin
OF_GLIBC = frozenset(
    (
        "__cxa_finalize",
        "__cxa_atexit",
        "__cxa_at_quick_exit",
        "__cxa_thread_atexit_impl",
    )
)


def _infos(bindings: Container[int], types: Container[int]) -> bytes:
    """Return the table in which the wanted ones among all values of st_info are 1."""
    row = bytes(each in types for each in range(16))
    return b"".join(row if each in bindings else bytes(16) for each in range(16))


# Tables for ``translate``: of each value of a byte, whether it is wanted, as 0 or 1.
ANY = b"\0" + b"\1" * 255
STRONG = _infos({*range(16)} - {STB_WEAK}, range(16))
NAMED_AND_BOUND = _infos(BOUND, NAMED)
VISIBLE = bytes(each not in (STV_INTERNAL, STV_HIDDEN) for each in range(4)) * 64


class _Columns:
    """The columns of the symbol table, of which each is looked at as a whole.

    What is true of each symbol is one number with a byte for each, which is 0 or 1.
    """

    def __init__(self, dynamic: Dynamic, elf: Elf) -> None:
        self.count = count_symbols(dynamic, elf)
        dynamic.budget.steps.spend(self.count // NAMES_PER_STEP)
        self._size, word = entry_size(elf), elf.bits // 8
        self._elf = elf
        self._raw = dynamic.read(dynamic.one(DT_SYMTAB), self.count * self._size)
        self.names = numbers("I", self._raw, elf)[:: self._size // 4]
        info, self._section = (4, 6) if elf.is_64_bit else (12, 14)
        self._infos, self._others = (
            self._raw[at :: self._size] for at in (info, info + 1)
        )
        self._is_defined = self._any(self._section, 2)
        self._has_value = self._any(word, word)

    def _any(self, at: int, width: int) -> int:
        """Return of which symbols a field is not zero."""
        found = 0
        for each in range(at, at + width):
            found |= int.from_bytes(self._raw[each :: self._size], "little")
        return _numbered(found.to_bytes(self.count, "little").translate(ANY))

    def undefined(self) -> Iterator[int]:
        """Yield the numbers of symbols that are undefined and not weak."""
        found = _numbered(self._infos.translate(STRONG)) & ~self._is_defined
        return compress(range(self.count), found.to_bytes(self.count, "little"))

    def found(self) -> bytes:
        """Return which symbols others find (``do_lookup_x``, ``check_match``)."""
        found = (
            self._is_defined
            & _numbered(self._infos.translate(NAMED_AND_BOUND))
            & _numbered(self._others.translate(VISIBLE))
        )
        flags = bytearray(found.to_bytes(self.count, "little"))
        for number in self._positions(found & ~self._has_value):
            is_absolute = self._section_of(number) == SHN_ABS
            if not (is_absolute or self._infos[number] & 0xF == STT_TLS):
                flags[number] = 0
        return bytes(flags)

    def _section_of(self, number: int) -> int:
        at = number * self._size + self._section
        return numbers("H", self._raw[at : at + 2], self._elf)[0]

    def _positions(self, found: int) -> Iterator[int]:
        flags = found.to_bytes(self.count, "little")
        at = flags.find(1)
        while at >= 0:
            yield at
            at = flags.find(1, at + 1)


def _numbered(flags: bytes) -> int:
    return int.from_bytes(flags, "little")


def read_names(dynamic: Dynamic, elf: Elf) -> None:
    """Fill in what relocations refer to, other than weakly, and what others find.

    The former is in ``version_needs`` and, of what is linked dynamically, in
    ``unversioned`` and ``loose``, the latter in its ``exported``.
    Raises NotKeptError if more of the file has to be kept first.
    """
    if not (DT_SYMTAB in dynamic and DT_STRTAB in dynamic):
        return
    is_looked_through = elf.is_shared_object or (elf.is_executable and elf.needed)
    if not (is_looked_through or elf.version_needs):
        return
    columns = _Columns(dynamic, elf)
    loose = _read_wanted(dynamic, elf, columns)
    if is_looked_through:
        _read_loose(dynamic, elf, loose)
        elf.exported = _exports(dynamic, elf, columns)


def _read_wanted(dynamic: Dynamic, elf: Elf, columns: _Columns) -> list[int]:
    """Find the names under the versions that are needed, and return where others are.

    Those are the names without a version, as offsets in the string table.
    """
    versions = bytes(2 * columns.count)
    if DT_VERSYM in dynamic:
        versions = dynamic.read(dynamic.one(DT_VERSYM), 2 * columns.count)
    bound, loose = numbers("H", versions, elf), []
    names = columns.names
    under: dict[int, list[int]] = {need.index: [] for need in elf.version_needs}
    for number in filter(dynamic.used.__contains__, columns.undefined()):
        index = bound[number] & ~VERSYM_HIDDEN
        if index <= VER_NDX_GLOBAL:
            loose.append(names[number])
        elif index in under:
            under[index].append(names[number])
        else:
            raise UnusableError("an undefined symbol of a version of the file's own")
    for need in elf.version_needs:
        need.names = dynamic.names(under[need.index])
    return loose


def _read_loose(dynamic: Dynamic, elf: Elf, loose: list[int]) -> None:
    """Tell the names without a version by the library that they would be of."""
    start, size = dynamic.string_table()
    kept, first = dynamic.buffer.locate(start, size)
    names = [at for at in loose if at and not kept.startswith(OF_PYTHON, first + at)]
    dynamic.budget.steps.spend(len(names))
    symbols = all_readable(dynamic.names(names))
    for symbol in symbols:
        if symbol.startswith(CXX_STARTS) and symbol not in OF_GLIBC:
            elf.unversioned.append(symbol)
        else:
            elf.loose.append(symbol)


def _exports(dynamic: Dynamic, elf: Elf, columns: _Columns) -> Exports:
    """Return the names that others find."""
    first = dynamic.first
    found = columns.found()[first:]
    if not any(found):
        return Exports(dynamic.walk, (), found, first)
    dynamic.budget.steps.spend(len(found) // NAMES_PER_STEP)
    hashes = dynamic.name_hashes(columns.names[first:])
    exports = Exports(dynamic.walk, hashes, found, first)
    if dynamic.nodes:
        raw = dynamic.read(dynamic.one(DT_VERSYM), 2 * columns.count)
        exports.versions, exports.nodes = numbers("H", raw, elf), dynamic.nodes
    return exports
