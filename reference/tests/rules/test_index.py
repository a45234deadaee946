"""What an index sees in a wheel's name alone."""

from __future__ import annotations

import pytest
from manylinux_reference.rules.findings import PROPOSAL, STANDARD
from manylinux_reference.rules.index import has_leading_zeros, name_findings

NON_TAG, LINUX = "index.refuses.non-tag", "index.refuses.linux"
ARCHITECTURE, EMPTY = "index.refuses.architecture", "tag.set.empty-member"
ZEROS = "tag.version.no-leading-zeros"


@pytest.mark.parametrize(
    "platforms",
    [
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64.manylinux_2_17_x86_64",
        "MANYLINUX_2_17_X86_64",
        "manylinux_2_0_x86_64",
        "musllinux_1_2_x86_64",
        "win_amd64.any",
        "linuxish",
    ],
)
def test_nothing_is_said_of_what_an_index_takes(platforms: str) -> None:
    assert list(name_findings(f"p-1-py3-none-{platforms}.whl")) == []


@pytest.mark.parametrize(
    ("platforms", "found"),
    [
        ("manylinux_2_17", [(NON_TAG, PROPOSAL, False)]),
        ("manylinux3_x86_64", [(NON_TAG, PROPOSAL, False)]),
        ("linux_x86_64", [(LINUX, PROPOSAL, False)]),
        ("Linux_x86_64", [(LINUX, PROPOSAL, False)]),
        ("manylinux_2_17_mips64", [(ARCHITECTURE, STANDARD, False)]),
        ("manylinux_02_17_x86_64", [(ZEROS, PROPOSAL, True)]),
        ("manylinux_2_017_x86_64", [(ZEROS, PROPOSAL, True)]),
        ("manylinux_2_17_x86_64..any", [(EMPTY, PROPOSAL, True)]),
        (
            "any.linux_x86_64.manylinux_2_17_mips64.manylinux_x",
            [
                (LINUX, PROPOSAL, False),
                (ARCHITECTURE, STANDARD, False),
                (NON_TAG, PROPOSAL, False),
            ],
        ),
    ],
)
def test_each_member_of_a_set_is_examined(
    platforms: str, found: list[tuple[str, str, bool]]
) -> None:
    said = list(name_findings(f"p-1-py3-none-{platforms}.whl"))
    assert [(each.rule, each.basis, each.advice) for each in said] == found
    assert [each.member for each in said] == [""] * len(found)


def test_the_member_and_its_architecture_are_named() -> None:
    [said] = name_findings("p-1-py3-none-any.Manylinux_2_17_mips64.whl")
    assert "'Manylinux_2_17_mips64' is of mips64" in said.text
    [said] = name_findings("p-1-py3-none-manylinux_2_017_x86_64.any.whl")
    assert "'manylinux_2_017_x86_64'" in said.text
    [said] = name_findings("p-1-py3-none-any.Linux_x86_64.whl")
    assert "'linux_x86_64'" in said.text


@pytest.mark.parametrize(
    ("tag", "has"),
    [
        ("manylinux_2_17_x86_64", False),
        ("manylinux_0_0_x86_64", False),
        ("manylinux_10_20_x86_64", False),
        ("manylinux_2_17_0x86", False),
        ("manylinux_00_1_x86_64", True),
        ("manylinux_1_05_x86_64", True),
    ],
)
def test_a_zero_alone_is_no_leading_one(tag: str, *, has: bool) -> None:
    assert has_leading_zeros(tag) is has
