"""The names of glibc that the reference keeps are those of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.loader.glibc_names import glibc_names as written
from manylinux_reference.reading.glibc_names import PATH, glibc_names, not_listed
from manylinux_spec.input_files import read_bytes


def test_the_file_is_what_is_written() -> None:
    assert read_bytes(Path(PATH)).decode("ascii") == written()


@pytest.mark.parametrize(
    ("arch", "name", "release"),
    [
        ("x86_64", "printf", (2, 5)),
        ("aarch64", "printf", (2, 17)),
        ("ppc64", "printf", (2, 17)),
        ("x86_64", "pow", (2, 5)),
        ("x86_64", "dlopen", (2, 5)),
        ("x86_64", "closefrom", (2, 34)),
        ("loongarch64", "closefrom", (2, 36)),
        ("x86_64", "___tls_get_addr", None),
        ("i686", "___tls_get_addr", (2, 5)),
        ("x86_64", "prinft", None),
        ("x86_64", "__exp_finite", None),
        ("aarch64", "__exp_finite", (2, 17)),
        ("s390x", "xdr_quad_t", None),
    ],
)
def test_a_name_is_there_since_a_release(
    arch: str, name: str, release: tuple[int, int] | None
) -> None:
    # glibc, sysdeps/unix/sysv/linux/*/*.abilist
    assert glibc_names(arch).get(name) == release


@pytest.mark.parametrize(
    ("arch", "name", "node", "listed"),
    [
        ("x86_64", "printf", "GLIBC_2.2.5", True),
        ("x86_64", "printf", "GLIBC_2.17", False),
        ("aarch64", "printf", "GLIBC_2.17", True),
        ("x86_64", "prinft", "GLIBC_2.2.5", False),
        ("x86_64", "memcpy", "GLIBC_2.2.5", True),
        ("x86_64", "memcpy", "GLIBC_2.14", True),
        ("aarch64", "memcpy", "GLIBC_2.17", True),
        ("x86_64", "pthread_create", "GLIBC_2.2.5", True),
        ("x86_64", "pthread_create", "GLIBC_2.34", True),
        ("loongarch64", "pthread_create", "GLIBC_2.34", None),
        ("x86_64", "__tls_get_addr", "GLIBC_2.3", True),
        ("x86_64", "malloc_get_state", "GLIBC_2.2.5", False),
        ("x86_64", "printf", "GLIBC_PRIVATE", None),
        ("x86_64", "printf", "GLIBC_2.99", None),
        ("aarch64", "printf", "GLIBC_2.0", None),
        ("ppc64", "printf", "GLIBC_2.3", True),
        ("ppc64", "prinft", "GLIBC_2.3", False),
        ("x86_64", "__exp_finite", "GLIBC_2.15", True),
    ],
)
def test_a_name_is_listed_under_its_versions(
    arch: str, name: str, node: str, listed: bool | None
) -> None:
    # glibc, sysdeps/unix/sysv/linux/*/*.abilist; None: no name has the version
    left, _ = not_listed(arch, {node: {name}})
    assert left.get(node) == (None if listed is None else set() if listed else {name})


@pytest.mark.parametrize(
    ("name", "libraries"),
    [
        ("timer_create", {"librt.so.1"}),
        ("__b64_ntop", {"libresolv.so.2"}),
        ("printf", set()),
        ("dlopen", set()),
    ],
)
def test_a_name_may_be_in_a_library_that_not_every_process_has(
    name: str, libraries: set[str]
) -> None:
    node = "GLIBC_2.2.5"
    left, elsewhere = not_listed("x86_64", {node: {name}})
    assert left == {node: set()}
    assert elsewhere.get(f"{name}@{node}", set()) == libraries
