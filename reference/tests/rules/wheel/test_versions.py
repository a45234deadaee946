"""Version needs: which rule speaks, and from which level on they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.reading.elf.file import DF_1_PIE, Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy, Version, architectures
from manylinux_reference.reading.wheel.reader import Wheel
from manylinux_reference.rules.wheel.versions import (
    node_level,
    node_rule,
    provider,
    versions,
)
from tests.exported import exporting

X86_64 = Policy("x86_64")
FOO = {2: "FOO_1", 3: "FOO_2"}  # version nodes by their numbers
POLICIES = {arch: Policy(arch) for arch in architectures()}
MakeElf = Callable[..., Elf]
MakeWheel = Callable[..., Wheel]


def need(node: str, library: str = "libc.so.6", *, weak: bool = False) -> VersionNeed:
    return VersionNeed(library, node, 2, weak=weak)


@pytest.mark.parametrize(
    ("arch", "node", "level"),
    [
        ("x86_64", "GLIBC_2.17", (2, 17)),
        ("x86_64", "GLIBC_2.2.5", (2, 2)),
        ("x86_64", "GLIBC_2.18", (2, 18)),  # between two levels with data
        ("x86_64", "GLIBC_2.29", (2, 29)),
        ("x86_64", "GLIBC_2.19", NEVER),  # no such node on this architecture
        ("s390x", "GLIBC_2.19", (2, 19)),
        ("aarch64", "GLIBC_2.18", (2, 17)),  # CentOS 7 has it
        ("riscv64", "GLIBC_2.44", NEVER),  # known, and no name of that port has it
        ("x86_64", "GLIBC_2.1234567", (2, 1234567)),
        ("riscv64", "GLIBC_2.37", NEVER),  # auditwheel lists it, no system has it
        ("loongarch64", "GCC_4.4.0", NEVER),
        ("x86_64", "GLIBCXX_3.4.20", (2, 24)),
        ("x86_64", "CXXABI_FLOAT128", (2, 24)),
        ("x86_64", "GLIBC_ABI_DT_RELR", (2, 36)),
        ("riscv64", "GLIBC_ABI_DT_RELR", (2, 36)),
        ("x86_64", "GLIBC_ABI_GNU2_TLS", (2, 43)),
        ("aarch64", "GLIBC_ABI_GNU2_TLS", NEVER),
        ("x86_64", "GLIBC_2.45", (2, 45)),  # beyond the data: by comparison
        ("x86_64", "GLIBC_3.0", (3, 0)),
        ("x86_64", "GLIBC_2.45.1", NEVER),
        ("x86_64", "GLIBC_2.045", NEVER),
        ("x86_64", "GLIBC_2.\u0664\u0665", NEVER),
        ("x86_64", "GLIBC_2." + "9" * 9999, NEVER),
        ("x86_64", "GLIBCXX_2.99", NEVER),
        ("x86_64", "GLIBC_2.37", NEVER),  # a hole: of 32-bit architectures alone
        ("i686", "GLIBC_2.37", (2, 37)),
        ("ppc64", "GLIBC_2.2.5", NEVER),  # of 32-bit PowerPC
        ("ppc64", "GLIBC_2.28", (2, 28)),
    ],
)
def test_node_is_known_from_a_level_on(arch: str, node: str, level: Version) -> None:
    assert node_level(node, POLICIES[arch]) == level


@given(
    st.sampled_from([(a, n) for a, policy in POLICIES.items() for n in policy.nodes])
)
def test_level_of_a_node_is_never_newer_than_its_data(known: tuple[str, str]) -> None:
    arch, node = known
    assert node_level(node, POLICIES[arch]) <= POLICIES[arch].nodes[node]


@pytest.mark.parametrize(
    ("library", "node", "rule"),
    [
        ("libc.so.6", "GLIBC_2.17", "listed"),
        ("libc.so.6", "GLIBC_2.2.5", "listed"),
        ("libc.so.6", "GLIBC_PRIVATE", "private"),
        ("ld-linux-x86-64.so.2", "GLIBC_PRIVATE", "private"),
        ("libc.so.6", "GLIBC_ABI_DT_RELR", "dt-relr"),
        ("libc.so.6", "GLIBC_ABI_GNU2_TLS", "abi-markers"),
        ("libstdc++.so.6", "CXXABI_FLOAT128", "named-nodes"),
        ("libstdc++.so.6", "CXXABI_TM_1", "named-nodes"),
        ("libstdc++.so.6", "GLIBCXX_3.4", "listed"),
        ("ld-linux-x86-64.so.2", "GLIBC_2.3", "loader"),
        ("libc.so.6", "OPENSSL_3", "namespace"),
        ("libc.so.6", "", "namespace"),
    ],
)
def test_one_rule_speaks_about_a_node(library: str, node: str, rule: str) -> None:
    assert node_rule(need(node, library), X86_64) == f"wheel.versions.{rule}"


@pytest.mark.parametrize(
    ("node", "level", "text"),
    [
        (
            "GLIBC_2.29",
            (2, 29),
            "GLIBC_2.29 from libc.so.6, listed since 2.29 on x86_64",
        ),
        ("GLIBC_2.19", NEVER, "GLIBC_2.19 from libc.so.6, not listed on x86_64"),
        ("GLIBC_PRIVATE", NEVER, "GLIBC_PRIVATE from libc.so.6, which glibc keeps"),
        ("FOO_1", NEVER, "FOO_1 from libc.so.6, of an unknown namespace"),
    ],
)
def test_need_says_from_which_level_on_it_holds(
    node: str, level: Version, text: str, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.version_needs = [need(node)]
    (finding,) = versions(elf, X86_64)
    assert finding.min_level == level
    assert finding.text.startswith(f"needs {text}")
    assert finding.evidence == {"library": "libc.so.6", "version": node}
    assert finding.symbols == []


def test_symbols_are_evidence(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.version_needs = [need("GLIBC_2.29")]
    elf.version_symbols = {2: ["exp", "pow"], 3: ["log"]}
    (finding,) = versions(elf, X86_64)
    assert finding.evidence["symbol"] == "exp"
    assert finding.symbols == ["exp", "pow"]
    assert finding.text.startswith("needs exp@GLIBC_2.29 from libc.so.6")


def test_weak_need_is_not_insisted_on(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.version_needs = [need("GLIBC_2.99", weak=True)]
    assert list(versions(elf, X86_64)) == []


@pytest.mark.parametrize("library", ["libfoo.so.1", "libssl.so.3"])
def test_node_of_a_contained_or_unknown_library_is_its_own_affair(
    library: str, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf = make_elf()
    elf.version_needs, elf.needed = [need("FOO_1", library)], [library]
    elf.runpath = "$ORIGIN/../project.libs"
    contained = make_elf(name="project.libs/libfoo.so.1")
    contained.versioned = True
    make_wheel(elf, contained)
    assert list(versions(elf, X86_64)) == []


@pytest.mark.parametrize(
    ("arch", "library", "node", "right"),
    [
        ("x86_64", "libc.so.6", "GLIBC_2.2.5", True),
        ("x86_64", "ld-linux-x86-64.so.2", "GLIBC_2.3", True),
        ("x86_64", "libm.so.6", "GLIBCXX_3.4", False),
        ("x86_64", "libm.so.6", "CXXABI_TM_1", False),
        ("x86_64", "libgcc_s.so.1", "GLIBC_2.2.5", False),
        ("i686", "libgcc_s.so.1", "GLIBC_2.0", True),  # both have the node
        ("i686", "libc.so.6", "GLIBC_2.0", True),
        ("aarch64", "libgcc_s.so.1", "GLIBC_2.0", True),
        ("aarch64", "libc.so.6", "GLIBC_2.0", False),  # older than the port
        ("x86_64", "libm.so.6", "GLIBC_2.44", True),
        ("x86_64", "libc.so.6", "GLIBC_2.44", False),  # only libm has names of it
        ("x86_64", "libc.so.6", "FOOBAR_1", True),  # another rule's business
    ],
)
def test_node_is_needed_from_a_library_that_has_it(
    arch: str, library: str, node: str, right: bool
) -> None:
    found = list(provider(Elf("a.so"), need(node, library), POLICIES[arch]))
    assert len(found) == (not right)
    assert all(finding.min_level == NEVER for finding in found)


def test_packed_relocations_hold_from_glibc_2_36_on(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.relr = True
    (finding,) = versions(elf, X86_64)
    assert (finding.rule, finding.min_level) == ("wheel.relocations.relr", (2, 36))


@pytest.mark.parametrize(
    ("arch", "kind", "level"),
    [
        ("x86_64", 33, (2, 18)),
        ("i686", 38, (2, 18)),
        ("riscv64", 58, (2, 33)),
        ("loongarch64", 14, (2, 40)),
        ("x86_64", 37, None),
        ("aarch64", 1032, None),
    ],
)
def test_type_of_relocation_is_one_that_the_loader_applies(
    arch: str, kind: int, level: Version | None, make_elf: MakeElf
) -> None:
    elf = make_elf(arch)
    elf.relocations = {0, kind}
    found = [(each.rule, each.min_level) for each in versions(elf, Policy(arch))]
    assert found == ([("wheel.relocations.types", level)] if level else [])
    assert {each.member for each in versions(elf, Policy(arch))} <= {elf.name}


def test_what_a_loader_would_not_take_names_the_file(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.relr, elf.needed = True, ["libc.so.6"]
    elf.version_needs = [need("GLIBC_2.36"), need("GLIBC_2.2.5", "libm.so.6")]
    found = versions(elf, X86_64)
    assert [(e.rule, e.member, e.evidence.get("library")) for e in found] == [
        ("wheel.relocations.relr", elf.name, None),
        ("wheel.relocations.relr-marker", elf.name, None),
        ("wheel.versions.listed", elf.name, "libc.so.6"),
        ("wheel.versions.needed", elf.name, "libm.so.6"),
        ("wheel.versions.listed", elf.name, "libm.so.6"),
    ]


def test_static_program_relocates_itself(make_elf: MakeElf) -> None:
    elf = make_elf(name="p/tool")
    elf.needed, elf.flags_1, elf.relocations = [], DF_1_PIE, {33}
    assert list(versions(elf, X86_64)) == []


def test_finding_names_the_file_the_library_and_the_node(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.relr, elf.needed = True, ["libm.so.6"]
    elf.version_needs = [need("GLIBCXX_3.4", "libm.so.6")]
    evidence = {"library": "libm.so.6", "version": "GLIBCXX_3.4"}
    found = versions(elf, X86_64)
    assert [(e.rule, e.member, e.advice, e.evidence) for e in found] == [
        ("wheel.relocations.relr", elf.name, False, {}),
        ("wheel.versions.listed", elf.name, False, evidence),
        ("wheel.versions.provider", elf.name, False, evidence),
    ]


@pytest.mark.parametrize(
    ("definitions", "versioned", "refused"),
    [
        (set(), True, False),
        (set(), False, True),  # the loader's own check ends the process
        ({"FOO_1"}, True, False),
        ({"FOO_2"}, True, True),
    ],
)
def test_contained_library_defines_the_version_or_none(
    definitions: set[str], versioned: bool, refused: bool, make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:  # fmt: skip
    elf, library = make_elf(), make_elf(name="project/libfoo.so.1")
    elf.needed, elf.runpath = ["libfoo.so.1"], "$ORIGIN"
    elf.version_needs = [need("FOO_1", "libfoo.so.1")]
    elf.version_needs[0].names = [b"f"]
    library.exported = exporting(b"f")
    library.definitions, library.versioned = definitions, versioned
    make_wheel(elf, library)
    found = list(versions(elf, X86_64))
    assert [each.rule for each in found] == ["wheel.versions.contained"] * refused
    for each in found:
        assert each.member == elf.name
        assert each.evidence == {"library": "libfoo.so.1", "version": "FOO_1"}


@pytest.mark.parametrize(
    ("wanted", "refused"), [([], False), ([b"f"], False), ([b"f", b"g"], True)]
)
def test_contained_library_defines_what_is_needed_under_its_version(
    wanted: list[bytes], refused: bool, make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, library = make_elf(), make_elf(name="project/libfoo.so.1")
    elf.needed, elf.runpath = ["libfoo.so.1"], "$ORIGIN"
    elf.version_needs = [need("FOO_1", "libfoo.so.1")]
    elf.version_needs[0].names = wanted
    library.definitions = {"FOO_1", "FOO_2"}
    library.exported = exporting(b"f", b"g", versions=(2, 3), nodes=FOO)
    make_wheel(elf, library)
    found = list(versions(elf, X86_64))
    text = "needs g@FOO_1 from project/libfoo.so.1, which lacks it"
    assert [each.text for each in found] == [text] * refused
    evidence = {"library": "libfoo.so.1", "version": "FOO_1", "symbol": "g"}
    for each in found:
        assert (each.rule, each.member) == ("wheel.symbols.contained", elf.name)
        assert each.evidence == evidence


def test_symbol_under_a_version_may_be_that_of_a_library_behind(
    make_elf: MakeElf, make_wheel: MakeWheel
) -> None:
    elf, library = make_elf(), make_elf(name="project/libfoo.so.1")
    behind = make_elf(name="project/libbar.so.1")
    for user, other in ((elf, library), (library, behind)):
        user.needed, user.runpath = [other.base_name], "$ORIGIN"
    elf.version_needs = [need("FOO_1", "libfoo.so.1")]
    elf.version_needs[0].names = [b"g"]
    library.definitions, behind.definitions = {"FOO_1"}, {"FOO_1"}
    behind.exported = exporting(b"g", versions=(2,), nodes=FOO)
    make_wheel(elf, library, behind)
    assert list(versions(elf, X86_64)) == []


@pytest.mark.parametrize(
    ("node", "needed", "contained", "refused"),
    [
        ("FOO_1", [], [], True),
        ("GLIBC_2.99", [], [], False),  # the C library is always loaded
        ("CXXABI_9_9", [], [], True),
        ("CXXABI_9_9", ["libstdc++.so.6"], [], False),
        ("CXXABI_9_9", ["libstdc++.so.6"], ["libstdc++.so.6"], True),
        ("FOO_1", ["libstdc++.so.6"], [], True),
    ],
)
def test_symbol_may_be_that_of_a_library_of_the_system_with_such_a_version(
    node: str,
    needed: list[str],
    contained: list[str],
    refused: bool,
    make_elf: MakeElf,
    make_wheel: MakeWheel,
) -> None:
    elf, library = make_elf(), make_elf(name="project/libfoo.so.1")
    elf.needed, elf.runpath = ["libfoo.so.1", *needed], "$ORIGIN"
    elf.version_needs = [need(node, "libfoo.so.1")]
    elf.version_needs[0].names = [b"g"]
    library.definitions = {node}
    others = [make_elf(name=f"project/{name}") for name in contained]
    make_wheel(elf, library, *others)
    found = [each.rule for each in versions(elf, X86_64)]
    assert found == ["wheel.symbols.contained"] * refused
