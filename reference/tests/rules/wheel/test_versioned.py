"""Names under versions of glibc that do not have them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.findings import Finding
from manylinux_reference.rules.wheel.versioned import versioned
from tests.exported import exporting

MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]
OLDEST = "GLIBC_2.2.5"


@pytest.fixture
def asking(make_elf: MakeElf) -> MakeElf:
    """Return a function that describes a file that asks for a name."""

    def describe(name: bytes, node: str = OLDEST, library: str = "libc.so.6") -> Elf:
        elf = make_elf(name="project/_ext.abi3.so")
        elf.needed, elf.runpath = [library], "$ORIGIN"
        need = VersionNeed(library, node, 2, weak=False)
        need.names = [name]
        elf.version_needs = [need]
        return elf

    return describe


def found(wheel: Wheel) -> list[Finding]:
    return list(versioned(wheel, Policy("x86_64")))


@pytest.mark.parametrize(
    ("name", "node", "library", "levels"),
    [
        (b"printf", OLDEST, "libc.so.6", []),
        (b"prinft", OLDEST, "libc.so.6", [NEVER]),
        (b"\xff\n", OLDEST, "libc.so.6", [NEVER]),
        (b"strlcpy", OLDEST, "libc.so.6", [NEVER]),
        (b"strlcpy", "GLIBC_2.38", "libc.so.6", []),
        (b"pow", OLDEST, "libc.so.6", []),
        (b"printf", OLDEST, "libm.so.6", []),
        (b"prinft", OLDEST, "ld-linux-x86-64.so.2", [NEVER]),
        (b"timer_create", OLDEST, "libc.so.6", [(2, 34)]),
        (b"clock_gettime", OLDEST, "libc.so.6", [(2, 17)]),
        (b"__b64_ntop", OLDEST, "libc.so.6", [NEVER]),
        (b"timer_create", OLDEST, "librt.so.1", []),
        (b"printf", "GLIBC_ABI_DT_RELR", "libc.so.6", [NEVER]),
        (b"prinft", "GLIBC_2.99", "libc.so.6", []),
        (b"prinft", "GLIBC_PRIVATE", "libc.so.6", []),
        (b"prinft", OLDEST, "libgcc_s.so.1", []),
        (b"prinft", OLDEST, "libcrypt.so.1", []),
    ],
)
def test_a_name_has_to_be_there_under_its_version(
    name: bytes,
    node: str,
    library: str,
    levels: list[tuple[int, int]],
    asking: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    findings = found(make_wheel(asking(name, node, library)))
    assert [each.min_level for each in findings] == levels
    assert {each.rule for each in findings} <= {"wheel.symbols.versioned"}
    for each in findings:
        assert each.member == "project/_ext.abi3.so"
        shown = name.decode(errors="backslashreplace")
        assert each.evidence == {"library": library, "version": node, "symbol": shown}
        is_late = each.min_level < NEVER
        assert ("libc.so.6 has since" in each.text) is is_late
        assert ("no library of glibc has" in each.text) is not is_late


def test_each_file_is_told_of_and_each_version(
    asking: MakeElf, make_wheel: MakeWheel
) -> None:
    one, foreign, other = (asking(name) for name in (b"prinft", b"printf", b"wirte"))
    foreign.machine = 183
    foreign.name, other.name = "project/foreign.abi3.so", "project/other.abi3.so"
    other.version_needs[0].names = [b"printf", b"wirte", b"raed"]
    second = VersionNeed("libc.so.6", "GLIBC_2.14", 3, weak=False)
    second.names = [b"mempcy"]
    other.version_needs.append(second)
    findings = found(make_wheel(one, foreign, other))
    assert [(each.member, each.evidence["symbol"]) for each in findings] == [
        (one.name, "prinft"),
        (other.name, "raed"),
        (other.name, "mempcy"),
    ]


def test_a_contained_library_that_is_loaded_may_have_the_name(
    asking: MakeElf, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, library = asking(b"prinft"), make_elf(name="project/libfoo.so")
    library.exported = exporting(b"prinft")
    assert len(found(make_wheel(elf, library))) == 1
    elf.needed.append("libfoo.so")
    assert found(make_wheel(elf, library)) == []
    library.exported = exporting(b"prinft", versions=(2,), nodes={2: "FOO_1"})
    assert len(found(make_wheel(elf, library))) == 1


def test_a_contained_library_of_glibcs_name_is_no_business_of_glibc(
    asking: MakeElf, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    wheel = make_wheel(asking(b"prinft"), make_elf(name="project/libc.so.6"))
    assert found(wheel) == []


def test_a_file_of_another_architecture_is_no_business_of_this_one(
    asking: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = asking(b"prinft")
    elf.machine = 183
    assert found(make_wheel(elf)) == []
