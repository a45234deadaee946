"""The names of glibc that the reference keeps are those of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from manylinux_conformance.loader.glibc_names import glibc_names as written
from manylinux_reference.reading.glibc_names import PATH, glibc_names
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
    ],
)
def test_a_name_is_there_since_a_release(
    arch: str, name: str, release: tuple[int, int] | None
) -> None:
    # glibc, sysdeps/unix/sysv/linux/*/*.abilist
    assert glibc_names(arch).get(name) == release
