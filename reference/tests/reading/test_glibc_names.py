"""Which names glibc has under which versions: its Versions files and libc.abilist."""

from __future__ import annotations

import pytest
from manylinux_reference.reading.glibc_names import glibc_names, not_listed
from manylinux_reference.reading.policy import architectures


@pytest.mark.parametrize(
    ("arch", "first"),
    [
        ("x86_64", {"memcpy": (2, 5), "getrandom": (2, 25), "fmemopen": (2, 5)}),
        ("i686", {"memcpy": (2, 5), "getrandom": (2, 25), "posix_spawn": (2, 5)}),
        ("aarch64", {"memcpy": (2, 17), "getrandom": (2, 25), "fmemopen": (2, 17)}),
        ("ppc64", {"memcpy": (2, 17), "getrandom": (2, 25)}),
        ("armv7l", {"memcpy": (2, 5), "strlcpy": (2, 38), "sin": (2, 5)}),
        ("riscv64", {"memcpy": (2, 27), "strlcpy": (2, 38), "dlopen": (2, 27)}),
        ("loongarch64", {"memcpy": (2, 36), "strlcpy": (2, 38)}),
    ],
)
def test_a_name_is_there_from_its_first_release_on(
    arch: str, first: dict[str, tuple[int, int]]
) -> None:
    # what is older than 2.5, the oldest level, or than the architecture, is that old
    names = glibc_names(arch)
    assert {name: names.get(name) for name in first} == first
    assert "nobody_has_this" not in names
    assert "backtrace_symbols" in names
    assert "td_init" not in names  # of libthread_db, which not every process has


@pytest.mark.parametrize("arch", architectures())
def test_every_architecture_has_the_names_of_every_process(arch: str) -> None:
    names = glibc_names(arch)
    assert {"malloc", "sqrt", "dlsym", "pthread_create", "openpty"} <= set(names)
    assert min(names.values()) >= (2, 5)


@pytest.mark.parametrize(
    ("arch", "asked", "lost", "elsewhere"),
    [
        ("x86_64", {"GLIBC_2.2.5": {"memcpy"}}, {"GLIBC_2.2.5": set()}, {}),
        ("x86_64", {"GLIBC_2.14": {"memcpy"}}, {"GLIBC_2.14": set()}, {}),
        ("x86_64", {"GLIBC_2.17": {"memcpy"}}, {"GLIBC_2.17": {"memcpy"}}, {}),
        ("aarch64", {"GLIBC_2.17": {"memcpy"}}, {"GLIBC_2.17": set()}, {}),
        ("x86_64", {"GLIBC_2.99": {"memcpy"}}, {}, {}),  # which no name has
        ("x86_64", {"OTHER_2.14": {"memcpy"}}, {}, {}),
        ("x86_64", {}, {}, {}),
        (
            "x86_64",
            {"GLIBC_2.2.5": {"res_init", "__res_init", "ns_name_ntop", "dlopen"}},
            {"GLIBC_2.2.5": {"ns_name_ntop", "res_init"}},
            {},
        ),
        (  # of which only the newest lists are known: any version will do
            "ppc64",
            {"GLIBC_2.3": {"memcpy", "aio_read", "none"}, "GLIBC_2.17": {"sin"}},
            {"GLIBC_2.3": {"none"}, "GLIBC_2.17": set()},
            {"aio_read@GLIBC_2.3": {"librt.so.1"}},
        ),
        (
            "x86_64",
            {"GLIBC_2.9": {"ns_name_ntop", "none"}, "GLIBC_2.34": {"ns_name_ntop"}},
            {"GLIBC_2.9": {"none"}, "GLIBC_2.34": set()},
            {"ns_name_ntop@GLIBC_2.9": {"libresolv.so.2"}},
        ),
    ],
)
def test_name_is_in_a_library_under_its_version(
    arch: str,
    asked: dict[str, set[str]],
    lost: dict[str, set[str]],
    elsewhere: dict[str, set[str]],
) -> None:
    assert not_listed(arch, asked) == (lost, elsewhere)
