"""Inflates members as a stream, in bounded memory, and checks what comes out.

zlib-ng inflates one and a half times as fast as zlib, from which it comes, and refuses
the same streams; without it the standard library does the same work.  Other inflaters
take streams that installers refuse: isal does not look whether a code is complete.
"""

from __future__ import annotations

import zlib
from importlib import import_module

from manylinux_reference.reading.archive import PEEK, STORED, Archive, Member
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.record import hash_of_row, text_of_hash
from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Protocol

    class Inflater(Protocol):
        """An object of zlib's or zlib-ng's ``decompressobj``."""

        eof: bool
        unconsumed_tail: bytes
        unused_data: bytes

        def decompress(self, data: bytes, max_length: int, /) -> bytes:
            """Return at most so many bytes; what they come from is no longer a tail."""


WORTH_ZLIB_NG = 512 * 1024  # importing it costs what it saves for a member of this size
# Pieces of less than 128 KiB stay in the heap of glibc's malloc; larger ones are given
# back to the system, which clears fresh pages for the next: half of a large audit.
INPUT = OUTPUT = 96 * 1024


def first_bytes(archive: Archive, member: Member, count: int) -> bytes:
    """Return the first bytes of a member, fewer if it is shorter."""
    _, head = archive.locate(member)
    if member.method == STORED:
        return head[:count]
    try:
        start = zlib.decompressobj(-15).decompress(head, count)
    except zlib.error as error:
        raise UnusableError("its compressed data are damaged", member.name) from error
    if len(start) < min(count, member.size) and member.compressed > PEEK:
        start = b""
        for piece in chunks(archive, member):  # of which the first may be empty
            start += piece[: count - len(start)]
            if len(start) == count:
                break
    return start


def content(archive: Archive, member: Member, limit: int) -> bytes:
    """Return a whole member.  Raises NotJudgedError if it is larger than the limit."""
    if member.size > limit:
        raise NotJudgedError(f"is larger than {limit:,} bytes", member.name)
    return b"".join(chunks(archive, member))


def read_through(archive: Archive, member: Member) -> None:
    """Read a member whose content does not matter, to see that an installer can.

    Raises UnusableError as ``chunks`` does.
    """
    for _ in chunks(archive, member):
        pass


def chunks(archive: Archive, member: Member) -> Iterator[bytes]:
    """Yield a member's content piece by piece.

    At the end it is compared with the member's row of RECORD, once.
    Raises UnusableError at the end if size or checksum differ from the directory's.
    """
    checksum, length = 0, 0
    crc32 = _inflater(member).crc32
    listed = hash_of_row(member.row, archive.size) if member.row else None
    for piece in pieces(archive, member):
        checksum = crc32(piece, checksum)
        length += len(piece)
        archive.budget.inflate(len(piece))
        if length > member.size:
            raise UnusableError("is longer than the directory says", member.name)
        if listed:
            listed[0].update(piece)
        yield piece
    if length != member.size:
        raise UnusableError("is shorter than the directory says", member.name)
    if checksum != member.crc:
        raise UnusableError("its checksum is wrong", member.name)
    if listed and text_of_hash(listed[0]) != listed[1]:
        archive.changed.append(member.name)
    member.row = ""


def _inflater(member: Member) -> ModuleType:
    """Return the module that inflates a member; both have the interface of zlib."""
    if member.compressed < WORTH_ZLIB_NG:
        return zlib
    try:
        return import_module("zlib_ng.zlib_ng")
    except ImportError:  # no build for this machine
        return zlib


def pieces(archive: Archive, member: Member) -> Iterator[bytes]:
    """Yield a member's content piece by piece, unchecked."""
    start, head = archive.locate(member)
    raw = iter((head,))
    if len(head) != member.compressed:
        raw = (
            archive.read(at, min(INPUT, start + member.compressed - at))
            for at in range(start, start + member.compressed, INPUT)
        )
    if member.method == STORED:
        return raw
    return _inflated(raw, _inflater(member), member.name)


def _inflated(raw: Iterator[bytes], module: ModuleType, name: str) -> Iterator[bytes]:
    try:
        yield from _inflated_pieces(raw, module.decompressobj(-15))
    except (module.error, ValueError) as error:
        raise UnusableError("its compressed data are damaged", name) from error


def _inflated_pieces(raw: Iterator[bytes], inflater: Inflater) -> Iterator[bytes]:
    for piece in raw:
        if inflater.eof:
            raise ValueError("data after the end")
        yield inflater.decompress(piece, OUTPUT)
        # What follows the end stays in the tail, and never becomes anything.
        while inflater.unconsumed_tail and not inflater.eof:
            yield inflater.decompress(inflater.unconsumed_tail, OUTPUT)
    while rest := inflater.decompress(b"", OUTPUT):
        yield rest
    if inflater.unused_data or not inflater.eof:
        raise ValueError("cut off, or data after the end")
