"""``explain``: what a tag promises, where it works, who knows it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("manylinux_2_28_x86_64", "Linux for x86_64 with glibc 2.28 or newer"),
        ("manylinux_2_28_x86_64", "debian-10 (glibc 2.28)"),
        ("manylinux_2_28_x86_64", "known by: pip since 20.3"),
        ("manylinux_2_28_x86_64", "build images: manylinux_2_28"),
        ("manylinux2014_aarch64", "another name: manylinux_2_17_aarch64"),
        ("manylinux2014_aarch64", "known by: pip since 19.3"),
        ("manylinux_2_17_aarch64", "another name: manylinux2014_aarch64"),
        ("manylinux_2_17_aarch64", "known by: pip since 20.3"),
        ("manylinux_2_99_x86_64", "no surveyed system has so new a glibc"),
        ("manylinux_2_41_riscv64", "riscv64 is known, of those asked, to: "),
        ("manylinux_2_41_riscv64", "riscv64 is not known, of those asked, to: pex"),
        ("manylinux_2_17_sparc", "sparc is no architecture that tags name"),
    ],
)
def test_tag_is_explained(tag: str, said: str) -> None:
    result = CliRunner().invoke(main, ["explain", tag])
    assert result.exit_code == 0
    assert said in result.output


@pytest.mark.parametrize(
    "tag",
    ["", "musllinux_1_2_x86_64", "manylinux_2_17", "win32", "manylinux_\uff12_17_x"],
)
def test_what_is_no_manylinux_tag_is_said(tag: str) -> None:
    result = CliRunner().invoke(main, ["explain", tag])
    assert result.exit_code == 2
    assert "is no manylinux tag" in result.output


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("musllinux_1_2_x86_64", "it is for systems with musl"),
        ("macosx_11_0_arm64", "it is for macOS"),
        ("win_amd64", "it is for Windows"),
        ("linux_x86_64", "promises nothing beyond the machine"),
        ("any", "has no compiled part"),
        ("p-1-py3-none-any.whl", "`manylinux fits` says"),
        ("manylinux", "such as manylinux_2_28_x86_64"),
    ],
)
def test_what_it_is_instead_is_said(tag: str, said: str) -> None:
    assert said in CliRunner().invoke(main, ["explain", tag]).output


def test_each_tag_of_a_set_is_explained_whatever_its_case() -> None:
    tags = "manylinux_2_17_x86_64.Manylinux2014_aarch64"
    output = CliRunner().invoke(main, ["explain", tags]).output
    assert "manylinux_2_17_x86_64: runs on" in output
    assert "manylinux2014_aarch64: runs on" in output
