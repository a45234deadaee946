"""Reads RECORD: which files are listed, with which hash and size."""

from __future__ import annotations

import sys
from importlib import import_module

from manylinux_reference.reading.unusable import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Protocol

    from manylinux_reference.reading.budget import Budget

    class Hash(Protocol):
        """The part of hashlib's objects that is used."""

        def update(self, data: bytes, /) -> None:
            """Add a piece of content."""

        def digest(self) -> bytes:
            """Return the hash of all pieces."""


# Importing hashlib loads OpenSSL, which takes as long as hashing so much without it.
WORTH_OPENSSL = 1024 * 1024
BUILT_IN = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
ALGORITHMS = ("sha256", "sha384", "sha512")  # PyPA: sha256 or better
# PyPA, Recording installed projects: base64 for URLs, without its padding
STANDARD_LETTERS = bytes.maketrans(b"+/", b"-_")
LONGEST_SIZE = 19  # digits: uv reads 64 bits


def read_record(text: str, budget: Budget) -> tuple[dict[str, str], dict[str, int]]:
    """Return the hash of each path's row, which may be empty, and the sizes.

    The rows are CSV of three fields; only a path can need quoting.  Nothing but line
    feed and carriage return ends a row.

    Raises UnusableError if one is not such a row, where pip breaks off at an empty one
    and uv at any other, or if two rows contradict each other; NotJudgedError if the
    rows are beyond the budget.
    """
    record: dict[str, str] = {}
    sizes: dict[str, int] = {}
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    budget.entries.spend(text.count("\n") + 1)
    for row in text.split("\n") if text else ():
        if row[:1] == '"':
            path, _, rest = row[1:].replace('""', "\0").partition('"')
            path, rest = path.replace("\0", '"'), rest[1:]
        else:
            path, _, rest = row.partition(",")
        made, comma, size = rest.replace('"', "").partition(",")
        if not comma or (size and not _is_size(size)):
            reason = "has a row that is not a path, a hash and a size"
            raise UnusableError(reason, "RECORD")
        if record.setdefault(path, made) != made:
            raise UnusableError("has two rows with two hashes in RECORD", path)
        if size:
            sizes[path] = int(size)
    return record, sizes


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_SIZE


def hash_of_row(row: str, size: int) -> tuple[Hash, str] | None:
    """Return what computes the hash that a row has, and its value as text.

    ``size`` is how many bytes there are to hash in the whole wheel.
    None if the row's algorithm is not one of those that RECORD may have, or its value
    is padded.
    """
    algorithm, _, value = row.partition("=")
    if algorithm not in ALGORITHMS or value.endswith("="):
        return None
    made: Hash = getattr(_module_for(algorithm, size), algorithm)()
    return made, value


def _module_for(algorithm: str, size: int) -> ModuleType:
    """Return CPython's own module for a little to hash, where it has one."""
    if algorithm == "sha256" and size < WORTH_OPENSSL:
        try:
            return import_module(BUILT_IN)
        except ImportError:  # another Python than CPython
            pass
    return import_module("hashlib")


def text_of_hash(made: Hash) -> str:
    """Return a hash as RECORD writes it."""
    base64: bytes = import_module("binascii").b2a_base64(made.digest(), newline=False)
    return base64.translate(STANDARD_LETTERS).rstrip(b"=").decode("ascii")
