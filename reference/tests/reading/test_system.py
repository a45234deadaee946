"""Asking the system that the tests run on."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import pytest
from manylinux_reference.reading.system import ask_system, first_bytes_of, read_header


def test_header_of_this_interpreter_has_its_pointer_width() -> None:
    header = read_header(ask_system().interpreter)
    assert header is not None
    assert header.bits == 8 * ctypes.sizeof(ctypes.c_void_p)
    assert header.little_endian == (sys.byteorder == "little")


def test_both_answers_about_glibc_agree_here() -> None:
    answers = ask_system()
    assert answers.opens_main_program
    if answers.confstr is not None:
        assert answers.confstr == f"glibc {answers.gnu_get_libc_version}"


def test_interpreter_that_cannot_be_read_has_no_header(tmp_path: Path) -> None:
    assert first_bytes_of(str(tmp_path / "missing")) == b""


def test_system_without_confstr_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "confstr")
    assert ask_system().confstr is None


def test_unopenable_main_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError("Dynamic loading not supported")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    answers = ask_system()
    assert not answers.opens_main_program
    assert answers.gnu_get_libc_version is None


def test_other_c_library_has_no_such_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    answers = ask_system()
    assert answers.opens_main_program
    assert answers.gnu_get_libc_version is None


def test_interpreter_without_ctypes_still_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert ask_system().opens_main_program
