"""Which loaders take packed relocations, and versions of what is not needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from manylinux_reference.reading.elf.file import DF_1_PIE, Elf, VersionNeed
from manylinux_reference.reading.policy import NEVER, Policy
from manylinux_reference.rules.wheel.versions import (
    is_required,
    library,
    marker,
    relocations,
)

MakeElf = Callable[..., Elf]
MARKER = "GLIBC_ABI_DT_RELR"


def need(node: str, name: str = "libc.so.6", *, weak: bool = False) -> VersionNeed:
    return VersionNeed(name, node, 2, weak=weak)


def test_packed_relocations_are_known_from_2_36_on(make_elf: MakeElf) -> None:
    elf = make_elf()
    assert list(relocations(elf)) == []
    elf.relr = True
    (finding,) = relocations(elf)
    assert (finding.rule, finding.min_level) == ("wheel.relocations.relr", (2, 36))


def test_static_program_relocates_itself(make_elf: MakeElf) -> None:
    elf = make_elf()
    elf.relr, elf.flags_1, elf.needed = True, DF_1_PIE, []
    assert list(relocations(elf)) == []
    elf.needed = ["libc.so.6"]
    assert len(list(relocations(elf))) == 1


@pytest.mark.parametrize(
    ("relr", "nodes", "needed", "accepted"),
    [
        (True, ["GLIBC_2.17"], ["libc.so.6"], False),
        (True, ["GLIBC_2.17"], ["libm.so.6", "libc.so.7"], False),
        (True, ["GLIBC_2.17", MARKER], ["libc.so.6"], True),
        (True, ["GLIBC_2.17"], ["libm.so.6"], True),
        (True, [], ["libc.so.6"], True),
        (False, ["GLIBC_2.17"], ["libc.so.6"], True),
    ],
)
def test_packed_relocations_want_the_marker(
    relr: bool, nodes: list[str], needed: list[str], accepted: bool, make_elf: MakeElf
) -> None:
    elf = make_elf()
    elf.relr, elf.needed, elf.version_needs = relr, needed, list(map(need, nodes))
    levels = [finding.min_level for finding in marker(elf)]
    assert levels == ([] if accepted else [NEVER])


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("libc.so.6", True), ("ld-linux-x86-64.so.2", True), ("libm.so.6", False),
     ("/lib/libc.so.6", False), ("ld-linux.so.2", False)],
)  # fmt: skip
def test_version_is_one_of_a_needed_library(
    name: str, accepted: bool, make_elf: MakeElf
) -> None:
    found = list(library(make_elf(), need("GLIBC_2.17", name), Policy("x86_64")))
    assert (
        [each.rule for each in found] == [] if accepted else ["wheel.versions.needed"]
    )


@pytest.mark.parametrize(
    ("weak", "strong", "required"),
    [(False, False, True), (True, False, False), (True, True, True)],
)
def test_weak_need_counts_for_a_strong_symbol(
    weak: bool, strong: bool, required: bool
) -> None:
    wanted = need("GLIBC_2.99", weak=weak)
    wanted.strong = strong
    assert is_required(wanted) is required
