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
LARGEST_SIZE, DIGITS = 2**64 - 1, 20  # which uv reads
FIELDS = 3
NO_ROW = "has a row that is not a path, a hash and a size"


class Rows:
    """What RECORD says of each path: its hash, which may be empty, and its size.

    ``doubtful`` are the paths with two rows that have two hashes.
    """

    __slots__ = ("doubtful", "hashes", "sizes")

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.doubtful: list[str] = []


def read_record(text: str, budget: Budget) -> Rows:
    """Return what the rows say: CSV of three fields.

    Raises UnusableError if one is not such a row, where pip breaks off at an empty one
    and uv at any other; NotJudgedError if the rows are beyond the budget.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    budget.entries.spend(text.count("\n") + 1)
    lines = text.split("\n") if text else []
    found = _rows([line + "\n" for line in lines])
    others = text.splitlines()  # which is how pip tells lines apart
    if others != lines:
        _rows(others)
    rows = Rows()
    for row in found:
        if len(row) != FIELDS or (row[2] and not _is_size(row[2])):
            raise UnusableError(NO_ROW, "RECORD")
        path, made, size = row
        if rows.hashes.setdefault(path, made) != made:
            rows.doubtful.append(path)
        if size:
            rows.sizes[path] = int(size)
    return rows


def _rows(lines: list[str]) -> list[list[str]]:
    """Return the fields of each row; pip refuses an empty one, Python a huge field.

    CPython before 3.11 reads no null bytes.
    """
    csv = import_module("_csv")  # without what the module csv adds to it
    try:
        rows: list[list[str]] = list(csv.reader(lines))
    except csv.Error as error:
        raise UnusableError(NO_ROW, "RECORD") from error
    if not all(rows) or any("\0" in line for line in lines):
        raise UnusableError(NO_ROW, "RECORD")
    return rows


def _is_size(text: str) -> bool:
    """Return whether uv takes this for a size; a sign may come first."""
    digits = text.removeprefix("+").lstrip("0") or text[-1:]
    is_number = digits.isascii() and digits.isdecimal()
    return is_number and len(digits) <= DIGITS and int(digits) <= LARGEST_SIZE


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
