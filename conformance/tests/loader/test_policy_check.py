"""What a build environment made: judged by the policy data and by the loader apart."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.loader.loader_check import (
    LoaderCheck,
    loader_check_for,
    loader_unavailable_reason,
)
from manylinux_conformance.loader.policy_check import (
    KEPT,
    above_the_policy,
    level_answer,
    libpython,
    needed_libraries,
    why_no_file,
)
from manylinux_conformance.questions.answer import answered
from manylinux_conformance.results.verdicts import Verdict
from manylinux_fixtures.elf.description import Elf
from manylinux_fixtures.elf.writer import write_elf

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)


@pytest.fixture(scope="session")
def level(tmp_path_factory: pytest.TempPathFactory) -> LoaderCheck:
    found = loader_check_for("x86_64", (2, 17), tmp_path_factory.mktemp("judges"))
    assert found is not None
    return found


def elf(*imports: str, **more: object) -> bytes:
    plain = Elf(arch="x86_64", imports=imports)
    return write_elf(msgspec.structs.replace(plain, **more))


def policy(content: bytes, release: tuple[int, int] = (2, 17)) -> list[str]:
    return list(above_the_policy(content, "x86_64", release))


@pytest.mark.parametrize(
    ("imports", "release", "grounds"),
    [
        ("memcpy@GLIBC_2.14 from libc.so.6", (2, 17), []),
        (
            "memcpy@GLIBC_2.14 from libc.so.6",
            (2, 12),
            ["needs GLIBC_2.14 of libc.so.6"],
        ),
        (
            "pow@GLIBC_2.29 from libm.so.6",
            (2, 28),
            ["needs GLIBC_2.29 of libm.so.6"],
        ),
        ("pow@GLIBC_2.29 from libm.so.6", (2, 29), []),
        (
            "__rseq_offset@GLIBC_2.35 from ld-linux-x86-64.so.2",
            (2, 34),
            ["needs GLIBC_2.35 of ld-linux-x86-64.so.2"],
        ),
        ("__rseq_offset@GLIBC_2.35 from ld-linux-x86-64.so.2", (2, 35), []),
        ("_Znwm@GLIBCXX_3.4 from libstdc++.so.6", (2, 17), []),
        (
            "x@GLIBCXX_3.4.26 from libstdc++.so.6",
            (2, 17),
            ["needs GLIBCXX_3.4.26 of libstdc++.so.6"],
        ),
        (
            "SSL_new@OPENSSL_3.0.0 from libssl.so.3",
            (2, 17),
            [
                "needs libssl.so.3, no library of the level",
                "needs OPENSSL_3.0.0 of libssl.so.3",
            ],
        ),
    ],
)
def test_the_policy_names_each_library_and_version_above_the_level(
    imports: str, release: tuple[int, int], grounds: list[str]
) -> None:
    assert policy(elf(imports), release) == grounds


@needs_x86_64
def test_the_loader_alone_sees_a_symbol_that_nobody_has(
    tmp_path: Path, level: LoaderCheck
) -> None:
    content = elf("no_such_function")
    assert policy(content) == []
    file = tmp_path / "extension.so"
    file.write_bytes(content)
    answer = level_answer([file], tmp_path, level)
    assert answer == answered("broken", "undefined symbol: no_such_function")


@needs_x86_64
def test_the_policy_alone_sees_a_version_that_a_librarys_own_file_brings(
    tmp_path: Path, level: LoaderCheck
) -> None:
    """A compiler that links with a library of its own, which lies beside the file."""
    beside = tmp_path / "libown.so"
    beside.write_bytes(elf(soname="libown.so", exports=("own",)))
    file = tmp_path / "extension.so"
    run_path = {"runpath": "$ORIGIN", "needed": ("libown.so", "libc.so.6")}
    file.write_bytes(elf("own", **run_path))
    assert level.complaints(file, tmp_path) == ()
    grounds = "needs libown.so, no library of the level"
    assert level_answer([file], tmp_path, level) == answered("broken", grounds)
    # In a wheel both come together, and the library is the wheel's own.
    assert level_answer([file, beside], tmp_path, level) == answered(KEPT)


@needs_x86_64
def test_only_the_first_grounds_are_told(tmp_path: Path, level: LoaderCheck) -> None:
    file = tmp_path / "extension.so"
    file.write_bytes(elf(*(f"gone_{number}" for number in range(9))))
    answer = level_answer([file], tmp_path, level)
    assert answer.reason.count(";") == 2


@needs_x86_64
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Magic number does not match"),
        (b"\x7fELF", "extension.so is not an ELF file that can be read: "),
        (elf(sections=False), "it has no section headers"),
    ],
)
def test_what_cannot_be_read_is_no_answer(
    content: bytes, reason: str, tmp_path: Path, level: LoaderCheck
) -> None:
    file = tmp_path / "extension.so"
    file.write_bytes(content)
    answer = level_answer([file], tmp_path, level)
    assert answer.outcome is Verdict.ERROR
    assert reason in answer.reason


@needs_x86_64
def test_a_member_of_a_wheel_that_is_too_large_is_not_read(
    tmp_path: Path, level: LoaderCheck
) -> None:
    file = tmp_path / "extension.so"
    with file.open("wb") as stream:
        stream.truncate(65 << 20)
    answer = level_answer([file], tmp_path, level)
    assert answer.reason == "extension.so: wrote more than 67108864 bytes"


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert why_no_file(tmp_path / "pipe") == "wrote something else than a file"
    assert why_no_file(tmp_path / "nothing") == "wrote nothing"
    (tmp_path / "file").touch()
    assert why_no_file(tmp_path / "file") == ""


def test_needed_libraries_stand_in_their_order() -> None:
    names = ("libz.so.1", "libc.so.6", "libm.so.6")
    assert needed_libraries(elf(needed=names)) == list(names)


@pytest.mark.parametrize(
    ("listing", "name"),
    [
        (b"\tlibpython3.9.so.1.0 => not found\n", "libpython3.9.so.1.0"),
        (b"\tlibm.so.6 => /lib/libm.so.6 (0x1)\n\tlibpython3.so => x", "libpython3.so"),
        (b"\tlibc.so.6 => /opt/libpython/libc.so.6 (0x1)\n", ""),
        (b"Python 3.9.1 without libpython\n", ""),
        (b"", ""),
    ],
)
def test_libpython_is_found_in_a_loaders_listing(listing: bytes, name: str) -> None:
    assert libpython(listing) == name
