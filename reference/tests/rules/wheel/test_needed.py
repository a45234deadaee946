"""Each needed name falls under exactly one rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf import Elf
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.reading.wheel import Wheel
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
def test_name_is_of_one_kind(name: str, kind: str, make_wheel: MakeWheel) -> None:
    assert kind_of(name, make_wheel(), Policy("x86_64")) == kind


@pytest.mark.parametrize("name", ["libssl.so.3", "libpython3.so", "libcrypt.so.1"])
def test_contained_library_is_nobody_elses_business(
    name: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(make_elf(name=f"project.libs/{name}"))
    assert kind_of(name, wheel, Policy("x86_64")) == CONTAINED


def test_library_is_contained_under_its_soname_too(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    library = make_elf(name="project.libs/file-1a2b3c4d.so")
    library.soname = "libssl.so.3"
    wheel = make_wheel(library)
    assert kind_of("libssl.so.3", wheel, Policy("x86_64")) == CONTAINED
    assert kind_of("file-1a2b3c4d.so", wheel, Policy("x86_64")) == CONTAINED


def test_contained_path_is_a_path_still(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(make_elf(name="lib/a.so"))
    assert kind_of("lib/a.so", wheel, Policy("x86_64")) == PATH


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
