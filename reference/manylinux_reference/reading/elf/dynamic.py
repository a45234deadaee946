"""Reads the dynamic section and the version needs (gABI, chapter 5; LSB)."""

from __future__ import annotations

import sys
from struct import Struct, pack

from manylinux_reference.reading.elf.file import VersionNeed
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Literal, TypeAlias

    from manylinux_reference.reading.budget import Budget
    from manylinux_reference.reading.elf.exports import Walk
    from manylinux_reference.reading.elf.file import Elf
    from manylinux_reference.reading.range_buffer import RangeBuffer

    Kind: TypeAlias = Literal["H", "I", "Q"]

MOST_ENTRIES = 65_536  # of the dynamic section
LONGEST_STRING = 4096
NAMES_AT_ONCE = 1024  # so many strings are short together
LETTERS_PER_STEP = 64  # of names that are hashed, as of what is inflated
DT_NULL, DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ = 0, 1, 4, 5, 6, 10
DT_RELA, DT_RELASZ, DT_RELAENT, DT_REL, DT_RELSZ, DT_RELENT = 7, 8, 9, 17, 18, 19
DT_PLTRELSZ, DT_PLTREL, DT_JMPREL, DT_INIT_ARRAY, DT_INIT_ARRAYSZ = 2, 20, 23, 25, 27
DT_FINI_ARRAY, DT_FINI_ARRAYSZ = 26, 28
DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ = 32, 33
DT_RELRSZ, DT_RELACOUNT, DT_RELCOUNT = 35, 0x6FFFFFF9, 0x6FFFFFFA
DT_SONAME, DT_RPATH, DT_TEXTREL, DT_RUNPATH, DT_FLAGS, DT_RELR = 14, 15, 22, 29, 30, 36
DT_RELRENT, DT_GNU_HASH, DT_VERSYM, DT_FLAGS_1 = 37, 0x6FFFFEF5, 0x6FFFFFF0, 0x6FFFFFFB
DT_DEPAUDIT, DT_AUDIT = 0x6FFFFEFB, 0x6FFFFEFC
DT_VERDEF, DT_VERNEED = 0x6FFFFFFC, 0x6FFFFFFE
DT_AUXILIARY, DT_FILTER = 0x7FFFFFFD, 0x7FFFFFFF
DF_TEXTREL, DF_STATIC_TLS = 0x4, 0x10
VER_FLG_BASE, VER_FLG_WEAK = 0x1, 0x2
VERSION = 0x7FFF  # of an index; the rest is VERSYM_HIDDEN
SHORT, FOLDED = 16, 128  # bytes of a name to be hashed one by one, and in one number
FOLDS = [  # bytes of a part; a number with the lower one of each two; what the upper
    (width, int.from_bytes((bytes(width) + b"\xff" * width) * (64 // width)), 33**width)
    for width in (1, 2, 4, 8, 16, 32, 64)  # one counts for, 33 a byte
]
WIDTHS = {"H": 2, "I": 4, "Q": 8}  # bytes of a number of each kind
REL_MACHINES = (3, 40)  # EM_386, EM_ARM: relocations without addends


class Dynamic:
    """The dynamic section: its values, and a way from addresses to bytes."""

    def __init__(
        self,
        buffer: RangeBuffer,
        elf: Elf,
        section: tuple[int, int],
        loads: list[tuple[int, int, int]],
        budget: Budget,
    ) -> None:
        self.buffer = buffer
        self.budget = budget
        self.order = ">" if elf.big_endian else "<"
        self._loads = loads  # address, size and offset of what can be read
        self._strings: tuple[bytearray, int, int] | None = None
        self.versions = {0, 1}  # the indexes that symbols may have: local, global
        self.nodes: dict[int, str] = {}  # what others of those stand for
        self.first = 1  # the symbol at which the hash table begins
        self.walk: Walk = _nowhere  # through that table
        self.used: set[int] = set()  # the symbols to which relocations refer
        self.hashed: int | None = None  # how many symbols the hash tables tell of
        self._values: dict[int, list[int]] = {}
        entry = Struct(self.order + ("2Q" if elf.is_64_bit else "2I"))
        offset, size = self.section = section  # where it is in the file
        size -= size % entry.size
        if size > MOST_ENTRIES * entry.size:
            raise UnusableError(f"a dynamic section of {size} bytes")
        budget.entries.spend(size // entry.size)
        for tag, value in entry.iter_unpack(buffer.read(offset, size)):
            if tag == DT_NULL:
                return
            self._values.setdefault(tag, []).append(value)
        raise UnusableError("the dynamic section does not end in DT_NULL")

    def __contains__(self, tag: int) -> bool:
        """Whether the section has an entry of this tag."""
        return tag in self._values

    def all(self, tag: int) -> list[int]:
        """Return the values of all entries of this tag."""
        return self._values.get(tag, [])

    def entries(self) -> Iterable[tuple[int, list[int]]]:
        """Return every tag with its values."""
        return self._values.items()

    def one(self, tag: int) -> int:
        """Return the value of the last entry, which the loader takes, or 0."""
        values = self._values.get(tag)
        return values[-1] if values else 0

    def offset(self, tag: int, size: int = 1) -> int:
        """Return where in the file the address of this entry is.

        Raises UnusableError if so many bytes are in no segment of the file.
        """
        return self.place(self.one(tag), size)

    def place(self, address: int, size: int = 1) -> int:
        """Return where in the file an address is.

        Raises UnusableError if so many bytes are in no segment of the file.
        """
        for start, length, offset in self._loads:
            if start <= address and address + size <= start + length:
                return address - start + offset
        raise UnusableError(f"the address {address:#x} is in no segment of the file")

    def read(self, address: int, size: int) -> bytes:
        """Return the bytes at an address.  Raises as ``place``, or NotKeptError."""
        return self.buffer.read(self.place(address, size), size)

    def string_table(self) -> tuple[int, int]:
        """Return offset and size of the string table.

        Raises UnusableError if the section does not say where it is.
        """
        if DT_STRTAB not in self or DT_STRSZ not in self:
            raise UnusableError("names without a string table")
        size = self.one(DT_STRSZ)
        return self.offset(DT_STRTAB, size), size

    def string(self, at: int) -> str:
        """Return the string at an offset of the string table; raises as ``name``."""
        return readable(self.name(at))

    def name(self, at: int) -> bytes:
        """Return the bytes at an offset of the string table, up to their end.

        Raises UnusableError if it is not inside, or has no end.
        """
        kept, first, size = self._located_strings()
        if at >= size:
            raise UnusableError(f"a name at {at}, past the end of the string table")
        stop = min(at + LONGEST_STRING, size)
        end = kept.find(b"\0", first + at, first + stop)
        if end < 0:
            raise UnusableError(f"the name at {at} of the string table has no end")
        self.budget.characters.spend(end - first - at)
        return bytes(kept[first + at : end])

    def names(self, offsets: Sequence[int]) -> list[bytes]:
        """Return the bytes at each offset of the string table; raises as ``name``."""
        found: list[bytes] = []
        for joined in self._joined(offsets):
            some = joined.split(b"\0")
            self.budget.characters.spend(len(joined) + 1 - len(some))
            found += some
        return found

    def name_hashes(self, offsets: Sequence[int]) -> Sequence[int]:
        """Return Python's hash of the name at each offset; raises as ``name``."""
        found = bytearray()  # the module array takes 2 ms to load
        for joined in self._joined(offsets):
            self.budget.steps.spend(len(joined) // LETTERS_PER_STEP)
            hashes = [hash(name) for name in joined.split(b"\0")]
            found += pack(f"{len(hashes)}q", *hashes)
        return memoryview(found).cast("q")

    def _joined(self, offsets: Sequence[int]) -> Iterator[bytes]:
        """Yield the names at offsets, many at a time, with a null byte between two."""
        kept, first, size = self._located_strings()
        is_open = max(offsets, default=0) >= size or kept[first + size - 1]
        end = kept.index
        for number in range(0, len(offsets), NAMES_AT_ONCE):
            some = offsets[number : number + NAMES_AT_ONCE]
            try:
                texts = [
                    kept[at : end(b"\0", at, at + LONGEST_STRING)]
                    for at in [first + each for each in some]
                ]
            except ValueError:  # and ``name`` says of which
                is_open = True
            yield b"\0".join(map(self.name, some) if is_open else texts)

    def _located_strings(self) -> tuple[bytearray, int, int]:
        if self._strings is None:
            start, size = self.string_table()
            self._strings = (*self.buffer.locate(start, size), size)
        return self._strings

    def last_string(self, tag: int) -> str:
        """Return the string of the last entry of a tag, "" if there is none."""
        return self.string(self.one(tag)) if tag in self else ""


def _nowhere(_: bytes) -> tuple[int, ...]:
    return ()


def readable(name: bytes) -> str:
    """Return a name of the string table as text."""
    return name.decode("utf-8", "backslashreplace")


def all_readable(names: list[bytes]) -> list[str]:
    """Return names of the string table as text."""
    return readable(b"\0".join(names)).split("\0") if names else []


def numbers(kind: Kind, raw: bytes, elf: Elf) -> memoryview[int]:
    """Return the numbers that bytes of a file are; ``kind`` as in the module struct."""
    if elf.big_endian == (sys.byteorder == "big"):
        return memoryview(raw).cast(kind)
    width, swapped = WIDTHS[kind], bytearray(len(raw))
    for at in range(width):
        swapped[at::width] = raw[width - 1 - at :: width]
    return memoryview(swapped).cast(kind)


def read_dynamic(dynamic: Dynamic, elf: Elf) -> None:
    """Fill in what the dynamic section says about a file.

    Raises NotKeptError if more of the file has to be kept first, UnusableError if
    names or version needs cannot be read.
    """
    elf.dynamic = True
    if DT_STRTAB in dynamic:
        dynamic.buffer.check_kept([dynamic.string_table()])
    elf.needed = [dynamic.string(at) for at in dynamic.all(DT_NEEDED)]
    elf.filters = _filters(dynamic)
    elf.is_filter = DT_FILTER in dynamic or DT_AUXILIARY in dynamic
    elf.soname = dynamic.last_string(DT_SONAME)
    elf.rpath = dynamic.last_string(DT_RPATH)
    if DT_RUNPATH in dynamic:
        elf.runpath = dynamic.last_string(DT_RUNPATH)
    elf.relr = DT_RELR in dynamic
    flags = dynamic.one(DT_FLAGS)
    elf.textrel = DT_TEXTREL in dynamic or bool(flags & DF_TEXTREL)
    elf.static_tls = bool(flags & DF_STATIC_TLS)
    elf.flags_1 = dynamic.one(DT_FLAGS_1)
    _check_entry_sizes(dynamic, elf)
    if DT_VERNEED in dynamic:
        elf.version_needs = list(_version_needs(dynamic))
    if DT_VERDEF in dynamic:
        elf.definitions = set(_definitions(dynamic))
    elf.versioned = DT_VERSYM in dynamic
    if not elf.versioned and (DT_VERNEED in dynamic or DT_VERDEF in dynamic):
        raise UnusableError("versions of libraries, and no DT_VERSYM")


def _filters(dynamic: Dynamic) -> list[str]:
    """Return the libraries that the loader looks for besides those of DT_NEEDED.

    glibc, ``elf/dl-deps.c`` and, for programs, ``elf/rtld.c``.
    """
    tags = (DT_FILTER, DT_AUXILIARY)
    names = [dynamic.string(at) for tag in tags for at in dynamic.all(tag)]
    for tag in (DT_AUDIT, DT_DEPAUDIT):
        names += [name for name in dynamic.last_string(tag).split(":") if name]
    return names


def _check_entry_sizes(dynamic: Dynamic, elf: Elf) -> None:
    """Raise UnusableError where glibc aborts (``elf/get-dynamic-info.h``)."""
    word = elf.bits // 8
    for table, size, entry in (
        (DT_RELA, DT_RELAENT, 3 * word),
        (DT_REL, DT_RELENT, 2 * word),
        (DT_RELR, DT_RELRENT, word),
    ):
        if table in dynamic and dynamic.one(size) != entry:
            raise UnusableError(f"relocations of {dynamic.one(size)} bytes each")
    kind = DT_REL if elf.machine in REL_MACHINES else DT_RELA
    if DT_PLTREL in dynamic and dynamic.one(DT_PLTREL) != kind:
        raise UnusableError("DT_PLTREL names relocations of another architecture")


def _version_needs(dynamic: Dynamic) -> Iterator[VersionNeed]:
    """Yield the needs along their chains; the loader does not look at the counts."""
    need, aux = Struct(dynamic.order + "2H3I"), Struct(dynamic.order + "I2H2I")
    at, following = dynamic.one(DT_VERNEED), 1
    while following:
        raw = dynamic.read(at, need.size)
        version, _, file, first, following = need.unpack(raw)
        if version != 1:
            raise UnusableError(f"version needs of unknown revision {version}")
        library, where, step = dynamic.string(file), at + first, 1
        while step:
            dynamic.budget.entries.spend()
            raw = dynamic.read(where, aux.size)
            number, flags, index, name, step = aux.unpack(raw)
            node, weak = dynamic.string(name), bool(flags & VER_FLG_WEAK)
            if number != sysv_hash(node.encode()):
                raise UnusableError(f"the version need {node} has the hash of another")
            dynamic.versions.add(index & VERSION)
            dynamic.nodes[index & VERSION] = node
            yield VersionNeed(library, node, index & VERSION, weak=weak)
            where += step
        at += following


def _definitions(dynamic: Dynamic) -> Iterator[str]:
    """Yield the version nodes that the file defines (``elf/dl-version.c``)."""
    definition, aux = Struct(dynamic.order + "4H3I"), Struct(dynamic.order + "2I")
    at, following = dynamic.one(DT_VERDEF), 1
    while following:
        dynamic.budget.entries.spend()
        raw = dynamic.read(at, definition.size)
        version, flags, index, _, number, first, following = definition.unpack(raw)
        dynamic.versions.add(index & VERSION)
        if version != 1:
            raise UnusableError(f"version definitions of unknown revision {version}")
        name, _ = aux.unpack(dynamic.read(at + first, aux.size))
        node = dynamic.string(name)
        if not flags & VER_FLG_BASE:
            dynamic.nodes[index & VERSION] = node
        if number == sysv_hash(node.encode()):
            yield node
        elif not flags & VER_FLG_BASE:
            raise UnusableError(f"the version {node} has the hash of another")
        at += following


def sysv_hash(name: bytes) -> int:
    """Return the hash of DT_HASH and of versions (gABI, Hash Table)."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value >> 24 & 0xF0)) & 0x0FFFFFFF
    return value


def gnu_hash(name: bytes) -> int:
    """Return the hash of DT_GNU_HASH (glibc, ``_dl_new_hash``).

    Each byte is added to 33 times what is before it.  All pairs of bytes of a long name
    are put together so at once, then all pairs of pairs, and so on.
    """
    value = 5381
    if len(name) <= SHORT:
        for byte in name:
            value = value * 33 + byte & 0xFFFFFFFF
        return value
    for start in range(0, len(name), FOLDED):
        some = name[start : start + FOLDED]
        folded = int.from_bytes(some, "big")
        for width, lower, factor in FOLDS:
            if width >= len(some):
                break
            folded = (folded & lower) + (folded >> 8 * width & lower) * factor
        value = value * 33 ** len(some) + folded
    return value & 0xFFFFFFFF
