"""What is known about glibc's exports, against Zig's stubs and installed libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manylinux_conformance.errors import InvariantError, MissingProgramError
from manylinux_conformance.loader import installed_glibc
from manylinux_conformance.loader.glibc_exports import (
    decode,
    glibc_exports,
)
from manylinux_conformance.loader.installed_glibc import (
    installed_exports,
    library_exports,
)
from manylinux_conformance.platforms.architectures import ARCHITECTURES

# One library "c", versions 2.0 and 2.2.5, one target, a function and an object.
SMALL = (
    b"\x01c\0" + b"\x02\x02\x00\x00\x02\x02\x05" + b"\x01x86_64-linux-gnu\0"
    b"\x01\x00open\0\x01\x80\x81" + b"\x01\x00environ\0\x01\x08\x80\x80" + b"\x00\x00"
)


def test_a_small_file_is_read_to_its_last_entry() -> None:
    exports = decode(SMALL).of("x86_64")
    assert [(each.library, each.symbol, each.node, each.size) for each in exports] == [
        ("c", "open", "GLIBC_2.2.5", 0),
        ("c", "environ", "GLIBC_2.0", 8),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SMALL[:-1], "ends too early"),
        (SMALL[:20], "not found"),
        (SMALL + b"\0", "1 bytes follow"),
        (SMALL.replace(b"open\0\x01\x80", b"open\0\x01\x85"), "no library 5"),
        (SMALL.replace(b"\x01\x80\x81", b"\x01\x80\x87"), "no version 7"),
        (SMALL.replace(b"open\0\x01", b"open\0" + b"\xff" * 12), "more than 64 bits"),
    ],
)
def test_a_damaged_file_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        decode(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        decode(content)
    except ValueError:
        return
    assert content, "an empty file has been read"


def test_a_missing_ziglang_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    glibc_exports.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingProgramError, match="ziglang: is not installed; run: "):
        glibc_exports()
    glibc_exports.cache_clear()


def test_a_damaged_ziglang_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    glibc_exports.cache_clear()
    folder = tmp_path / "lib" / "libc" / "glibc"
    folder.mkdir(parents=True)
    (folder / "abilists").write_bytes(b"\x01c")
    spec = type("Spec", (), {"origin": str(tmp_path / "__init__.py")})
    monkeypatch.setattr("importlib.util.find_spec", lambda _: spec)
    with pytest.raises(InvariantError, match="not an abilists file"):
        glibc_exports()
    glibc_exports.cache_clear()


@pytest.mark.parametrize("arch", sorted(ARCHITECTURES.keys() - {"ppc64"}))
def test_every_architecture_has_memcpy_in_its_c_library(arch: str) -> None:
    exports = glibc_exports().of(arch)
    assert any((each.library, each.symbol) == ("c", "memcpy") for each in exports)


def test_an_architecture_that_zig_leaves_out_is_not_described() -> None:
    assert not glibc_exports().describes("ppc64")
    with pytest.raises(ValueError, match="not in tuple"):
        glibc_exports().of("ppc64")


def test_an_architecture_without_libraries_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed_exports.cache_clear()
    monkeypatch.setattr(installed_glibc, "find_loader", lambda _: None)
    with pytest.raises(MissingProgramError, match="apt-get install libc6-ppc64-cross"):
        installed_exports("ppc64")
    installed_exports.cache_clear()


@pytest.mark.parametrize(
    ("content", "reason"), [(b"no library", "not an ELF file"), (None, "No such file")]
)
def test_a_file_that_is_no_library_is_refused(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "libc.so.6"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MissingProgramError, match=reason):
        list(library_exports("c", path))
