"""Which promises cover an environment, and what the module takes away."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_reference.rules.installer.eligibility import (
    ARCHITECTURES,
    fits,
    fits_architecture,
    fits_environment,
    fits_glibc,
    is_known,
)
from manylinux_reference.rules.installer.platform import Environment
from manylinux_reference.rules.tags import Version

VERSIONS = st.tuples(st.integers(0, 4), st.integers(0, 120))
HERE = Environment(("x86_64",), "x86_64", (2, 28))


@pytest.mark.parametrize(
    ("version", "host", "expected"),
    [
        ((2, 28), (2, 28), True),
        ((2, 27), (2, 28), True),
        ((2, 29), (2, 28), False),
        ((2, 9), (2, 10), True),  # not compared as text
        ((2, 10), (2, 9), False),
        ((2, 99), (3, 0), True),
        ((3, 0), (2, 99), False),
        ((1, 99), (2, 0), True),
        ((2, 0), (2, 0), True),
        ((0, 0), (2, 5), True),
    ],
)
def test_versions_compare_as_pairs(
    version: Version, host: Version, expected: bool
) -> None:
    assert fits_glibc(version, host) is expected


@given(VERSIONS, VERSIONS)
def test_one_of_two_versions_fits_the_other(one: Version, other: Version) -> None:
    assert fits_glibc(one, other) or fits_glibc(other, one)
    assert (fits_glibc(one, other) and fits_glibc(other, one)) == (one == other)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_what_fits_an_older_glibc_fits_a_newer_one(
    tag: Version, older: Version, newer: Version
) -> None:
    if fits_glibc(tag, older) and fits_glibc(older, newer):
        assert fits_glibc(tag, newer)


@pytest.mark.parametrize("arch", sorted(ARCHITECTURES))
@pytest.mark.parametrize("host", sorted(ARCHITECTURES))
def test_architecture_runs_on_itself_alone(arch: str, host: str) -> None:
    assert fits_architecture(arch, host) == (arch == host)


@pytest.mark.parametrize("arch", ["mips64", "armv8l", "i386", "ppc", "", "sparc64"])
def test_architecture_without_an_abi_fits_nothing(arch: str) -> None:
    assert not is_known(arch)
    assert not fits_architecture(arch, arch)


@pytest.mark.parametrize(
    ("arch", "version"), [("riscv64", (2, 17)), ("aarch64", (2, 0)), ("x86_64", (1, 0))]
)
def test_version_older_than_the_architecture_is_compared(
    arch: str, version: Version
) -> None:
    assert fits_environment((version, arch), Environment((arch,), arch, (2, 36)))


@pytest.mark.parametrize(
    "environment",
    [
        Environment(("x86_64",), "x86_64", None),
        Environment(("x86_64",), "", (2, 28)),
        Environment((), "", None),
    ],
)
def test_nothing_fits_without_glibc_or_architecture(environment: Environment) -> None:
    assert not fits(((2, 5), "x86_64"), environment, None)


@pytest.mark.parametrize("said", [True, False, None])
@pytest.mark.parametrize("version", [(2, 17), (2, 29)])
def test_module_takes_away_and_never_adds(version: Version, *, said: bool) -> None:
    module = ModuleType("_manylinux")
    vars(module)["manylinux_compatible"] = lambda *_: said
    expected = version == (2, 17) and said is not False
    assert fits((version, "x86_64"), HERE, module) == expected


def test_module_is_asked_about_each_tag() -> None:
    module = ModuleType("_manylinux")
    asked: list[tuple[object, ...]] = []
    vars(module)["manylinux_compatible"] = lambda *given: asked.append(given)
    for minor in (5, 17, 28, 29):
        fits(((2, minor), "x86_64"), HERE, module)
    assert asked == [(2, minor, "x86_64") for minor in (5, 17, 28)]
