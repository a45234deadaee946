"""Which of its own symbols the loader finds in a file, by glibc's ``do_lookup_x``."""

from __future__ import annotations

import struct

import pytest
from manylinux_reference.reading.elf.hashes import check_hashes
from manylinux_reference.reading.elf.segments import Segment
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import BASE, DEFINED, HASH, UNDEFINED, Image

VALUE = 5  # of each symbol of an image
FUNC, IFUNC = 2, 10


def check(
    binding: int,
    kind: int,
    where: int,
    code: int,
    *,
    used: bool = True,
    bucket: int = 1,
) -> None:
    """Check a file with one symbol, whose code begins at an address."""
    image = Image()
    image.symbols(("f", binding << 4 | kind, where))
    symbols = bytes(image.data[-48:])
    image.table(HASH, struct.pack("<5I", 1, 2, bucket, 0, 0))
    dynamic, elf = image.dynamic()
    size = len(image.data)
    elf.loads = [
        Segment((1, 4, 0, BASE, BASE, size, size, 4096), is_64_bit=True),
        Segment((1, 5, 0x1000, code, code, 64, 64, 4096), is_64_bit=True),
    ]
    check_hashes(dynamic, elf, symbols, {1} if used else ())


@pytest.mark.parametrize("binding", [1, 2, 10])
def test_global_weak_and_unique_symbols_are_found(binding: int) -> None:
    check(binding, FUNC, DEFINED, 0)


@pytest.mark.parametrize("binding", [3, 9, 11, 13, 15])
def test_symbols_of_another_binding_are_not_found(binding: int) -> None:
    with pytest.raises(UnusableError, match=r"^its symbol f is not found"):
        check(binding, FUNC, DEFINED, 0)
    check(binding, FUNC, UNDEFINED, 0)


@pytest.mark.parametrize("binding", [0, 1])
def test_function_that_chooses_another_is_code(binding: int) -> None:
    check(binding, IFUNC, DEFINED, VALUE)
    check(binding, IFUNC, UNDEFINED, BASE << 1)
    with pytest.raises(UnusableError, match=r"^its symbol f leads to no code"):
        check(binding, IFUNC, DEFINED, BASE << 1)


def test_symbol_for_other_files_is_found_or_nobody_looks_for_it() -> None:
    check(1, FUNC, DEFINED, 0, used=False)
    check(1, FUNC, UNDEFINED, 0, used=False, bucket=0)
    check(0, FUNC, DEFINED, 0, used=False, bucket=0)  # a local one
    check(3, FUNC, DEFINED, 0, used=False, bucket=0)  # one of no binding
    with pytest.raises(UnusableError, match=r"^its symbol f is not found"):
        check(1, FUNC, DEFINED, 0, used=False, bucket=0)
