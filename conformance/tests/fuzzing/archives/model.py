"""A zip archive as its records, each of which can be told to say something else.

Layouts and names of fields are those of PKWARE's APPNOTE, sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

Shape = tuple[tuple[str, str], ...]  # names of fields and their struct formats

LOCAL: Shape = (
    *(("mark", "I"), ("version", "H"), ("flags", "H"), ("method", "H"), ("time", "H")),
    *(("date", "H"), ("crc", "I"), ("packed", "I"), ("size", "I"), ("name_size", "H")),
    ("extra_size", "H"),
)
CENTRAL: Shape = (
    *(("mark", "I"), ("made_by", "H"), ("version", "H"), ("flags", "H")),
    *(("method", "H"), ("time", "H"), ("date", "H"), ("crc", "I"), ("packed", "I")),
    *(("size", "I"), ("name_size", "H"), ("extra_size", "H"), ("comment_size", "H")),
    *(("disk", "H"), ("internal", "H"), ("external", "I"), ("offset", "I")),
)
DESCRIPTOR: Shape = (("mark", "I"), ("crc", "I"), ("packed", "I"), ("size", "I"))
WIDE_DESCRIPTOR: Shape = (*DESCRIPTOR[:2], ("packed", "Q"), ("size", "Q"))
END64: Shape = (
    *(("mark", "I"), ("record_size", "Q"), ("made_by", "H"), ("version", "H")),
    *(("disk", "I"), ("first_disk", "I"), ("count_here", "Q"), ("count", "Q")),
    *(("size", "Q"), ("offset", "Q")),
)
LOCATOR: Shape = (("mark", "I"), ("disk", "I"), ("offset", "Q"), ("disks", "I"))
END: Shape = (
    *(("mark", "I"), ("disk", "H"), ("first_disk", "H"), ("count_here", "H")),
    *(("count", "H"), ("size", "I"), ("offset", "I"), ("comment_size", "H")),
)
MARKS = {"local": 0x04034B50, "central": 0x02014B50, "descriptor": 0x08074B50}
END_MARK, END64_MARK, LOCATOR_MARK = 0x06054B50, 0x06064B50, 0x07064B50
FULL, DEFLATED, SIZES_FOLLOW, UTF8 = 0xFFFFFFFF, 8, 0x8, 0x800
REGULAR = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class File:
    """A member as its writer sees it."""

    name: str
    content: bytes
    is_deflated: bool = False
    has_descriptor: bool = False
    is_wide: bool = False  # with zip64 sizes

    def packed(self) -> bytes:
        """Return what the archive holds."""
        if not self.is_deflated:
            return self.content
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self.content) + packer.flush()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record says something else, or one part is other bytes.

    ``place`` is a record such as ``local 2``; ``value`` a number for a field, bytes for
    a part.  A part that is changed moves what follows, and all records know it.
    """

    place: str
    name: str
    value: int | bytes

    def __str__(self) -> str:
        """Say it in one line."""
        value = hex(self.value) if isinstance(self.value, int) else repr(self.value)
        return f"{self.place} {self.name} = {value}"


Changes = Mapping[tuple[str, str], int | bytes]


@dataclass(slots=True)
class Writer:
    """Writes an archive of files in which the changes are made."""

    changes: Changes = field(default_factory=lambda: MappingProxyType({}))
    out: bytearray = field(default_factory=bytearray)

    def part(self, place: str, name: str, natural: bytes) -> bytes:
        """Return bytes as they are or as they are changed."""
        found = self.changes.get((place, name), natural)
        return found if isinstance(found, bytes) else natural

    def record(self, place: str, shape: Shape, values: Mapping[str, int]) -> bytes:
        """Return a record with its changed fields."""
        result = b""
        for name, form in shape:
            value = self.changes.get((place, name), values.get(name, 0))
            number = value if isinstance(value, int) else 0
            most = (1 << 8 * struct.calcsize(f"<{form}")) - 1
            result += struct.pack(f"<{form}", number & most)
        return result


def write(files: Sequence[File], changes: Sequence[Change], *, wide: bool) -> bytes:
    """Return an archive; ``wide`` ends it with the records of zip64."""
    writer = Writer({(each.place, each.name): each.value for each in changes})
    writer.out += writer.part("file", "before", b"")
    directory = b""
    for number, file in enumerate(files):
        directory += _member(writer, number, file)
    writer.out += writer.part("file", "before directory", b"")
    start = len(writer.out)
    writer.out += directory
    _end(writer, (len(files), len(directory), start), wide=wide)
    return bytes(writer.out) + writer.part("file", "after", b"")


def _member(writer: Writer, number: int, file: File) -> bytes:
    """Write a member and return its entry of the directory."""
    local, central = f"local {number}", f"central {number}"
    offset = len(writer.out)
    packed = writer.part(local, "data", file.packed())
    facts = {
        "version": 45 if file.is_wide else 20,
        "made_by": 3 << 8 | 20,
        "flags": (SIZES_FOLLOW if file.has_descriptor else 0)
        | (0 if file.name.isascii() else UTF8),
        "method": DEFLATED if file.is_deflated else 0,
        "date": 1 << 5 | 1,
        "crc": zlib.crc32(file.content),
        "packed": len(packed),
        "size": len(file.content),
        "external": REGULAR,
        "offset": offset,
    }
    told = dict(facts)
    if file.has_descriptor:
        told |= {"crc": 0, "packed": 0, "size": 0}
    writer.out += _header(writer, local, LOCAL, told, file)
    writer.out += packed
    if file.has_descriptor:
        shape = WIDE_DESCRIPTOR if file.is_wide else DESCRIPTOR
        facts["mark"] = MARKS["descriptor"]
        place = f"descriptor {number}"
        writer.out += writer.part(place, "all", writer.record(place, shape, facts))
    writer.out += writer.part(local, "after", b"")
    return _header(writer, central, CENTRAL, facts, file)


def _header(
    writer: Writer, place: str, shape: Shape, facts: Mapping[str, int], file: File
) -> bytes:
    """Return a local header or an entry of the directory, with name and extra field."""
    values = {**facts, "mark": MARKS[place.partition(" ")[0]]}
    extra = b""
    if file.is_wide:
        wide = struct.pack("<2Q", values["size"], values["packed"])
        extra = struct.pack("<2H", 1, len(wide)) + wide
        values |= {"size": FULL, "packed": FULL}
    name = writer.part(place, "name", file.name.encode())
    extra = writer.part(place, "extra", extra)
    comment = writer.part(place, "comment", b"")
    sizes = {
        "name_size": len(name),
        "extra_size": len(extra),
        "comment_size": len(comment),
    }
    return writer.record(place, shape, {**values, **sizes}) + name + extra + comment


def _end(writer: Writer, directory: tuple[int, int, int], *, wide: bool) -> None:
    count, size, offset = directory
    values = {
        "mark": END_MARK,
        "count_here": count,
        "count": count,
        "size": size,
        "offset": offset,
    }
    if wide:
        at = len(writer.out)
        facts = {"mark": END64_MARK, "record_size": 44, "made_by": 45, "version": 45}
        writer.out += writer.record("end64", END64, {**values, **facts})
        writer.out += writer.part("end64", "after", b"")
        where = {"mark": LOCATOR_MARK, "offset": at, "disks": 1}
        writer.out += writer.record("locator", LOCATOR, where)
    writer.out += writer.part("file", "before end", b"")
    comment = writer.part("end", "comment", b"")
    values["comment_size"] = len(comment)
    writer.out += writer.record("end", END, values) + comment


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "local": LOCAL,
        "central": CENTRAL,
        "descriptor": DESCRIPTOR,
        "end64": END64,
        "locator": LOCATOR,
        "end": END,
    }
)
