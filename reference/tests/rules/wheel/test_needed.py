"""Each needed name falls under exactly one rule."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import product

import pytest
from manylinux_reference.reading.elf.file import DF_1_NODEFLIB, ET_EXEC, Elf
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.links import link
from manylinux_reference.rules.wheel.needed import (
    ALLOWED,
    CONTAINED,
    LIBPYTHON,
    LOADER,
    MUSL,
    OTHER,
    PATH,
    WITHDRAWN,
    allowed_from,
    kind_of,
    matches,
    needed,
)

MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("libc.so.6", ALLOWED),
        ("libz.so.1", ALLOWED),
        ("libssl.so.3", OTHER),
        ("", OTHER),
        ("/lib/libc.so.6", PATH),
        ("./libc.so.6", PATH),
        ("$ORIGIN", PATH),
        ("lib${PLATFORM}.so", PATH),
        ("lib$foo.so", OTHER),
        ("libpython3.12.so.1.0", LIBPYTHON),
        ("libpython3.so", LIBPYTHON),
        ("libpythonic.so", LIBPYTHON),  # any libpython, PEP 513 says
        ("libc.so", MUSL),
        ("libc.so.7", OTHER),
        ("libc.musl-x86_64.so.1", MUSL),
        ("ld-musl-x86_64.so.1", MUSL),
        ("ld-linux-x86-64.so.2", LOADER),
        ("ld-linux.so.2", LOADER),
        ("ld64.so.1", LOADER),
        ("libcrypt.so.1", WITHDRAWN),
    ],
)
def test_name_is_of_one_kind(name: str, kind: str, make_elf: MakeElf) -> None:
    assert kind_of(name, make_elf(), Policy("x86_64")) == kind


def test_patterns_match_as_those_of_shells_do() -> None:
    names = ["".join(each) for n in range(5) for each in product("ab", repeat=n)]
    patterns = ["".join(each) for n in range(6) for each in product("ab*", repeat=n)]
    for pattern in patterns:
        matching = {name for name in names if matches(name, pattern)}
        assert matching == {name for name in names if fnmatchcase(name, pattern)}


@pytest.mark.parametrize("name", ["libssl.so.3", "libpython3.so", "libcrypt.so.1"])
def test_contained_library_is_nobody_elses_business(
    name: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.needed, elf.runpath = [name], "$ORIGIN/../project.libs"
    make_wheel(elf, make_elf(name=f"project.libs/{name}"))
    assert kind_of(name, elf, Policy("x86_64")) == CONTAINED


@pytest.mark.parametrize(
    ("library", "soname", "condition"),
    [
        *(
            (name, "libfoo.so", f"the package loads {name} before project/module.so")
            for name in ("lost/libfoo.so", "lost/libfoo.so.1")
        ),
        ("lost/libfoo.so", "", ""),
    ],
)
def test_library_that_is_not_reached_has_to_be_loaded_first(
    library: str, soname: str, condition: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, other = make_elf(), make_elf(name=library)
    elf.needed, other.soname = ["libfoo.so"], soname
    (finding,) = needed(elf, make_wheel(elf, other), Policy("x86_64"))
    assert (finding.rule, finding.condition) == ("wheel.needed.reached", condition)
    assert finding.text.endswith(f"does not lead to {library}")


def test_allowed_library_that_is_not_reached_is_the_systems(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.needed = ["libstdc++.so.6"]
    make_wheel(elf, make_elf(name="docs/libstdc++.so.6"))
    assert kind_of("libstdc++.so.6", elf, Policy("x86_64")) == ALLOWED


@pytest.mark.parametrize(
    ("name", "of_module", "of_program"),
    [("libz.so.1", 1, 1), ("libc.so.6", 0, 1), ("ld-linux-x86-64.so.2", 0, 0)],
)
def test_library_of_the_system_is_looked_for_where_it_is(
    name: str, of_module: int, of_program: int, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    # the C library and its loader are there before any module
    elf = make_elf()
    elf.needed = [name]
    assert list(needed(elf, make_wheel(elf), Policy("x86_64"))) == []
    elf.flags_1 = DF_1_NODEFLIB
    rules = [each.rule for each in needed(elf, make_wheel(elf), Policy("x86_64"))]
    assert rules == ["wheel.needed.reached"] * of_module
    elf.type = ET_EXEC
    rules = [each.rule for each in needed(elf, make_wheel(elf), Policy("x86_64"))]
    assert rules == ["wheel.needed.reached"] * of_program


def test_contained_library_is_reached_without_the_systems_folders(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.needed, elf.runpath, elf.flags_1 = ["libfoo.so"], "$ORIGIN", DF_1_NODEFLIB
    wheel = make_wheel(elf, make_elf(name="project/libfoo.so"))
    assert list(needed(elf, wheel, Policy("x86_64"))) == []


def test_file_that_is_no_elf_file_ends_the_search(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, library = make_elf(), make_elf(name="b/libfoo.so")
    elf.needed, elf.runpath = ["libfoo.so"], "$ORIGIN/../a:$ORIGIN/../b"
    wheel = make_wheel(elf, library)
    wheel.members.append("a/libfoo.so")
    link(wheel)
    (finding,) = needed(elf, wheel, Policy("x86_64"))
    assert finding.text == "finds a/libfoo.so for libfoo.so, which the loader refuses"
    assert not finding.condition


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("libtorch.so", True),
        ("libtorch*", True),
        ("*.so", True),
        ("lib*rch.s*", True),
        ("*", True),
        ("libtorch", False),
        ("libtorch.so.*", False),
        ("*libtorch.so.1", False),
        ("lib*x*.so", False),
    ],
)
def test_star_of_a_pattern_stands_for_anything(pattern: str, fits: bool) -> None:
    assert matches("libtorch.so", pattern) is fits


def test_need_that_the_user_sets_aside_is_a_condition(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, policy = make_elf(), Policy("x86_64")
    elf.needed = ["libtorch.so", "libssl.so.3"]
    policy.provided = [("torch", "libtorch*")]
    first, second = needed(elf, make_wheel(elf), policy)
    assert (first.condition, first.provided) == ("torch supplies libtorch.so", True)
    assert (first.rule, first.member) == ("wheel.needed.allowed", elf.name)
    assert first.evidence == {"library": "libtorch.so", "provided_by": "torch"}
    assert not second.condition


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("libc.so.6", []),
        ("/lib/libc.so.6", ["wheel.needed.no-path"]),
        ("libpython3.12.so.1.0", ["wheel.needed.libpython"]),
        ("libc.so", ["wheel.needed.musl"]),
        ("ld-linux-x86-64.so.2", []),
        ("ld-linux.so.2", ["wheel.needed.loader"]),
        ("libcrypt.so.1", ["wheel.needed.withdrawn"]),
        ("libssl.so.3", ["wheel.needed.allowed"]),
    ],
)
def test_refused_name_holds_at_no_level(
    name: str, rules: list[str], make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.needed = [name]
    found = list(needed(elf, make_wheel(elf), Policy("x86_64")))
    assert [finding.rule for finding in found] == rules
    assert all(finding.min_level == NEVER for finding in found)
    assert all(finding.evidence == {"library": name} for finding in found)


def test_library_is_allowed_from_its_level_on(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    policy = Policy("x86_64")
    policy.additional = {"libnew.so.1": (2, 28)}
    elf = make_elf()
    elf.needed = ["libnew.so.1"]
    (finding,) = needed(elf, make_wheel(elf), policy)
    assert finding.min_level == (2, 28)
    assert finding.text == "needs libnew.so.1, allowed since 2.28"


def test_level_of_pep_599_comes_before_an_added_one() -> None:
    policy = Policy("x86_64")
    policy.additional = {"libc.so.6": (2, 28), "libnew.so.1": (2, 24)}
    assert allowed_from("libc.so.6", policy) == (2, 5)
    assert allowed_from("libnew.so.1", policy) == (2, 24)
    assert allowed_from("libssl.so.3", policy) is None


def test_each_need_is_reported(make_elf: MakeElf, make_wheel: MakeWheel) -> None:
    elf = make_elf()
    elf.needed = ["libssl.so.3", "libc.so.6", "libcrypto.so.3", "libssl.so.3"]
    found = needed(elf, make_wheel(elf), Policy("x86_64"))
    assert [finding.evidence["library"] for finding in found] == [
        "libssl.so.3",
        "libcrypto.so.3",
        "libssl.so.3",
    ]


def test_finding_names_the_file(make_elf: MakeElf, make_wheel: MakeWheel) -> None:
    policy = Policy("x86_64")
    policy.additional = {"libnew.so.1": (2, 28)}
    elf = make_elf()
    elf.needed = ["libssl.so.3", "ld-linux.so.2", "libnew.so.1"]
    found = needed(elf, make_wheel(elf), policy)
    assert [(e.rule, e.member, e.advice, e.evidence) for e in found] == [
        ("wheel.needed.allowed", elf.name, False, {"library": "libssl.so.3"}),
        ("wheel.needed.loader", elf.name, False, {"library": "ld-linux.so.2"}),
        ("wheel.needed.allowed", elf.name, False, {"library": "libnew.so.1"}),
    ]


def test_finding_on_what_is_not_reached_names_file_and_library(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    policy = Policy("x86_64")
    policy.missing = {"libz.so.1": "Alpha Linux"}
    elf = make_elf()
    elf.needed, elf.runpath = ["libz.so.1", "liba.so", "libb.so"], "$ORIGIN/a"
    elf.flags_1 = DF_1_NODEFLIB
    lost = make_elf(name="lost/libb.so")
    lost.type = ET_EXEC
    wheel = make_wheel(elf, lost)
    wheel.members.append("project/a/liba.so")
    link(wheel)
    found = needed(elf, wheel, policy)
    assert [(e.rule, e.member, e.advice, e.evidence["library"]) for e in found] == [
        ("wheel.needed.everywhere", elf.name, True, "libz.so.1"),
        ("wheel.needed.reached", elf.name, False, "libz.so.1"),
        ("wheel.needed.reached", elf.name, False, "liba.so"),
        ("wheel.needed.reached", elf.name, False, "libb.so"),
    ]
