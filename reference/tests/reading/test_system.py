"""Asking the system that the tests run on."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from pathlib import Path

import pytest
from manylinux_reference.reading import system
from manylinux_reference.reading.system import (
    InterpreterHeader,
    ask_system,
    first_bytes_of,
    is_static,
    read_header,
)


def test_header_of_this_interpreter_has_its_pointer_width() -> None:
    header = read_header(ask_system().interpreter)
    assert header is not None
    assert header.bits == 8 * ctypes.sizeof(ctypes.c_void_p)
    assert header.little_endian == (sys.byteorder == "little")


def test_both_answers_about_glibc_agree_here() -> None:
    answers = ask_system()
    assert not answers.static
    if answers.confstr is not None:
        assert answers.confstr == f"glibc {answers.gnu_get_libc_version}"


def test_interpreter_that_cannot_be_read_has_no_header(tmp_path: Path) -> None:
    assert first_bytes_of(str(tmp_path / "missing")) == b""


def test_system_without_confstr_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "confstr")
    assert ask_system().confstr is None


def test_unopenable_main_program_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise OSError("Dynamic loading not supported")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    assert ask_system().gnu_get_libc_version is None


def test_other_c_library_has_no_such_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert ask_system().gnu_get_libc_version is None


def test_interpreter_without_ctypes_still_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert ask_system().gnu_get_libc_version is None


def segments(bits: int, order: str, *types: int, entry: int = 0) -> bytes:
    """Return an ELF header and program headers of some types behind it."""
    size, wide = {32: (32, 52), 64: (56, 64)}[bits]
    ident = b"\x7fELF" + bytes([bits // 32, {"<": 1, ">": 2}[order], 1]) + bytes(9)
    words = "QQQ" if bits == 64 else "III"
    fields = (2, 40, 1, 0, wide, 0, 0, wide, entry or size, len(types), 0, 0, 0)
    packed = ident + struct.pack(f"{order}HHI{words}I6H", *fields)
    return packed + b"".join(
        struct.pack(f"{order}I", type_).ljust(size, b"\0") for type_ in types
    )


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_static_program_has_segments_and_none_names_a_loader(
    bits: int, order: str
) -> None:
    assert is_static(segments(bits, order, 1, 2))
    assert not is_static(segments(bits, order, 1, 2, 3))
    assert not is_static(segments(bits, order, 3, 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!/bin/sh",
        segments(64, "<"),
        segments(64, "<", 1, 2)[:-1],
        segments(64, "<", 1, 2, entry=32),
    ],
)
def test_nothing_is_concluded_from_what_cannot_be_read(data: bytes) -> None:
    assert not is_static(data)


def header(bits: int, order: str, size: int = 64) -> bytes:
    """Return an ELF header of machine 40 with distinct bytes in its flags."""
    ident = b"\x7fELF" + bytes([bits // 32, {"<": 1, ">": 2}[order], 1]) + bytes(9)
    words = "3Q" if bits == 64 else "3I"
    fields = struct.pack(f"{order}2HI{words}I", 2, 40, 1, 7, 8, 9, 0x01020304)
    return (ident + fields).ljust(size, b"\0")[:size]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_header_says_class_order_machine_and_flags(bits: int, order: str) -> None:
    assert read_header(header(bits, order)) == InterpreterHeader(
        bits=bits, little_endian=order == "<", machine=40, flags=0x01020304
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        header(64, "<", 51),
        b"\x7fELG" + header(64, "<")[4:],
        b"\x7fELF\0" + header(64, "<")[5:],
        b"\x7fELF\3" + header(64, "<")[5:],
        b"\x7fELF\2\0" + header(64, "<")[6:],
        b"\x7fELF\2\3" + header(64, "<")[6:],
    ],
)
def test_what_is_no_elf_file_has_no_header(data: bytes) -> None:
    assert read_header(data) is None


def test_shortest_header_is_one_of_32_bits() -> None:
    assert read_header(header(32, "<", 52)) is not None


def test_first_bytes_are_those_of_headers(tmp_path: Path) -> None:
    path = tmp_path / "python"
    path.write_bytes(bytes(range(256)) * 17)
    assert first_bytes_of(str(path)) == bytes(range(256)) * 16


def test_platform_and_interpreter_are_those_of_this_python() -> None:
    answers = ask_system()
    assert answers.platform == sysconfig.get_platform()
    assert answers.interpreter == Path(sys.executable).read_bytes()[:4096]


def test_confstr_is_asked_for_the_version_of_glibc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"CS_GNU_LIBC_VERSION": "glibc 9.9"}
    monkeypatch.setattr(os, "confstr", answers.__getitem__)
    assert ask_system().confstr == "glibc 9.9"


@pytest.mark.parametrize("error", [OSError, ValueError])
def test_confstr_that_fails_answers_nothing(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def refuse(_: str) -> str:
        raise error

    monkeypatch.setattr(os, "confstr", refuse)
    assert ask_system().confstr is None


@pytest.mark.parametrize(
    ("answer", "version"), [(b"2.36", "2.36"), (b"2.\xff", "2.\ufffd"), (None, None)]
)
def test_library_answers_with_its_version(
    monkeypatch: pytest.MonkeyPatch, answer: bytes | None, version: str | None
) -> None:
    class Function:
        restype: object = None

        def __call__(self) -> bytes | None:
            assert self.restype is ctypes.c_char_p
            return answer

    class Program:
        gnu_get_libc_version = Function()

    def opened(name: None) -> Program:
        assert name is None
        return Program()

    monkeypatch.setattr(ctypes, "CDLL", opened)
    assert ask_system().gnu_get_libc_version == version


@pytest.mark.parametrize("executable", [None, "", "/nowhere/python", "a\0b"])
def test_interpreter_that_does_not_know_its_file_is_the_running_program(
    executable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    assert ask_system().interpreter == Path("/proc/self/exe").read_bytes()[:4096]


def test_script_that_starts_the_interpreter_is_not_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text('#!/bin/sh\nexec python3 "$@"\n' + "#" * 64)
    monkeypatch.setattr(sys, "executable", str(script))
    assert ask_system().interpreter == Path("/proc/self/exe").read_bytes()[:4096]


def test_launcher_of_another_width_is_not_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = tmp_path / "python"
    launcher.write_bytes(header(32 if sys.maxsize > 2**32 else 64, "<"))
    monkeypatch.setattr(sys, "executable", str(launcher))
    assert ask_system().interpreter == Path("/proc/self/exe").read_bytes()[:4096]


def test_nothing_is_known_of_an_interpreter_without_any_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "")
    monkeypatch.setattr(system, "RUNNING_PROGRAM", "/nowhere/exe")
    answers = ask_system()
    assert answers.interpreter == b""
    assert answers.pointer_bits == 8 * ctypes.sizeof(ctypes.c_void_p)


@pytest.mark.parametrize(("largest", "bits"), [(2**31 - 1, 32), (2**63 - 1, 64)])
def test_process_tells_its_own_width(
    largest: int, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "maxsize", largest)
    assert ask_system().pointer_bits == bits


def test_musl_loader_is_started_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader, python = tmp_path / "ld-musl-x86_64.so.1", tmp_path / "python"
    loader.write_text("#!/bin/sh\necho 'musl libc (x86_64)\nVersion 1.2.5' >&2; exit 1")
    loader.chmod(0o755)
    start = Path(sys.executable).read_bytes()[:64]
    python.write_bytes(start + b"\0" + bytes(loader) + b"\0")
    monkeypatch.setattr(sys, "executable", str(python))
    assert ask_system().musl.splitlines() == ["musl libc (x86_64)", "Version 1.2.5"]
    loader.unlink()
    assert ask_system().musl == ""
