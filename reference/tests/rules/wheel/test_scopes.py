"""Names without a version are looked for in all that is loaded with a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from manylinux_reference.reading.budget import NotJudgedError
from manylinux_reference.reading.elf.file import Elf
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.scopes import leave_out_defined, shared_alone
from tests.exported import exporting

MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]
CXX = "_ZNSt3fooEv"
MODULE, LIBRARY = "project/_ext.abi3.so", "project/libfoo.so"


@pytest.fixture
def make(make_elf: MakeElf) -> MakeElf:
    """Return a function that describes a file with needs, names and what it defines."""

    def describe(
        name: str, needed: Sequence[str], loose: Sequence[str], defined: Sequence[bytes]
    ) -> Elf:
        elf = make_elf(name=name)
        elf.needed, elf.runpath = [*needed, "libc.so.6"], "$ORIGIN"
        elf.loose = list(loose)
        elf.exported = exporting(*defined)
        return elf

    return describe


def left(wheel: Wheel) -> list[list[str]]:
    leave_out_defined(wheel)
    return [elf.loose for elf in wheel.elves]


def test_a_library_that_is_needed_defines_names(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    module = make(MODULE, ["libfoo.so"], ["foo", "bar"], [])
    assert left(make_wheel(module, make(LIBRARY, [], [], [b"foo"]))) == [["bar"], []]


def test_a_library_that_is_not_needed_defines_nothing(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    module = make(MODULE, [], ["foo"], [])
    assert left(make_wheel(module, make(LIBRARY, [], [], [b"foo"]))) == [["foo"], []]


def test_who_needs_a_library_defines_names_for_it(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    module = make(MODULE, ["libfoo.so"], [], [b"foo"])
    assert left(make_wheel(module, make(LIBRARY, [], ["foo", "bar"], []))) == [
        [],
        ["bar"],
    ]


def test_each_that_is_opened_has_to_have_the_names(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    modules = (
        make("project/_a.abi3.so", ["libfoo.so"], [], [b"foo"]),
        make("project/_b.abi3.so", ["libfoo.so"], [], []),
    )
    library = make(LIBRARY, [], ["foo"], [])
    assert left(make_wheel(*modules, library)) == [[], [], ["foo"]]


@pytest.mark.parametrize(
    ("external", "known"),
    [
        ("libm.so.6", True),
        ("libstdc++.so.6", True),
        ("libgcc_s.so.1", True),
        ("ld-linux-x86-64.so.2", True),
        ("libcrypt.so.1", True),
        ("libcrypt.so.1x", False),
        ("libz.so.1", False),
        ("libX11.so.6", False),
        ("libfoo.so", False),
        ("libmystery.so.6", False),
    ],
)
def test_a_library_of_unknown_names_may_have_any(
    external: str, known: bool, make: MakeElf, make_wheel: MakeWheel
) -> None:
    module = make(MODULE, [external], ["foo"], [])
    assert left(make_wheel(module)) == [["foo"] * known]


@pytest.mark.parametrize(
    ("needed", "loose", "unversioned"),
    [
        (["libfoo.so"], [], []),
        ([], [CXX], []),
        (["libstdc++.so.6"], [], []),
        (["libbar.so"], [CXX], []),
    ],
)
def test_a_name_of_cxx_is_like_any_other_if_the_wheel_defines_it(
    needed: list[str],
    loose: list[str],
    unversioned: list[str],
    make: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    module, user = (
        make(MODULE, needed, [], []),
        make("project/b.so", ["libfoo.so"], [], []),
    )
    module.unversioned = [CXX]
    libraries = (
        make(LIBRARY, [], [], [CXX.encode()]),
        make("project/libbar.so", [], [], []),
    )
    assert left(make_wheel(module, user, *libraries))[0] == loose
    assert module.unversioned == unversioned


def test_a_name_of_cxx_that_nothing_in_the_wheel_defines_stays_one(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    module = make(MODULE, ["libfoo.so"], [], [])
    module.unversioned = [CXX]
    assert left(make_wheel(module, make(LIBRARY, [], [], []))) == [[], []]
    assert module.unversioned == [CXX]


@pytest.mark.parametrize(
    ("protected", "indirect", "refused"),
    [(b"foo", True, True), (b"foo", False, False), (b"bar", True, False)],
)
def test_a_program_copies_nothing_that_is_protected(
    protected: bytes,
    indirect: bool,
    refused: bool,
    make: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    program = make("project/program", ["libfoo.so"], [], [])
    program.interpreter, program.copied = "/lib64/ld-linux-x86-64.so.2", {b"foo"}
    library = make(LIBRARY, [], [], [b"foo", b"bar"])
    library.is_indirect, library.protected = indirect, {protected}
    make_wheel(program, library)
    found = [finding.rule for finding in shared_alone(program)]
    assert found == ["wheel.symbols.contained"] * refused


def test_what_another_library_has_before_is_copied(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    program = make("project/program", ["libbar.so", "libfoo.so"], [], [])
    program.interpreter, program.copied = "/lib64/ld-linux-x86-64.so.2", {b"foo"}
    library = make(LIBRARY, [], [], [b"foo"])
    library.is_indirect, library.protected = True, {b"foo"}
    make_wheel(program, make("project/libbar.so", [], [], [b"foo"]), library)
    assert list(shared_alone(program)) == []


def test_a_program_has_what_its_libraries_define(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    program = make("project/program", ["libfoo.so"], ["foo", "bar"], [])
    program.interpreter = "/lib64/ld-linux-x86-64.so.2"
    assert left(make_wheel(program, make(LIBRARY, [], [], [b"foo"]))) == [["bar"], []]


def test_a_name_under_a_version_that_is_no_default_is_not_found_without_one(
    make: MakeElf, make_wheel: MakeWheel
) -> None:
    modules = [
        make(f"project/_{name}.abi3.so", ["libfoo.so"], ["f", "g"], []) for name in "ab"
    ]
    library = make(LIBRARY, [], [], [])
    nodes = {2: "FOO_1", 3: "FOO_2"}
    library.exported = exporting(b"f", b"g", b"h", versions=(2, 0x8003, 2), nodes=nodes)
    assert left(make_wheel(*modules, library)) == [["g"], ["g"], []]


@pytest.mark.parametrize(("steps", "enough"), [(300, True), (299, False)])
def test_looking_for_names_comes_out_of_the_budget(
    steps: int, enough: bool, make: MakeElf, make_wheel: MakeWheel
) -> None:
    """A step is a name in eight files; the first eight of them are free."""
    libraries = [make(f"project/lib{n}.so", [], [], []) for n in range(16)]
    libraries[0].exported = exporting(*(b"%d" % number for number in range(63)))
    loose = [f"name{number}" for number in range(100)]
    module = make(MODULE, [each.base_name for each in libraries], loose, [])
    wheel = make_wheel(module, *libraries)
    wheel.budget.steps.left = steps
    if enough:
        assert left(wheel)[0] == loose
    else:
        with pytest.raises(NotJudgedError):
            left(wheel)
