"""Sizes of tables, as the dynamic section tells them, in files of each class."""

from __future__ import annotations

import struct
from contextlib import AbstractContextManager, nullcontext

import pytest
from manylinux_reference.reading.elf.file import ET_DYN, ET_EXEC, Elf, VersionNeed
from manylinux_reference.reading.elf.segments import Segment
from manylinux_reference.reading.elf.tables import check_tables
from manylinux_reference.reading.unusable import UnusableError
from tests.reading.image import BASE, DEFINED, HASH, UNDEFINED, VERSYM, Image

PLTRELSZ, PLTREL, JMPREL, PLTGOT, RELA, REL = 2, 20, 23, 3, 7, 17
RELASZ, RELSZ, RELACOUNT, RELCOUNT = 8, 18, 0x6FFFFFF9, 0x6FFFFFFA
PREINIT_ARRAY, PREINIT_ARRAYSZ, INIT_ARRAY, INIT_ARRAYSZ = 32, 33, 25, 27
RELR, RELRSZ, FINI_ARRAY, FINI_ARRAYSZ, FINI = 36, 35, 26, 28, 13
TLS, IFUNC, PROTECTED = 0x16, 0x1A, 3
CODE = BASE + 0x10000


def opened(image: Image, kind: int = ET_DYN, **facts: object) -> Elf:
    """Check the tables of a file whose one segment can be written."""
    image.machine = 190  # whose relocations nobody reads
    if not any(tag == HASH for tag, _ in image.entries):
        image.data += bytes(-len(image.data) % 8)
        image.symbols(("f", 0x02, DEFINED), ("g", 0x10, UNDEFINED))  # f is local
        image.table(HASH, struct.pack(f"{image.order}6I", 1, 3, 0, 0, 0, 0))
    image.data += bytes(-len(image.data) % 8)
    dynamic, elf = image.dynamic()
    elf.type = kind
    for name, value in facts.items():
        setattr(elf, name, value)
    elf.loads = [segment(image, BASE, 6), segment(image, CODE, 5)]
    check_tables(dynamic, elf)
    return elf


def refused(reason: str) -> AbstractContextManager[object]:
    return pytest.raises(UnusableError, match=reason) if reason else nullcontext()


def segment(image: Image, start: int, flags: int) -> Segment:
    if image.bits == 64:
        fields = (1, flags, 0, start, start, 0x1000, 0x1000, 4096)
    else:
        fields = (1, 0, start, start, 0x1000, 0x1000, flags, 4096)
    return Segment(fields, is_64_bit=image.bits == 64)


@pytest.mark.parametrize(
    ("tags", "words", "reason"),
    [
        ({PLTREL: RELA, PLTRELSZ: 3, JMPREL: BASE, PLTGOT: BASE}, 6, ""),
        ({PLTREL: REL, PLTRELSZ: 2, JMPREL: BASE, PLTGOT: BASE}, 4, ""),
        ({PLTREL: RELA, PLTRELSZ: 2, JMPREL: BASE, PLTGOT: BASE}, 4, "not whole"),
        ({PLTREL: RELA, PLTRELSZ: 4, JMPREL: BASE, PLTGOT: BASE}, 8, "not whole"),
        ({PLTREL: REL, PLTRELSZ: 3, JMPREL: BASE, PLTGOT: BASE}, 6, "not whole"),
        ({PLTREL: RELA, PLTRELSZ: 3, JMPREL: BASE}, 6, "without DT_PLTGOT"),
        ({PLTREL: RELA, PLTRELSZ: 0, JMPREL: BASE}, 0, ""),
        ({PLTREL: RELA, PLTRELSZ: 3, PLTGOT: BASE}, 6, "PLT relocations"),
        ({PLTRELSZ: 3, JMPREL: BASE, PLTGOT: BASE}, 6, "PLT relocations"),
        ({PLTREL: RELA, JMPREL: BASE, PLTGOT: BASE}, 6, "PLT relocations of 0"),
        ({PLTREL: RELA, PLTGOT: BASE}, 6, "PLT relocations of 0"),
        ({PLTREL: RELA, PLTRELSZ: 300, JMPREL: BASE, PLTGOT: BASE}, 0, "the address"),
        ({PLTREL: RELA, PLTRELSZ: 3, JMPREL: CODE << 1, PLTGOT: BASE}, 0, "the addr"),
        ({PLTGOT: BASE + 0xFFF}, 0, ""),
        ({PLTGOT: BASE + 0x1000}, 0, "DT_PLTGOT"),
        ({PLTGOT: BASE - 1}, 0, "DT_PLTGOT"),
        ({PLTGOT: CODE}, 0, "DT_PLTGOT"),
        ({PLTGOT: 0}, 0, ""),
        ({FINI: CODE + 64}, 0, ""),
        ({FINI: BASE + 64}, 0, "a function at"),
        ({RELA: BASE, RELASZ: 3}, 3, ""),
        ({RELA: BASE, RELASZ: 2}, 3, "not whole"),
        ({RELA: BASE, RELASZ: 4}, 3, "not whole"),
        ({RELA: BASE}, 3, "not whole"),
        ({RELASZ: 3}, 3, "not whole"),
        ({REL: BASE, RELSZ: 2}, 3, ""),
        ({REL: BASE, RELSZ: 3}, 3, "not whole"),
        ({RELR: BASE, RELRSZ: 1}, 3, ""),
        ({RELR: BASE, RELRSZ: 300}, 3, "the address"),
        ({RELR: CODE << 1, RELRSZ: 1}, 3, "the address"),
        ({INIT_ARRAY: BASE, INIT_ARRAYSZ: 1}, 3, ""),
        ({FINI_ARRAY: BASE, FINI_ARRAYSZ: 0}, 3, ""),
        ({FINI_ARRAY: CODE << 1, FINI_ARRAYSZ: 1}, 3, "the address"),
        ({FINI_ARRAYSZ: 1}, 3, "not whole"),
        ({RELA: BASE, RELASZ: 6, RELACOUNT: 2}, 6, ""),
        ({RELA: BASE, RELASZ: 6, RELACOUNT: 3}, 6, "3 relative relocations of fewer"),
        ({REL: BASE, RELSZ: 6, RELCOUNT: 3}, 6, ""),
        ({REL: BASE, RELSZ: 6, RELCOUNT: 4}, 6, "4 relative relocations of fewer"),
    ],
)
def test_tables_are_whole_and_there(
    tags: dict[int, int], words: int, reason: str, image: Image
) -> None:
    image.data += bytes(words * image.word)
    sizes = (PLTRELSZ, RELASZ, RELSZ, RELRSZ, INIT_ARRAYSZ, FINI_ARRAYSZ)
    image.entries += [
        (tag, value * image.word if tag in sizes else value)
        for tag, value in tags.items()
    ]
    with refused(reason):
        opened(image)


@pytest.mark.parametrize("kind", [ET_DYN, ET_EXEC])
def test_what_programs_call_first_is_of_no_library(kind: int, image: Image) -> None:
    image.entries += [(PREINIT_ARRAY, BASE), (PREINIT_ARRAYSZ, 1)]
    if kind == ET_DYN:
        opened(image)
        return
    with pytest.raises(UnusableError, match=r"^a table of 1 bytes, not whole entries"):
        opened(image, kind)


@pytest.mark.parametrize("last", [0x7FFF, 0xFFFF, 0x8000, 3])
@pytest.mark.parametrize("known", [True, False])
def test_versions_of_symbols_are_there(last: int, known: bool, image: Image) -> None:
    image.symbols(("a", 0x10, UNDEFINED), ("b", 0x10, UNDEFINED))
    image.table(HASH, struct.pack(f"{image.order}6I", 1, 3, 0, 0, 0, 0))
    image.table(VERSYM, struct.pack(f"{image.order}3H", 0, 1, last))
    dynamic, elf = image.dynamic()
    elf.loads = [segment(image, BASE, 6)]
    elf.version_needs = [VersionNeed("libc.so.6", "A", 2, weak=False)]
    if known:
        dynamic.versions.add(last & 0x7FFF)
    if known or last == 0x8000:
        check_tables(dynamic, elf)
        return
    with pytest.raises(
        UnusableError, match=r"^a symbol of a version that is not there"
    ):
        check_tables(dynamic, elf)


@pytest.mark.parametrize(
    ("info", "where", "value", "reason"),
    [
        (TLS, DEFINED, 2, ""),
        (TLS, DEFINED, 3, "past the end of its thread-local storage"),
        (TLS, UNDEFINED, 3, ""),
        (IFUNC, DEFINED, CODE + 64, ""),
        (IFUNC, DEFINED, BASE + 64, "which is no code"),
        (IFUNC, UNDEFINED, BASE + 64, ""),
        (0x0A, UNDEFINED, BASE + 64, ""),
    ],
)
@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("behind", range(3))
def test_symbols_are_what_their_types_say(
    info: int, where: int, value: int, reason: str, before: int, behind: int,
    image: Image,
) -> None:  # fmt: skip
    others = [
        (name, kind, UNDEFINED)
        for name, kind in zip("abcd", (info, TLS, 0x10, IFUNC), strict=True)
    ]
    symbols = [*others[:before], ("it", info, where), *others[2 : 2 + behind]]
    image.symbols(*symbols, more={"it": (2, value)})  # hidden: nobody looks for it
    chains = [0] * (len(symbols) + 1)
    words = [1, len(chains), 0, *chains]
    image.table(HASH, struct.pack(f"{image.order}{len(words)}I", *words))
    with refused(reason):
        opened(image, tls=8)  # bytes, of which each symbol has 6


@pytest.mark.parametrize("kind", [ET_DYN, ET_EXEC])
@pytest.mark.parametrize("needed", [[], ["libc.so.6"]])
@pytest.mark.parametrize("indirect", [True, False])
def test_names_are_copied_or_protected(
    kind: int, needed: list[str], indirect: bool, image: Image
) -> None:
    image.symbols(
        ("protected", 0x02, DEFINED),
        ("of_ppc64", 0x02, DEFINED),
        ("hidden", 0x02, DEFINED),
        ("plain", 0x02, DEFINED),
        ("of_others", 0x12, UNDEFINED),
        ("with_address", 0x12, UNDEFINED),
        ("undefined_protected", 0x12, UNDEFINED),
        more={
            "protected": (3, 5), "of_ppc64": (0x63, 5), "hidden": (2, 5),
            "of_others": (0, 0), "undefined_protected": (3, 0),
        },
    )  # fmt: skip
    words = [1, 8, *[0] * 9]
    image.table(HASH, struct.pack(f"{image.order}{len(words)}I", *words))
    elf = opened(image, kind, needed=needed, is_indirect=indirect)
    protected = {b"protected", b"of_ppc64"} if indirect else set()
    copied = {b"with_address"} if kind == ET_EXEC and needed else set()
    assert (elf.protected, elf.copied) == (protected, copied)
