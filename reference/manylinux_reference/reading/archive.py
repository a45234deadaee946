"""Reads a zip archive's directory by hand and refuses what is damaged or ambiguous.

The layout is that of APPNOTE 6.3.10.  The standard library's ``zipfile`` would cost
more time to import than a small wheel takes to audit, and forgives too much.
"""

from __future__ import annotations

import os
from struct import Struct, unpack_from

from manylinux_reference.reading.budget import Budget
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

STORED, DEFLATED = 0, 8
LARGEST_DIRECTORY = 128 * 1024 * 1024
LARGEST_MEMBER = 16 * 1024**3
LARGEST_RATIO = 250  # no real file of ELF code comes near; deflate's own limit is 1032
RATIO_MATTERS_FROM = 64 * 1024 * 1024
PEEK = 1024  # compressed bytes that always hold the first four of a member

END = Struct("<4s4H2LH")
END64 = Struct("<4sQ2H2L4Q")
END64_LOCATOR = Struct("<4sLQL")
CENTRAL = Struct("<4s6H3L5H2L")
LOCAL = Struct("<4s5H3L2H")
ENCRYPTED, SIZES_FOLLOW = 0x1, 0x8
IN_ZIP64, IN_ZIP64_SHORT = 0xFFFFFFFF, 0xFFFF
ZIP64_EXTRA = 1
SYMLINK, FILE_TYPE = 0xA000, 0xF000


class Member:
    """One file of the archive: where its bytes are and what they become."""

    __slots__ = (
        "compressed", "crc", "end", "flags", "header", "method", "name", "size"
    )  # fmt: skip

    def __init__(self, name: str, fields: tuple[int, ...]) -> None:
        self.name = name
        self.flags, self.method, self.crc, *sizes = fields
        self.compressed, self.size, self.header = sizes
        self.end = 0  # where the next member or the directory begins


class Archive:
    """An open zip archive; ``members`` are its files in the order of the directory.

    ``names`` are those of its folders as well.

    Raises UnusableError if the archive is damaged or ambiguous, NotJudgedError if it
    is beyond the budget.
    """

    def __init__(self, path: str, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        try:
            self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise UnusableError(error.strerror or "cannot be opened") from error
        try:
            self.length = os.fstat(self.descriptor).st_size
            self.directory = 0
            self.names: dict[str, None] = {}
            self.members = list(self._read_directory())
            self._refuse_overlap()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the archive, which is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes of the file.

        Raises UnusableError if they cannot be read.
        """
        try:
            data = os.pread(self.descriptor, size, offset)
        except (OSError, OverflowError) as error:
            raise UnusableError(f"cannot be read at byte {offset}") from error
        if len(data) != size:
            raise UnusableError(f"ends before byte {offset + size}")
        return data

    def _read_directory(self) -> Iterator[Member]:
        count, size, self.directory = self._end_of_directory()
        self.budget.members.spend(count)
        if size > LARGEST_DIRECTORY:
            raise UnusableError(f"a directory of {size} bytes")
        data = self.read(self.directory, size)
        position = 0
        for _ in range(count):
            member, position = _directory_entry(data, position)
            if member.name in self.names:
                raise UnusableError("is in the archive twice", member.name)
            self.names[member.name] = None
            if not member.name.endswith("/"):
                yield member
        if position != size:
            raise UnusableError("the zip archive has more directory than members")

    def _end_of_directory(self) -> tuple[int, int, int]:
        tail_at = max(0, self.length - 0xFFFF - END.size)
        tail = self.read(tail_at, self.length - tail_at)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or at + END.size > len(tail):
            raise UnusableError("not a zip archive, or cut off")
        _, disk, first, here, count, size, offset, comment = END.unpack_from(tail, at)
        if at + END.size + comment != len(tail):
            raise UnusableError("bytes follow the end of the zip archive")
        end = tail_at + at
        if IN_ZIP64_SHORT in (count, here) or IN_ZIP64 in (size, offset):
            count, size, offset, end = self._zip64(end)
        elif (disk, first, here) != (0, 0, count):
            raise UnusableError("one part of a split archive")
        if offset + size != end:
            raise UnusableError("the zip archive's directory is not where its end says")
        return count, size, offset

    def _zip64(self, end: int) -> tuple[int, int, int, int]:
        at = end - END64_LOCATOR.size
        if at < 0:
            raise UnusableError("a zip64 archive without its end record")
        mark, _, record, _ = END64_LOCATOR.unpack(self.read(at, END64_LOCATOR.size))
        if mark != b"PK\6\7" or record + END64.size > at:
            raise UnusableError("a zip64 archive without its end record")
        fields = END64.unpack(self.read(record, END64.size))
        if fields[0] != b"PK\6\6" or record + 12 + fields[1] != at:
            raise UnusableError("a zip64 archive with a damaged end record")
        return fields[7], fields[8], fields[9], record

    def _refuse_overlap(self) -> None:
        """Refuse members that share bytes: the trick of the denser zip bombs."""
        end = self.directory
        for member in sorted(self.members, key=_by_header, reverse=True):
            member.end = end
            if member.header + LOCAL.size + len(member.name) + member.compressed > end:
                raise UnusableError("overlaps what follows it", member.name)
            end = member.header

    def locate(self, member: Member) -> tuple[int, bytes]:
        """Return where a member's data begin, and the first of them.

        Raises UnusableError if the local header contradicts the directory.
        """
        name = member.name.encode()
        room = min(LOCAL.size + len(name) + PEEK, self.length - member.header)
        raw = self.read(member.header, room)
        if room < LOCAL.size or raw[:4] != b"PK\3\4":
            raise UnusableError("has no local header where expected", member.name)
        fields = LOCAL.unpack_from(raw)
        flags, method, crc, compressed, size, name_size, extra = (
            fields[2:4] + fields[6:]
        )
        start = LOCAL.size + name_size + extra
        same = raw[LOCAL.size : LOCAL.size + name_size] == name
        if not (same and method == member.method and flags == member.flags):
            raise UnusableError("differs between directory and header", member.name)
        told = (crc, compressed, size)
        if not _sizes_agree(told, member):
            raise UnusableError("differs between directory and header", member.name)
        at = member.header + start
        if at + member.compressed > member.end:
            raise UnusableError("overlaps what follows it", member.name)
        return at, raw[start : start + min(PEEK, member.compressed)]


def _by_header(member: Member) -> int:
    return member.header


def _sizes_agree(told: tuple[int, int, int], member: Member) -> bool:
    if member.flags & SIZES_FOLLOW:
        return True
    known = (member.crc, member.compressed, member.size)
    return all(a in (b, IN_ZIP64) for a, b in zip(told, known, strict=True))


def _directory_entry(data: bytes, position: int) -> tuple[Member, int]:
    if (
        position + CENTRAL.size > len(data)
        or data[position : position + 4] != b"PK\1\2"
    ):
        raise UnusableError("the zip archive's directory is damaged")
    fields = CENTRAL.unpack_from(data, position)
    name_size, extra_size, comment_size = fields[10:13]
    start = position + CENTRAL.size
    after = start + name_size + extra_size + comment_size
    if after > len(data):
        raise UnusableError("the zip archive's directory is damaged")
    raw = data[start : start + name_size]
    name = _name(raw)
    extra = data[start + name_size : start + name_size + extra_size]
    sizes = _sizes(fields, extra, name)
    _refuse(name, fields, sizes)
    return Member(name, (fields[3], fields[4], fields[7], *sizes)), after


def _name(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        shown = raw.decode("ascii", "backslashreplace")
        raise UnusableError("the name is not UTF-8", shown) from error


def _sizes(fields: tuple[int, ...], extra: bytes, name: str) -> tuple[int, int, int]:
    """Return compressed size, size and header offset; zip64 keeps them in extra."""
    compressed, size, offset = fields[8], fields[9], fields[16]
    if IN_ZIP64 not in (compressed, size, offset):
        return compressed, size, offset
    values = _zip64_values(extra, name)
    try:
        # APPNOTE 4.5.3: only the fields that are full, in this order.
        size = next(values) if size == IN_ZIP64 else size
        compressed = next(values) if compressed == IN_ZIP64 else compressed
        offset = next(values) if offset == IN_ZIP64 else offset
    except StopIteration:
        raise UnusableError("its zip64 sizes are missing", name) from None
    return compressed, size, offset


def _zip64_values(extra: bytes, name: str) -> Iterator[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = unpack_from("<2H", extra, at)
        if at + 4 + size > len(extra):
            raise UnusableError("its extra field is damaged", name)
        if kind == ZIP64_EXTRA:
            yield from unpack_from(f"<{min(size // 8, 3)}Q", extra, at + 4)
            return
        at += 4 + size


def _refuse(name: str, fields: tuple[int, ...], sizes: tuple[int, int, int]) -> None:
    compressed, size, _ = sizes
    if fields[3] & ENCRYPTED:
        raise UnusableError("is encrypted", name)
    if fields[4] not in (STORED, DEFLATED):
        raise UnusableError(f"uses compression method {fields[4]}", name)
    if fields[15] >> 16 & FILE_TYPE == SYMLINK:
        raise UnusableError("is a symbolic link", name)
    if fields[4] == STORED and compressed != size:
        raise UnusableError("is stored in another size than its own", name)
    if size > LARGEST_MEMBER:
        raise UnusableError(f"is {size} bytes, more than {LARGEST_MEMBER}", name)
    if size > RATIO_MATTERS_FROM and size > compressed * LARGEST_RATIO:
        raise UnusableError(f"grows from {compressed} to {size} bytes", name)
