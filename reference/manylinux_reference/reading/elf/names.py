"""Reads which names a file asks for, of glibc or of anybody, and which it defines."""

from __future__ import annotations

from struct import Struct

from manylinux_reference.reading.elf.dynamic import (
    DT_GNU_HASH,
    DT_STRTAB,
    DT_SYMTAB,
    DT_VERSYM,
    gnu_hash,
    numbers,
)
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
    count_gnu,
    count_symbols,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.elf.dynamic import Dynamic
    from manylinux_reference.reading.elf.file import Elf

GLIBC = "GLIBC_"  # how the versions of its names begin
VER_NDX_GLOBAL = 1  # 0 and 1 stand for no version
# How the names of the C++ run-time library begin (Itanium C++ ABI, Mangling).
CXX_STARTS = (
    *(
        b"_ZNSt",
        b"_ZNKSt",
        b"_ZSt",
        b"_ZTVSt",
        b"_ZTISt",
        b"_ZTSSt",
        b"_ZNSs",
        b"_ZNKSs",
    ),
    *(b"_ZTVN10__cxxabiv1", b"_Znw", b"_Zna", b"_Zdl", b"_Zda", b"__cxa_", b"__gxx_"),
)
OF_PYTHON = (b"Py", b"_Py")  # how the interpreter's names begin
OF_GLIBC = frozenset(
    (
        "__cxa_finalize",
        "__cxa_atexit",
        "__cxa_at_quick_exit",
        "__cxa_thread_atexit_impl",
    )
)


class _Columns:
    """The columns of the symbol table."""

    def __init__(self, dynamic: Dynamic, elf: Elf) -> None:
        self.count = count_symbols(dynamic, elf)
        dynamic.budget.steps.spend(self.count // NAMES_PER_STEP)
        size, info, section = (24, 4, 3) if elf.is_64_bit else (16, 12, 7)
        raw = dynamic.read(dynamic.one(DT_SYMTAB), self.count * size)
        self.names = numbers("I", raw, elf)[:: size // 4]
        words = numbers("Q" if elf.is_64_bit else "I", raw, elf)
        self.values = words[1 :: size * 8 // elf.bits]
        self.infos = raw[info::size]
        self.others = raw[info + 1 :: size]
        self.sections = numbers("H", raw, elf)[section :: size // 2].tolist()

    def is_found(self, number: int) -> bool:
        """Return whether others find the symbol (``do_lookup_x``, ``check_match``)."""
        info, section = self.infos[number], self.sections[number]
        if not section or self.others[number] & 3 in (STV_INTERNAL, STV_HIDDEN):
            return False
        is_value = self.values[number] or section == SHN_ABS or info & 0xF == STT_TLS
        return bool(is_value) and info & 0xF in NAMED and info >> 4 in BOUND


def read_names(dynamic: Dynamic, elf: Elf) -> None:
    """Fill in what relocations refer to, other than weakly, and what others find.

    The former is in ``version_needs`` and, of a shared object, in ``unversioned`` and
    ``loose``, the latter in its ``hashes``.
    Raises NotKeptError if more of the file has to be kept first.
    """
    if not (DT_SYMTAB in dynamic and DT_STRTAB in dynamic):
        return
    if not (elf.is_shared_object or elf.version_needs):
        return
    columns = _Columns(dynamic, elf)
    _read_wanted(dynamic, elf, columns)
    if elf.is_shared_object:
        elf.hashes = _hashes(dynamic, elf, columns)


def _read_wanted(dynamic: Dynamic, elf: Elf, columns: _Columns) -> None:
    """Find the names under glibc's versions and those without a version."""
    start, size = dynamic.string_table()
    kept, first = dynamic.buffer.locate(start, size)
    versions = bytes(2 * columns.count)
    if DT_VERSYM in dynamic:
        versions = dynamic.read(dynamic.one(DT_VERSYM), 2 * columns.count)
    bound = numbers("H", versions, elf)
    needs = [need for need in elf.version_needs if need.node.startswith(GLIBC)]
    under: dict[int, list[int]] = {need.index: [] for need in needs}
    used, infos, is_open = dynamic.used, columns.infos, elf.is_shared_object
    for number in [at for at, where in enumerate(columns.sections) if not where]:
        name, index = columns.names[number], bound[number] & ~VERSYM_HIDDEN
        if index > VER_NDX_GLOBAL:
            if index in under and number in used and infos[number] >> 4 != STB_WEAK:
                under[index].append(name)
            continue
        if not (name and is_open) or kept.startswith(OF_PYTHON, first + name):
            continue
        if infos[number] >> 4 == STB_WEAK or number not in used:
            continue
        dynamic.budget.steps.spend()
        is_cxx = kept.startswith(CXX_STARTS, first + name)
        symbol = dynamic.string(name)
        if is_cxx and symbol not in OF_GLIBC:
            elf.unversioned.append(symbol)
        else:
            elf.loose.append(symbol)
    for need in needs:
        need.names = dynamic.names(under[need.index])


def _hashes(dynamic: Dynamic, elf: Elf, columns: _Columns) -> bytes:
    """Return the hashes of the names that others find, as in DT_GNU_HASH."""
    first, at = _gnu_chains(dynamic, elf)
    found = [each for each in range(first, columns.count) if columns.is_found(each)]
    if at:
        raw = dynamic.read(at, 4 * (columns.count - first))
        if len(found) == columns.count - first:
            return raw
        chains = numbers("I", raw, elf)
        hashes = [chains[number - first] for number in found]
    else:
        dynamic.budget.steps.spend(len(found))
        hashes = [gnu_hash(dynamic.name(columns.names[number])) for number in found]
    return Struct(f"{dynamic.order}{len(hashes)}I").pack(*hashes)


def _gnu_chains(dynamic: Dynamic, elf: Elf) -> tuple[int, int]:
    """Return the first symbol of the GNU hash table, and where its hashes are.

    One and zero if it has none.
    """
    word = elf.bits // 8
    if DT_GNU_HASH not in dynamic or not count_gnu(dynamic, word):
        return 1, 0
    at, layout = dynamic.one(DT_GNU_HASH), Struct(dynamic.order + "3I")
    buckets, first, bloom = layout.unpack(dynamic.read(at, layout.size))
    return first, at + layout.size + 4 + bloom * word + buckets * 4
