"""Of which missing symbols the fuzzer asks no cause, since somebody has them."""

from __future__ import annotations

import pytest
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf
from tests.fuzzing.elf.glibc_symbols import Symbols, is_defined
from tests.fuzzing.elf.layout import Layout

SYMBOLS: Symbols = {
    "libc.so.6": frozenset({("puts", ""), ("puts", "GLIBC_2.2.5")}),
    "libm.so.6": frozenset({("pow", "")}),
}


@pytest.mark.parametrize(
    ("needed", "missed", "defined"),
    [
        ([], "puts, version GLIBC_2.2.5", True),  # libc is there in any case
        ([], "puts\t(./x.so)", True),
        ([], "puts, version GLIBC_2.4", False),
        ([], "puts (GLIBC_2.2.5)\t(./x)", True),  # in the trace of a program
        ([], "puts (GLIBC_2.4)\t(./x)", False),
        ([], "pow", False),
        (["libm.so.6"], "pow", True),
        (["libm.so.6"], "pow, version GLIBC_2.29", False),
        ([], "PyInit__ext", True),  # its own
        ([], "puts2", False),
    ],
)
def test_symbol_is_defined_by_the_mutant_or_a_library_that_it_needs(
    needed: list[str], missed: str, defined: bool
) -> None:
    path = "p/_ext.abi3.so"
    elf = Elf(path=path, arch="x86_64", imports=(), needed=tuple(needed))
    content = write_elf(elf)
    refusal = f"./x.so: undefined symbol: {missed}"
    assert is_defined(refusal, Layout(content), content, SYMBOLS) is defined
