"""Forbidden and unresolved symbols, and what has to be looked for to find them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import ET_EXEC, Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.symbols import (
    PYFPE,
    may_be_missing,
    symbol_query,
    symbols,
)

X86_64 = Policy("x86_64")
ZLIB, GLIBC = "libz.so.1", "libc.so.6"
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


def names_of(library: str) -> list[bytes]:
    return [n for lib, _, names in X86_64.forbidden if lib == library for n in names]


def rules(elf: Elf) -> list[str]:
    return [finding.rule for finding in symbols(elf, X86_64)]


@pytest.mark.parametrize(
    ("library", "rule"),
    [(ZLIB, "wheel.symbols.zlib"), (GLIBC, "wheel.symbols.glibc-2-18")],
)
def test_each_forbidden_name_is_found(
    library: str, rule: str, make_elf: MakeElf
) -> None:
    assert names_of(library)
    for name in names_of(library):
        elf = make_elf()
        elf.needed = [library]
        elf.undefined = {name: False}
        assert rules(elf) == [rule]


def test_name_of_a_library_that_is_not_needed_is_free(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.undefined = dict.fromkeys(names_of(ZLIB), False)
    assert rules(elf) == []


def test_name_of_a_contained_library_is_free(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.needed = [ZLIB]
    elf.undefined = dict.fromkeys(names_of(ZLIB), False)
    elf.runpath = "$ORIGIN/../project.libs"
    make_wheel(elf, make_elf(name=f"project.libs/{ZLIB}"))
    assert rules(elf) == []


def test_weak_reference_may_be_missing(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.needed = [ZLIB]
    name, *_ = names_of(ZLIB)
    elf.undefined = {name: True}
    assert may_be_missing(elf, name)
    assert rules(elf) == []


def test_names_of_glibc_2_18_are_allowed_from_a_level_on(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.undefined = {names_of(GLIBC)[0]: False}
    (finding,) = symbols(elf, X86_64)
    (level,) = {level for library, level, _ in X86_64.forbidden if library == GLIBC}
    assert finding.min_level == level < NEVER


@pytest.mark.parametrize(
    ("symbol", "weak", "advised"),
    [
        (b"mystery", False, True),
        (b"mystery", True, False),
        (b"PyLong_FromLong", False, False),
        (b"_Py_Dealloc", False, False),
        (b"Pxyz", False, True),
    ],
)
def test_symbol_without_a_library_is_advised_against(
    symbol: bytes, weak: bool, advised: bool, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.needed = []
    elf.undefined = {symbol: weak}
    found = list(symbols(elf, X86_64))
    assert [each.advice for each in found] == [True] * advised
    assert all(each.rule == "wheel.symbols.resolved" for each in found)


def test_program_or_file_with_needs_may_find_its_symbols(make_elf: MakeElf) -> None:
    program, extension = make_elf(), make_elf()
    program.type, program.needed = ET_EXEC, []
    for elf in (program, extension):
        elf.undefined = {b"mystery": False}
        assert rules(elf) == []


def test_fpectl_is_not_in_every_interpreter(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.undefined = {PYFPE: False}
    assert rules(elf) == ["wheel.symbols.pyfpe"]


@pytest.mark.parametrize(
    ("filename", "prefixes"),
    [
        ("p-1-cp312-cp312-manylinux_2_17_x86_64.whl", 0),
        ("p-1-py3-none-manylinux_2_17_x86_64.whl", 3),
        ("p-1-cp27-cp27m-manylinux1_x86_64.whl", 0),
        ("p-1-cp27-cp27mu-manylinux1_x86_64.whl", 0),
        ("p-1-cp27-abi-manylinux1_x86_64.whl", 3),
    ],
)
def test_init_functions_are_looked_for_where_a_rule_asks(
    filename: str, prefixes: int
) -> None:
    query = symbol_query(Wheel(filename), X86_64, (2, 17))
    assert len(query.stem_prefixes) == prefixes


def test_example_is_looked_for_where_a_node_is_too_new(make_elf: MakeElf) -> None:
    wheel = Wheel("p-1-cp312-cp312-manylinux_2_17_x86_64.whl")
    elf = make_elf()
    elf.version_needs = [
        VersionNeed(GLIBC, node, index, weak=False)
        for index, node in enumerate(
            ("GLIBC_2.17", "GLIBC_2.18", "GLIBC_2.19", "FOO_1")
        )
    ]
    assert symbol_query(wheel, X86_64, (2, 17)).indexes_for(elf) == [1, 2, 3]
    assert symbol_query(wheel, X86_64, (2, 18)).indexes_for(elf) == [2, 3]
    assert symbol_query(wheel, X86_64, NEVER).indexes_for(elf) == []


def test_names_of_a_library_are_looked_for_where_it_is_needed(
    make_elf: MakeElf,
) -> None:
    wheel = Wheel("p-1-py3-none-manylinux_2_17_x86_64.whl")
    query = symbol_query(wheel, X86_64, (2, 17))
    elf = make_elf(name="a/mod.cpython-312.so")
    elf.needed = [ZLIB]
    assert set(query.names_for(elf)) == {
        PYFPE,
        b"PyInit_mod",
        b"initmod",
        b"PyModExport_mod",
        *names_of(ZLIB),
    }


def test_finding_names_the_file_the_library_and_the_symbol(make_elf: MakeElf) -> None:
    name, *_ = names_of(ZLIB)
    elf = make_elf()
    elf.needed = [ZLIB]
    elf.undefined = {name: False, PYFPE: False}
    found = list(symbols(elf, X86_64))
    assert [(e.rule, e.member, e.advice, e.evidence) for e in found] == [
        (
            "wheel.symbols.zlib",
            elf.name,
            False,
            {"library": ZLIB, "symbol": name.decode()},
        ),
        ("wheel.symbols.pyfpe", elf.name, False, {"symbol": PYFPE.decode()}),
    ]
    (level,) = {level for _, level, names in X86_64.forbidden if name in names}
    assert [each.min_level for each in found] == [level, NEVER]


def test_finding_shows_a_symbol_that_is_no_text(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.needed = []
    elf.undefined = {b"odd\xff": False}
    (finding,) = symbols(elf, X86_64)
    assert (finding.member, finding.advice) == (elf.name, True)
    assert finding.evidence == {"symbol": "odd\\xff"}


CXX = "_ZNSt8ios_base4InitC1Ev"


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (["libstdc++.so.6", GLIBC], "without a version"),
        ([GLIBC], "does not need libstdc++.so.6"),
    ],
)
def test_cxx_name_without_a_version_was_not_found_by_the_linker(
    needed: list[str], said: str, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.needed, elf.unversioned = needed, [CXX]
    (finding,) = symbols(elf, X86_64)
    assert (finding.rule, finding.member) == ("wheel.symbols.cxx-versioned", elf.name)
    assert said in finding.text
    assert (finding.min_level, finding.symbols) == (NEVER, [CXX])


def test_cxx_name_may_be_that_of_a_library_that_nobody_can_look_into(
    make_elf: MakeElf,
) -> None:
    elf = make_elf()
    elf.needed, elf.unversioned = ["libtorch.so", GLIBC], [CXX]
    assert rules(elf) == []


def test_names_that_glibc_has_later_ask_for_a_level(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.loose = ["pow", "closefrom"]
    (finding,) = symbols(elf, X86_64)
    assert (finding.rule, finding.member) == ("wheel.symbols.unversioned", elf.name)
    assert (finding.min_level, finding.condition) == ((2, 34), "")
    assert finding.evidence == {"symbol": "closefrom"}
    assert finding.text == "refers to closefrom, which glibc has since 2.34"


def test_names_that_nothing_has_are_a_condition(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.loose = ["prinft", "pow", "fooo"]
    (finding,) = symbols(elf, X86_64)
    assert (finding.min_level, finding.symbols) == (NEVER, ["prinft", "fooo"])
    assert finding.condition == "the package loads what defines prinft before"
    assert (finding.rule, finding.member) == ("wheel.symbols.unversioned", elf.name)
    assert finding.evidence == {"symbol": "prinft"}
    assert finding.text.startswith("refers to 2 names that nothing defines, for exam")


def test_before_a_program_nothing_is_loaded(make_elf: MakeElf) -> None:
    elf = make_elf(name="project/program")
    elf.interpreter = "/lib64/ld-linux-x86-64.so.2"
    elf.loose = ["prinft"]
    (finding,) = symbols(elf, X86_64)
    assert finding.text.startswith("refers to a name that nothing defines, for example")
    assert (finding.min_level, finding.condition) == (NEVER, "")


def test_names_of_glibc_that_are_always_there_are_not_mentioned(
    make_elf: MakeElf,
) -> None:
    elf = make_elf()
    elf.loose = [
        "pow",
        "dlopen",
        "printf",
        "__tls_get_addr",
        names_of(GLIBC)[0].decode(),
    ]
    assert rules(elf) == []
