"""Mutants of ELF files: reproducible, changed where they say, of every kind."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf
from tests.fuzzing.elf.bases import MODULE, Base
from tests.fuzzing.elf.layout import Layout
from tests.fuzzing.elf.mutate import KINDS, Change, Mutator, changed
from tests.fuzzing.elf.run import mutants

ARCHITECTURES = ("x86_64", "i686", "s390x", "armv7l")


def module(arch: str) -> bytes:
    imports = ("memcpy@GLIBC_2.4 from libc.so.6",)
    return write_elf(Elf(path=MODULE, arch=arch, imports=imports))


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_layout_finds_what_a_linker_wrote(arch: str) -> None:
    layout = Layout(module(arch))
    names = {record.name for kind in KINDS for record in layout.records[kind]}
    assert {"Verneed 0", "Vernaux 0.0", "Versym 1", "symbol 1"} <= names
    assert all(layout.records[kind] for kind in KINDS if kind != "notes")
    assert layout.of(layout.records["symbols"][0], "st_name") == 0


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_field_lies_in_the_file(arch: str) -> None:
    content = module(arch)
    records = Layout(content).records.values()
    fields = [field for kind in records for record in kind for field in record.fields]
    assert all(field.offset + field.size <= len(content) for field in fields)


def test_same_seed_makes_the_same_mutants() -> None:
    base = Base("base", module("x86_64"), MODULE)
    one, same, other = (
        [mutant.content for mutant in islice(mutants([base], seed), 50)]
        for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_mutant_has_the_length_of_its_base_and_other_bytes() -> None:
    content = module("x86_64")
    mutator = Mutator(Layout(content), Random(3))  # noqa: S311 - reproducible
    for _ in range(200):
        changes = mutator.changes()
        mutant = changed(content, changes[:1])
        assert len(mutant) == len(content)
        assert mutant != content


def test_single_bytes_of_a_change_make_the_same_file() -> None:
    content = b"abcdefgh"
    change = Change("field", 2, b"cdef", b"cxyf")
    single = list(change.single_bytes())
    assert [str(each) for each in single] == [
        "field byte 1: 64 -> 78",
        "field byte 2: 65 -> 79",
    ]
    assert changed(content, single) == changed(content, [change]) == b"abcxyfgh"
