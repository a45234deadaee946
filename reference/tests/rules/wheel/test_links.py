"""Which file of an installed wheel the loader takes for a needed name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import Elf, VersionNeed
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.links import link
from manylinux_reference.rules.wheel.places import installed
from tests.exported import exporting

MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


@pytest.mark.parametrize(
    ("user", "path", "library", "reached"),
    [
        ("a/m.so", "$ORIGIN", "a/libf.so", True),
        ("a/m.so", "${ORIGIN}/lib", "a/lib/libf.so", True),
        ("a/m.so", "$ORIGIN/./lib//", "a/lib/libf.so", True),
        ("a/m.so", "/usr/lib:$ORIGIN/../b.libs", "b.libs/libf.so", True),
        ("m.so", "$ORIGIN", "p-1.data/platlib/libf.so", True),
        ("p-1.data/purelib/m.so", "$ORIGIN/a", "a/libf.so", True),
        ("p-1.data/scripts/m", "$ORIGIN/../lib", "p-1.data/data/lib/libf.so", True),
        ("a/m.so", "$ORIGIN/gone/../lib", "a/lib/libf.so", False),
        ("a/m.so", "$ORIGIN/../../site-packages/a", "a/libf.so", False),
        ("a/m.so", "$ORIGIN/$LIB", "a/lib/libf.so", False),
        ("a/m.so", "$ORIGINAL", "a/libf.so", False),
        ("a/m.so", "a", "a/libf.so", False),
        ("a/m.so", "", "a/libf.so", False),
        ("p-1.data/data/m.so", "$ORIGIN/a", "a/libf.so", False),
        ("p-1.data/scripts/m", "$ORIGIN/../a", "a/libf.so", False),
    ],
)
def test_search_path_leads_to_a_place_of_the_installed_wheel(
    user: str,
    path: str,
    library: str,
    reached: bool,
    make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    elf, other = make_elf(name=user), make_elf(name=library)
    elf.needed, elf.runpath = ["libf.so"], path
    make_wheel(elf, other)
    assert elf.links == {"libf.so": other if reached else None}


@pytest.mark.parametrize(("length", "reached"), [(60, True), (580, False)])
def test_path_that_no_system_opens_leads_nowhere(
    length: int, reached: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, other = make_elf(name="a/m.so"), make_elf(name="a/lib/libf.so")
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/lib" + "/../lib" * length
    make_wheel(elf, other)
    assert elf.links == {"libf.so": other if reached else None}


@pytest.mark.parametrize(
    ("plain", "variant", "taken"),
    [
        ([b"f"], [b"g"], "variant"),
        ([b"f", b"g"], [b"f"], "variant"),
        ([b"f"], [b"f", b"g"], "plain"),
        ([b"f"], [b"f"], "plain"),
    ],
)
def test_of_a_file_and_its_variant_that_with_fewer_names_counts(
    plain: list[bytes],
    variant: list[bytes],
    taken: str,
    make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    elf, one = make_elf(name="a/m.so"), make_elf(name="a/libf.so")
    other = make_elf(name="a/glibc-hwcaps/x86-64-v3/libf.so")
    one.exported, other.exported = exporting(*plain), exporting(*variant)
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN"
    make_wheel(elf, one, other)
    assert elf.links == {"libf.so": {"plain": one, "variant": other}[taken]}


def test_filter_is_looked_for_like_what_is_needed(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, other = make_elf(name="a/m.so"), make_elf(name="a/libf.so")
    elf.filters, elf.runpath = ["libf.so"], "$ORIGIN"
    make_wheel(elf, other)
    assert elf.links == {"libf.so": other}


def test_file_of_another_machine_is_passed_over(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, right = make_elf(name="m.so"), make_elf(name="b/libf.so")
    foreign = make_elf(arch="aarch64", name="a/libf.so")
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/a:$ORIGIN/b"
    make_wheel(elf, foreign, right)
    assert elf.links == {"libf.so": right}


@pytest.mark.parametrize(
    ("field", "value"), [("big_endian", True), ("osabi", 64), ("abi_version", 1)]
)
def test_header_of_another_machine_is_one_that_the_loader_understands(
    field: str, value: int, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, right = make_elf(name="m.so"), make_elf(name="b/libf.so")
    foreign = make_elf(arch="aarch64", name="a/libf.so")
    setattr(foreign, field, value)
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/a:$ORIGIN/b"
    make_wheel(elf, foreign, right)
    assert elf.links == {"libf.so": "a/libf.so"}


def test_search_ends_at_a_folder_of_that_name(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, right = make_elf(name="m.so"), make_elf(name="b/libf.so")
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/a:$ORIGIN/b"
    wheel = make_wheel(elf, right)
    wheel.members.append("a/libf.so/text")
    link(wheel)
    assert elf.links == {"libf.so": "site/a/libf.so"}


@pytest.mark.parametrize(
    ("variant", "is_looked_at"),
    [
        ("glibc-hwcaps/x86-64-v3", True),
        ("tls", True),
        ("haswell/x86_64", True),
        ("glibc-hwcaps", False),
        ("glibc-hwcaps/x86-64-v3/more", False),
        ("x86_64/more", False),
        ("other", False),
    ],
)
def test_library_for_some_processors_comes_before_that_for_all(
    variant: str, is_looked_at: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, library = make_elf(name="m.so"), make_elf(name="a/libf.so")
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/a"
    wheel = make_wheel(elf, library)
    wheel.members.append(f"a/{variant}/libf.so")
    elf.links.clear()
    link(wheel)
    where = f"a/{variant}/libf.so"
    assert elf.links == {"libf.so": where if is_looked_at else library}


@pytest.mark.parametrize("has_other", [True, False])
def test_library_for_some_processors_is_not_enough(
    has_other: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, other = make_elf(name="m.so"), make_elf(name="a/libf.so")
    some = make_elf(name="a/glibc-hwcaps/x86-64-v2/libf.so")
    elf.needed, elf.runpath = ["libf.so"], "$ORIGIN/a"
    elf.version_needs = [VersionNeed("libf.so", "F_2", 2, weak=False)]
    some.definitions, other.definitions = {"F_1"}, {"F_1", "F_2"}
    make_wheel(elf, some, *[other] * has_other)
    assert elf.links == {"libf.so": some if has_other else None}


def test_library_is_loaded_by_each_file_that_nothing_needs(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    good, bad = make_elf(name="a/good.so"), make_elf(name="a/bad.so")
    library, other = make_elf(name="a/liba.so"), make_elf(name="a/b/libb.so")
    good.needed = bad.needed = ["liba.so"]
    good.rpath, bad.rpath = "$ORIGIN:$ORIGIN/b", "$ORIGIN"
    library.needed = ["libb.so"]
    make_wheel(good, bad, library, other)
    assert library.links == {"libb.so": None}


@pytest.mark.parametrize(("runpath", "reached"), [(None, True), ("", False)])
def test_empty_runpath_sets_every_rpath_aside(
    runpath: str | None, reached: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, other = make_elf(name="a/m.so"), make_elf(name="a/libf.so")
    elf.needed, elf.rpath, elf.runpath = ["libf.so"], "$ORIGIN", runpath
    make_wheel(elf, other)
    assert elf.links == {"libf.so": other if reached else None}


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_libraries_the_one_that_lacks_a_version_counts(
    swapped: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    first, second = make_elf(name="a/1.so"), make_elf(name="a/2.so")
    library, old, new = (
        make_elf(name=name) for name in ("a/liba.so", "a/b/libb.so", "a/c/libb.so")
    )
    first.needed = second.needed = ["liba.so"]
    first.rpath, second.rpath = "$ORIGIN:$ORIGIN/b", "$ORIGIN:$ORIGIN/c"
    library.needed = ["libb.so"]
    library.version_needs = [VersionNeed("libb.so", "B_2", 2, weak=False)]
    old.definitions, new.definitions = {"B_1"}, {"B_1", "B_2"}
    firsts = (second, first) if swapped else (first, second)
    make_wheel(*firsts, library, old, new)
    assert library.links == {"libb.so": old}


def test_libraries_that_need_each_other_are_loaded_all_the_same(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    one, two = make_elf(name="liba.so"), make_elf(name="libb.so")
    one.needed, two.needed = ["libb.so"], ["liba.so"]
    one.runpath = "$ORIGIN"
    make_wheel(one, two)
    assert one.links == {"libb.so": two}
    assert two.links == {"liba.so": None}


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("a/b.so", "site/a/b.so"),
        ("p-1.data/platlib/a/b.so", "site/a/b.so"),
        ("p-1.data/data/lib/b.so", "prefix/lib/b.so"),
        ("p-1.data/scripts/b", "prefix/bin/b"),
        ("p-1.data/other/b", "prefix/other/b"),
        ("a.data/b.so", "site/a.data/b.so"),
    ],
)
def test_member_has_a_place_in_the_installed_tree(member: str, place: str) -> None:
    assert "/".join(installed(member)) == place
