"""Reads a zip archive's directory by hand and refuses what is damaged or ambiguous.

The layout is that of APPNOTE 6.3.10.  Installers read archives in two ways: from the
directory at the end (CPython's ``zipfile``), and as a stream from the first header on
(uv, while it downloads).  What is accepted here is one and the same to both.

The standard library's ``zipfile`` would cost more time to import than a small wheel
takes to audit, and forgives too much.
"""

from __future__ import annotations

from struct import Struct, pack, unpack_from
from zlib import crc32

from manylinux_reference.reading.budget import Budget, NotJudgedError
from manylinux_reference.reading.file import LocalFile
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol, Self

    class RangedFile(Protocol):
        """What an archive is read from: a file here, or one that a server has."""

        length: int  # bytes

        def read(self, offset: int, size: int) -> bytes:
            """Return exactly these bytes; raise UnusableError if they are not there."""

        def choose(self, entries: Sequence[Member]) -> Sequence[Member]:
            """Return which entries of the archive are worth looking at."""

        def close(self) -> None:
            """Give the file back."""


STORED, DEFLATED = 0, 8
LARGEST_DIRECTORY = 32 * 1024 * 1024
PEEK = 1024  # compressed bytes that nearly always hold the first four of a member
LONGEST_COMMENT = 0xFFFF

END = Struct("<4s4H2LH")
END64 = Struct("<4sQ2H2L4Q")
END64_LOCATOR = Struct("<4sLQL")
CENTRAL = Struct("<4s6H3L5H2L")
LOCAL = Struct("<4s5H3L2H")
DESCRIPTOR = {False: Struct("<3L"), True: Struct("<L2Q")}  # zip64 or not
ENCRYPTED, SIZES_FOLLOW, UTF8 = 0x1, 0x8, 0x800
UNREAD_FLAGS = 0x2060  # patches, other encryption, masked headers (APPNOTE 4.4.4)
FULL, FULL_SHORT = 0xFFFFFFFF, 0xFFFF  # zip64 has the value
NEWEST_VERSION = 63  # of the format, that zipfile and uv read
ZIP64, UNICODE_PATH, UNICODE_COMMENT = 1, 0x7075, 0x6375  # kinds of extra fields
UNICODE_HEAD = 5  # bytes: of these two, version and checksum (APPNOTE 4.6.8, 4.6.9)
CONTRADICTION = "differs between directory and header"
# uv refuses a comment with these: an archive hidden in it has one of them.
CONTROLS = bytes(range(1, 9))


class Member:
    """One entry of the archive: where its bytes are and what they become.

    ``end`` is where the next one or the directory begins; ``row`` what RECORD says of
    it, if its content is to be compared with that.
    """

    __slots__ = (
        "compressed", "crc", "end", "flags", "header", "method", "name", "row", "size"
    )  # fmt: skip

    def __init__(self, name: str, fields: tuple[int, ...]) -> None:
        self.name = name
        self.flags, self.method, self.crc, self.size, self.compressed, self.header = (
            fields
        )
        self.end = 0
        self.row = ""

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder, which has no content."""
        return self.name.endswith("/")


class Archive:
    """An open zip archive; ``entries`` are its files and folders in directory order.

    Raises UnusableError if the archive is damaged or ambiguous, NotJudgedError if it
    is beyond the budget.
    """

    def __init__(self, file: str | RangedFile, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.file = LocalFile(file) if isinstance(file, str) else file
        try:
            self.length = self.file.length
            self.directory = 0
            self._located: tuple[Member, int, bytes] | None = None
            self.changed: list[str] = []  # members whose content RECORD contradicts
            self.entries = list(self._read_directory())
            self._refuse_overlap()
            self.chosen = self.file.choose(self.entries)  # what is worth a look
            self.size = sum(entry.size for entry in self.entries)
            self.budget.believe(self.size, self.length)
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
        self.file.close()

    @property
    def members(self) -> list[Member]:
        """The entries that are files."""
        return [entry for entry in self.entries if not entry.is_folder]

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes of the file.

        Raises UnusableError if they cannot be read.
        """
        return self.file.read(offset, size)

    def _read_directory(self) -> Iterator[Member]:
        count, size, self.directory = self._end_of_directory()
        self.budget.members.spend(count)
        if size > LARGEST_DIRECTORY:
            raise NotJudgedError(f"has a directory of {size:,} bytes")
        data = self.read(self.directory, size)
        names = set()
        position = 0
        for _ in range(count):
            member, position = _directory_entry(data, position, self.budget)
            if member.name in names:
                raise UnusableError("is in the archive twice", member.name)
            names.add(member.name)
            yield member
        if position != size:
            raise UnusableError("the zip archive has more directory than members")

    def _end_of_directory(self) -> tuple[int, int, int]:
        tail_at, tail = self._tail(0)
        if tail[:4] != b"PK\5\6" or tail[-2:] != b"\0\0":  # there is a comment
            tail_at, tail = self._tail(LONGEST_COMMENT)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or at + END.size > len(tail):
            raise UnusableError("not a zip archive, or cut off")
        _, disk, first, *numbers, comment = END.unpack_from(tail, at)
        if at + END.size + comment != len(tail):
            raise UnusableError("bytes follow the end of the zip archive")
        _refuse_controls(tail[at + END.size :])
        end = tail_at + at
        wide = self._zip64(end)
        if wide:
            here, count, size, offset = wide
            # zipfile takes these whatever the short record says; uv compares.
            full = (FULL_SHORT, FULL_SHORT, FULL, FULL)
            pairs = zip(numbers, wide, full, strict=True)
            if any(short not in (value, most) for short, value, most in pairs):
                raise UnusableError("the zip archive has two ends that differ")
            end -= END64_LOCATOR.size + END64.size
        else:
            here, count, size, offset = numbers
        if (disk, first, here) != (0, 0, count):
            raise UnusableError("one part of a split archive")
        if offset + size != end:
            raise UnusableError("the zip archive's directory is not where its end says")
        return count, size, offset

    def _tail(self, comment: int) -> tuple[int, bytes]:
        """Return where an end record with such a comment begins, and all from there."""
        at = max(0, self.length - comment - END.size)
        return at, self.read(at, self.length - at)

    def _zip64(self, end: int) -> tuple[int, int, int, int] | None:
        """Return what the zip64 record before the end says, None if there is none.

        ``zipfile`` looks for its locator always, not only if a field is full.
        """
        at = end - END64_LOCATOR.size
        if at < 0:
            return None
        mark, disk, record, disks = END64_LOCATOR.unpack(
            self.read(at, END64_LOCATOR.size)
        )
        if mark != b"PK\6\7":
            return None
        if record + END64.size != at:
            raise UnusableError("a zip64 archive without its end record")
        found, size, _, _, this, first, *numbers = END64.unpack(
            self.read(record, END64.size)
        )
        if found != b"PK\6\6" or size != END64.size - 12:
            raise UnusableError("a zip64 archive with a damaged end record")
        if (disk, disks, this, first) != (0, 1, 0, 0):
            raise UnusableError("one part of a split archive")
        return numbers[0], numbers[1], numbers[2], numbers[3]

    def _refuse_overlap(self) -> None:
        """Refuse members that share bytes: the trick of the denser zip bombs."""
        end = self.directory
        for member in sorted(self.entries, key=_by_header, reverse=True):
            member.end = end
            if member.header + LOCAL.size + len(member.name) + member.compressed > end:
                raise UnusableError("overlaps what follows it", member.name)
            end = member.header
        if end:
            raise UnusableError(f"{end} bytes stand before the first member")

    def locate(self, member: Member) -> tuple[int, bytes]:
        """Return where a member's data begin, and the first of them.

        Raises UnusableError if the local header contradicts the directory, or the next
        one does not follow at once: a reader of streams would see something else.
        """
        if self._located and self._located[0] is member:
            return self._located[1:]
        name = member.name.encode()
        room = min(LOCAL.size + len(name) + PEEK, member.end - member.header)
        raw = self.read(member.header, room)
        if room < LOCAL.size or raw[:4] != b"PK\3\4":
            raise UnusableError("has no local header where expected", member.name)
        _, version, flags, method, _, _, *told, name_size, extra_size = (
            LOCAL.unpack_from(raw)
        )
        same = raw[LOCAL.size : LOCAL.size + name_size] == name
        if len(name) == len(member.name):  # ASCII is UTF-8, whether it says so or not
            flags = flags & ~UTF8 | member.flags & UTF8
        if not same or (flags, method) != (member.flags, member.method):
            raise UnusableError(CONTRADICTION, member.name)
        _refuse_version(version, member.name)
        extra_at = member.header + LOCAL.size + name_size
        extra = self.read(extra_at, extra_size) if extra_size else b""
        wide = self._compare(told, extra, member)
        start = extra_at + extra_size
        after = start + member.compressed
        if flags & SIZES_FOLLOW:
            after += self._descriptor(after, member, wide=wide)
        if after > member.end:
            raise UnusableError("overlaps what follows it", member.name)
        if after < member.end:
            raise UnusableError(f"{member.end - after} bytes follow it", member.name)
        first = start - member.header
        head = raw[first : first + min(PEEK, member.compressed)]
        self._located = member, start, head  # what is asked for is asked for again
        return start, head

    def _compare(self, told: list[int], extra: bytes, member: Member) -> bool:
        """Refuse what a local header tells otherwise; return whether it is zip64."""
        crc, compressed, size = told
        fields = _extra_fields(extra, member.name, self.budget) if extra else {}
        size, compressed = _unfold((size, compressed), fields, member.name, local=True)
        pairs = (
            (crc, member.crc), (compressed, member.compressed), (size, member.size)
        )  # fmt: skip
        later = member.flags & SIZES_FOLLOW  # and nothing is said before
        if any(a != b and not (later and a == 0) for a, b in pairs):
            raise UnusableError(CONTRADICTION, member.name)
        return ZIP64 in fields

    def _descriptor(self, at: int, member: Member, *, wide: bool) -> int:
        """Return the size of the data descriptor; its mark may lack (APPNOTE 4.3.9)."""
        layout = DESCRIPTOR[wide]
        raw = self.read(at, max(0, min(layout.size + 4, member.end - at)))
        mark = 4 if raw[:4] == b"PK\7\x08" else 0
        if len(raw) < mark + layout.size:
            raise UnusableError("has no data descriptor", member.name)
        told = layout.unpack_from(raw, mark)
        if told != (member.crc, member.compressed, member.size):
            raise UnusableError(
                "differs between directory and data descriptor", member.name
            )
        return mark + layout.size


def _by_header(member: Member) -> int:
    return member.header


def _directory_entry(data: bytes, position: int, budget: Budget) -> tuple[Member, int]:
    mark = data[position : position + 4]
    if position + CENTRAL.size > len(data) or mark != b"PK\1\2":
        raise UnusableError("the zip archive's directory is damaged")
    fields = CENTRAL.unpack_from(data, position)
    name_size, extra_size, comment_size = fields[10:13]
    start = position + CENTRAL.size
    after = start + name_size + extra_size + comment_size
    if after > len(data):
        raise UnusableError("the zip archive's directory is damaged")
    raw = data[start : start + name_size]
    budget.characters.spend(name_size)
    name = _name(raw, fields[3])
    if comment_size:
        _refuse_controls(data[after - comment_size : after], name)
    extra = data[start + name_size : start + name_size + extra_size]
    found = _extra_fields(extra, name, budget) if extra else {}
    sizes = _unfold((fields[9], fields[8], fields[16]), found, name, local=False)
    member = Member(name, (fields[3], fields[4], fields[7], *sizes))
    _refuse(member, version=fields[2], disk=fields[13])
    return member, after


def _name(raw: bytes, flags: int) -> str:
    """Return a name: ASCII, or UTF-8 that says so.

    Without that flag ``zipfile`` reads code page 437, and uv nothing.
    """
    try:
        return raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError as error:
        shown = raw.decode("ascii", "backslashreplace")
        raise UnusableError("the name is not UTF-8", shown) from error


def _refuse_controls(comment: bytes, name: str = "") -> None:
    if len(comment.translate(None, CONTROLS)) != len(comment):
        raise UnusableError("its comment has control characters", name)


def _extra_fields(extra: bytes, name: str, budget: Budget) -> dict[int, bytes]:
    """Return the extra fields by their kind (APPNOTE 4.5)."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, size = unpack_from("<2H", extra, at)
        budget.entries.spend()
        short = size < UNICODE_HEAD and kind in (UNICODE_PATH, UNICODE_COMMENT)
        if short or at + 4 + size > len(extra):
            raise UnusableError("its extra field is damaged", name)
        if kind in fields:
            raise UnusableError("has two extra fields of one kind", name)
        fields[kind] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    _refuse_controls(fields.get(UNICODE_COMMENT, b"")[UNICODE_HEAD:], name)
    # zipfile from 3.12 on, and uv, take the name from here if it is for that one.
    path, raw = fields.get(UNICODE_PATH, b""), name.encode()
    meant = path[:UNICODE_HEAD] == pack("<BL", 1, crc32(raw))
    if meant and path[UNICODE_HEAD:] not in (b"", raw):
        raise UnusableError("has another name in an extra field", name)
    return fields


def _unfold(
    values: tuple[int, ...], fields: dict[int, bytes], name: str, *, local: bool
) -> tuple[int, ...]:
    """Return sizes and offset; what is full in a header, zip64 keeps (APPNOTE 4.5.3).

    The field has what is full and nothing else.  zipfile before 3.11 repeats sizes in a
    local header that are not full.
    """
    full = values.count(FULL)
    wide = fields.get(ZIP64)
    if wide is None:
        if full:
            raise UnusableError("its zip64 sizes are missing", name)
        return values
    if len(wide) != 8 * full:
        if local and wide == pack("<2Q", *values):
            return values
        missing = len(wide) < 8 * full
        how = "are missing" if missing else "are more than its header leaves open"
        raise UnusableError(f"its zip64 sizes {how}", name)
    real = iter(unpack_from(f"<{full}Q", wide))
    return tuple(next(real) if value == FULL else value for value in values)


def _refuse_version(version: int, name: str) -> None:
    if version & 0xFF > NEWEST_VERSION:
        raise UnusableError("needs a later zip format than 6.3", name)


def _refuse(member: Member, *, version: int, disk: int) -> None:
    name = member.name
    _refuse_version(version, name)
    if disk:
        raise UnusableError("lies in another part of a split archive", name)
    if member.flags & ENCRYPTED:
        raise UnusableError("is encrypted", name)
    if member.flags & UNREAD_FLAGS:
        raise UnusableError(f"has flags that nobody reads ({member.flags:#x})", name)
    if member.method not in (STORED, DEFLATED):
        raise UnusableError(f"uses compression method {member.method}", name)
    if member.method == STORED and member.compressed != member.size:
        raise UnusableError("is stored in another size than its own", name)
    # zipfile deflates nothing to two bytes; where they follow, uv downloads none.
    packed = member.compressed and member.flags & SIZES_FOLLOW
    if member.is_folder and (member.size or member.crc or packed):
        raise UnusableError("is a folder with content", name)
