"""What wheels are chosen for: this machine, a named target, a described system."""

from __future__ import annotations

import pytest
from manylinux_reference.commands.described_target import (
    described_target,
    system_answers,
)
from manylinux_reference.commands.questions import BadRequestError
from manylinux_reference.commands.target import (
    Target,
    UnknownTargetError,
    named_target,
    running_target,
)
from manylinux_reference.reading.system import SystemAnswers
from manylinux_reference.rules.installer.override import OverrideError
from manylinux_reference.rules.installer.platform import Environment

GLIBC = {"platform": "linux-x86_64", "confstr": "glibc 2.28"}
VETO = "def manylinux_compatible(*a): return False"


@pytest.mark.parametrize(
    ("tag", "environment"),
    [
        ("manylinux_2_28_s390x", Environment((), "s390x", (2, 28))),
        ("manylinux2014_aarch64", Environment((), "aarch64", (2, 17))),
        ("MANYLINUX1_X86_64", Environment((), "x86_64", (2, 5))),
    ],
)
def test_tag_names_a_target(tag: str, environment: Environment) -> None:
    assert named_target(tag) == Target(environment)


@pytest.mark.parametrize("tag", ["win32", "linux", "any", "", "x" * 500])
def test_other_tag_is_not_a_target(tag: str) -> None:
    with pytest.raises(
        UnknownTargetError, match="is not a target such as manylinux_2_28_x86_64"
    ) as refused:
        named_target(tag)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("manylinux2_28_x86_64", "manylinux_2_28_x86_64"),
        ("manylinux_2.17_aarch64", "manylinux_2_17_aarch64"),
        ("manylinux_2_28_amd64", "manylinux_2_28_x86_64"),
        ("manylinux_2_31_arm64", "manylinux_2_31_aarch64"),
        ("manylinux2041_s390x", "manylinux2014_s390x"),
        ("linux-x86_64", "linux_x86_64"),
    ],
)
def test_nearest_target_is_named(typed: str, meant: str) -> None:
    with pytest.raises(UnknownTargetError, match=rf"did you mean {meant}\?$"):
        named_target(typed)


@pytest.mark.parametrize(
    "typed", ["win_amd64", "macosx_11_0_arm64", "manylinux_2_17", "manylinux2014_mips"]
)
def test_no_target_is_named_where_none_is_near(typed: str) -> None:
    with pytest.raises(UnknownTargetError) as refused:
        named_target(typed)
    assert "did you mean" not in str(refused.value)


def test_running_target_is_found_again() -> None:
    assert running_target().environment == running_target().environment


def test_answers_of_a_system_are_read() -> None:
    told = GLIBC | {"interpreter": "7f454c46", "static": True}
    told["pointer_bits"] = 32
    assert system_answers(told) == SystemAnswers(
        platform="linux-x86_64",
        confstr="glibc 2.28",
        static=True,
        interpreter=b"\x7fELF",
        pointer_bits=32,
    )


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (None, "an object with a 'platform'"),
        ([], "an object with a 'platform'"),
        ({}, "an object with a 'platform'"),
        (GLIBC | {"kernel": "6.1"}, "'kernel' is not an answer"),
        (GLIBC | {"confstr": 3}, "'confstr' is not an answer"),
        (GLIBC | {"platform": None}, "'platform' is not an answer"),
        (GLIBC | {"static": 1}, "'static' is not an answer"),
    ],
)
def test_answers_of_another_shape_are_refused(told: object, reason: str) -> None:
    with pytest.raises(BadRequestError, match=reason):
        system_answers(told)


def test_target_decides_and_not_the_system_of_the_tool() -> None:
    target = described_target({"answers": GLIBC, "tool": GLIBC | {"confstr": None}})
    assert target == Target(Environment(("x86_64",), "x86_64", (2, 28)))


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("site-packages", True),
        ("standard-library", True),
        ("pythonpath", False),
        ("working-directory", False),
    ],
)
def test_module_is_found_on_the_targets_own_path(folder: str, found: bool) -> None:
    request = {"module": VETO, "module_at": folder}
    target = described_target({"answers": GLIBC, **request})
    assert (target.module is not None) == found


def test_module_that_breaks_is_an_error() -> None:
    with pytest.raises(OverrideError, match="ZeroDivisionError"):
        described_target({"answers": GLIBC, "module": "1 / 0"})


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"module": VETO, "module_at": "moon"}, "never found at 'moon'"),
        ({"module": 3}, "'module' is not a string"),
        ({"module": VETO, "module_at": None}, "'module_at' is not a string"),
    ],
)
def test_module_elsewhere_is_refused(more: dict[str, object], reason: str) -> None:
    with pytest.raises(BadRequestError, match=reason):
        described_target({"answers": GLIBC, **more})
