"""The loader check: real loaders on real files, natively and emulated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from manylinux_conformance.errors import MissingProgramError
from manylinux_conformance.loader import loader_check, trace
from manylinux_conformance.loader.loader_check import loader_unavailable_reason
from manylinux_conformance.loader.loaders import (
    find_emulator,
    find_loader,
    renamed_loader,
)
from manylinux_conformance.loader.trace import Complaint, Message, read_trace
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_fixtures.elf.description import Elf, FileType
from manylinux_fixtures.elf.writer import write_elf

needs_x86_64 = pytest.mark.skipif(
    bool(loader_unavailable_reason("x86_64")),
    reason=loader_unavailable_reason("x86_64"),
)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sysroots")


def complaints(
    elf: Elf, release: tuple[int, int], folder: Path, cache: Path
) -> list[str]:
    """Write a file and return what the loader of its architecture says about it."""
    file = folder / "pkg" / "_ext.so"
    file.parent.mkdir()
    file.write_bytes(write_elf(elf))
    asked = loader_check.loader_check_for(elf.arch, release, cache)
    assert asked is not None
    return [str(message) for message in asked.complaints(file, folder)]


@needs_x86_64
@pytest.mark.parametrize(
    ("imports", "release", "expected"),
    [
        (("memcpy@GLIBC_2.14 from libc.so.6",), (2, 14), []),
        (
            ("memcpy@GLIBC_2.14 from libc.so.6",),
            (2, 13),
            [
                "version not found: GLIBC_2.14 (libc.so.6)",
                "undefined symbol: memcpy (GLIBC_2.14)",
            ],
        ),
        (
            ("__rseq_offset@GLIBC_2.35 from ld-linux-x86-64.so.2",),
            (2, 34),
            [
                "version not found: GLIBC_2.35 (ld-linux-x86-64.so.2)",
                "undefined symbol: __rseq_offset (GLIBC_2.35)",
            ],
        ),
        (("__rseq_offset@GLIBC_2.35 from ld-linux-x86-64.so.2",), (2, 35), []),
        (("pthread_create@GLIBC_2.2.5 from libpthread.so.0",), (2, 36), []),
        (("no_such_function",), (2, 17), ["undefined symbol: no_such_function"]),
        (("weak no_such_function",), (2, 17), []),
        (("PyModule_Create2", "_Py_NoneStruct"), (2, 17), []),
        (("SSL_new@OPENSSL_3.0.0 from libssl.so.3",), (2, 36), ["libssl.so.3"]),
    ],
)
def test_a_file_loads_where_its_needs_are_met(
    imports: tuple[str, ...],
    release: tuple[int, int],
    expected: list[str],
    tmp_path: Path,
    cache: Path,
) -> None:
    found = complaints(Elf(arch="x86_64", imports=imports), release, tmp_path, cache)
    if expected == ["libssl.so.3"]:  # whether or not this machine has the library
        assert found[0] == "library not found: libssl.so.3"
    else:
        assert found == expected


@needs_x86_64
@pytest.mark.parametrize(
    ("needed", "imports", "expected"),
    [
        # The nodes of libstdc++ are known, its symbols are not.
        (("libstdc++.so.6",), ("_Znwm@GLIBCXX_3.4 from libstdc++.so.6",), []),
        (("libX11.so.6",), ("XOpenDisplay",), []),
        # A symbol of glibc is judged even then.
        (("libX11.so.6",), ("arc4random",), ["undefined symbol: arc4random"]),
    ],
)
def test_symbols_of_libraries_without_tables_are_not_judged(
    needed: tuple[str, ...],
    imports: tuple[str, ...],
    expected: list[str],
    tmp_path: Path,
    cache: Path,
) -> None:
    elf = Elf(arch="x86_64", needed=(*needed, "libc.so.6"), imports=imports)
    assert complaints(elf, (2, 17), tmp_path, cache) == expected


@needs_x86_64
def test_a_library_of_the_wheel_is_found_by_its_search_path(
    tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "pkg.libs").mkdir()
    library = Elf(arch="x86_64", soname="libfoo-1.so", imports=(), exports=("foo",))
    (tmp_path / "pkg.libs" / "libfoo-1.so").write_bytes(write_elf(library))
    elf = Elf(
        arch="x86_64",
        needed=("libfoo-1.so", "libc.so.6"),
        runpath="$ORIGIN/../pkg.libs",
        imports=("foo", "undefined_in_both"),
    )
    found = complaints(elf, (2, 17), tmp_path, cache)
    assert found == ["undefined symbol: undefined_in_both"]


@needs_x86_64
def test_a_library_of_the_host_counts_as_missing(tmp_path: Path, cache: Path) -> None:
    """libcrypt.so.1 is on nearly every machine and in no level."""
    elf = Elf(arch="x86_64", needed=("libcrypt.so.1", "libc.so.6"), imports=())
    found = complaints(elf, (2, 17), tmp_path, cache)
    assert found == ["library not found: libcrypt.so.1"]


@needs_x86_64
def test_a_file_of_another_class_is_no_library(tmp_path: Path, cache: Path) -> None:
    asked = loader_check.loader_check_for("x86_64", (2, 17), cache)
    assert asked is not None
    path = tmp_path / "_ext.so"
    path.write_bytes(write_elf(Elf(arch="i686")))
    (message,) = asked.complaints(path, tmp_path)
    assert message.complaint is Complaint.BROKEN
    assert "wrong ELF class" in message.subject
    assert str(tmp_path) not in message.subject


@pytest.mark.parametrize("arch", [arch for arch in ARCHITECTURES if arch != "x86_64"])
def test_each_architecture_has_a_witness(
    arch: str, tmp_path: Path, cache: Path
) -> None:
    if reason := loader_unavailable_reason(arch):
        pytest.skip(reason)
    elf = Elf(
        arch=arch,
        imports=("arc4random@GLIBC_2.36 from libc.so.6",),
        exports=("PyInit__ext",),
    )
    assert complaints(elf, (2, 36), tmp_path, cache) == []
    if arch != "loongarch64":  # its first release is 2.36
        asked = loader_check.loader_check_for(arch, (2, 35), cache)
        assert asked is not None
        first, *_ = asked.complaints(tmp_path / "pkg" / "_ext.so", tmp_path)
        assert str(first) == "version not found: GLIBC_2.36 (libc.so.6)"


@needs_x86_64
def test_a_program_for_its_loader_loads(tmp_path: Path, cache: Path) -> None:
    elf = Elf(arch="x86_64", type=FileType.PIE, imports=())
    assert complaints(elf, (2, 17), tmp_path, cache) == []


@needs_x86_64
def test_a_release_before_the_first_is_answered_by_the_first(cache: Path) -> None:
    asked = loader_check.loader_check_for("x86_64", (2, 1), cache)
    assert asked is not None
    assert asked.release == (2, 5)


def test_a_release_that_nobody_knows_has_no_check(cache: Path) -> None:
    assert loader_check.loader_check_for("x86_64", (9, 9), cache) is None


def test_a_loader_that_crashes_is_a_complaint(tmp_path: Path) -> None:
    crashing = tmp_path / "loader"
    crashing.write_text("#!/bin/sh\nkill -SEGV $$\n")
    crashing.chmod(0o755)
    said = trace.trace([str(crashing)], crashing, tmp_path, emulated=True)
    (message,) = said.messages
    assert message == Message(Complaint.BROKEN, "the loader was ended by SIGSEGV")


def test_an_emulator_is_told_what_its_loader_is_to_know(tmp_path: Path) -> None:
    emulator = tmp_path / "qemu"
    emulator.write_text('#!/bin/sh\necho "$@" | tr " " "\\n" >&2\n')
    emulator.chmod(0o755)
    said = trace.trace([str(emulator), "LOADER"], emulator, tmp_path, emulated=True)
    words = [message.subject for message in said.messages]
    assert words[:2] == ["-E", "LD_TRACE_LOADED_OBJECTS=1"]
    assert "LOADER" in words


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\tlibfoo.so.1 => not found", Message(Complaint.LIBRARY, "libfoo.so.1")),
        (
            "/x/a: /s/libc.so.6: version `GLIBC_2.25' not found (required by /x/a)",
            Message(Complaint.VERSION, "GLIBC_2.25", "libc.so.6", "/x/a"),
        ),
        (
            "undefined symbol: getentropy, version GLIBC_2.25\t(/x/a.so)",
            Message(Complaint.SYMBOL, "getentropy", "GLIBC_2.25", "/x/a.so"),
        ),
        (
            "undefined symbol: exp\t(/x/a.so)",
            Message(Complaint.SYMBOL, "exp", "", "/x/a.so"),
        ),
        (
            (
                "symbol f, version V_1 not defined in file libf.so.1 with link time "
                "reference\t(/x/a.so)"
            ),
            Message(Complaint.SYMBOL, "f", "V_1", "/x/a.so"),
        ),
        (
            "/x/a: error while loading shared libraries: /x/a: ELF file too short",
            Message(
                Complaint.BROKEN,
                "a: error while loading shared libraries: a: ELF file too short",
            ),
        ),
    ],
)
def test_each_message_of_the_loader_is_understood(line: str, message: Message) -> None:
    assert read_trace(f"{line}\n{line}\n").messages == (message,)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\tlinux-vdso.so.1 (0x00007ffd6d5f2000)",
        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f85b0c99000)",
        "\tstatically linked",
        "/x/a.so: /s/libz.so.1: no version information available (required by /x/a.so)",
        "/x/a.so: /s/l.so: weak version `V_1' not found (required by /x/a.so)",
        "warning: copy relocation against non-copyable protected symbol `f' in `l.so'",
    ],
)
def test_what_keeps_nothing_from_loading_is_no_complaint(line: str) -> None:
    assert read_trace(line).messages == ()


def test_what_was_found_is_known_by_name() -> None:
    said = read_trace("\tlibc.so.6 => /s/libc.so.6 (0x00007fc11e93f000)\n")
    assert said.found == {"libc.so.6": "/s/libc.so.6"}


def test_a_machine_without_a_loader_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loader_unavailable_reason.cache_clear()
    monkeypatch.setattr(loader_check, "find_loader", lambda _: None)
    assert "apt-get install libc6-s390x-cross" in loader_unavailable_reason("s390x")
    loader_unavailable_reason.cache_clear()


def test_a_machine_without_an_emulator_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loader_unavailable_reason.cache_clear()
    monkeypatch.setattr(loader_check, "find_loader", lambda _: Path("/bin/true"))
    monkeypatch.setattr(loader_check, "find_emulator", lambda _: None)
    assert "no emulator for s390x" in loader_unavailable_reason("s390x")
    loader_unavailable_reason.cache_clear()


def test_an_emulator_that_cannot_run_the_loader_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "qemu-old"
    old.write_text("#!/bin/sh\nkill -ILL $$\n")
    old.chmod(0o755)
    loader_unavailable_reason.cache_clear()
    monkeypatch.setattr(loader_check, "find_loader", lambda _: Path("/bin/true"))
    monkeypatch.setattr(loader_check, "find_emulator", lambda _: str(old))
    assert "was ended by SIGILL" in loader_unavailable_reason("loongarch64")
    loader_unavailable_reason.cache_clear()


def test_an_unknown_architecture_is_not_run() -> None:
    assert "no loader of an architecture 'vax'" in loader_unavailable_reason("vax")


def test_an_emulator_is_wanted_for_a_foreign_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", {"qemu-s390x": "/opt/qemu-s390x"}.get)
    assert find_emulator("s390x") == "/opt/qemu-s390x"
    assert find_emulator("i686", "x86_64") == ""
    assert find_emulator("x86_64", "aarch64") is None


def test_loaders_that_share_a_name_are_told_apart(tmp_path: Path) -> None:
    """``ld64.so.1`` is the loader of s390x and of big-endian ppc64."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "ld64.so.1").write_bytes(write_elf(Elf(arch="s390x")))
    (tmp_path / "lib64").mkdir()
    (tmp_path / "lib64" / "ld64.so.1").write_bytes(write_elf(Elf(arch="s390x")))
    assert find_loader("s390x", tmp_path) is not None
    assert find_loader("ppc64", tmp_path) is None


def test_a_loader_without_its_name_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "ld.so"
    strange.write_bytes(b"\x7fELF and nothing else")
    with pytest.raises(
        MissingProgramError, match=r"has no SONAME 'ld-linux-x86-64\.so\.2'"
    ):
        renamed_loader("x86_64", strange, tmp_path)


def test_only_the_name_of_a_loader_is_changed(tmp_path: Path) -> None:
    real = tmp_path / "ld.so"
    real.write_bytes(b"\x7fELF\0/lib/ld-linux.so.2\0ld-linux.so.2\0rest")
    renamed = renamed_loader("i686", real, tmp_path)
    assert renamed.read_bytes() == (b"\x7fELF\0/lib/ld-linux.so.2\0LD-linux.so.2\0rest")
    assert renamed_loader("i686", real, tmp_path) == renamed


@needs_x86_64
@pytest.mark.parametrize(
    ("file", "release", "expected"),
    [
        ((FileType.SHARED, "dlopen"), (2, 17), []),
        ((FileType.SHARED, "arc4random"), (2, 17), ["undefined symbol: arc4random"]),
        ((FileType.SHARED, "arc4random"), (2, 36), []),
        ((FileType.PIE, "dlopen"), (2, 17), ["undefined symbol: dlopen"]),
    ],
)
def test_a_module_finds_what_the_interpreter_has_loaded(
    file: tuple[FileType, str],
    release: tuple[int, int],
    expected: list[str],
    tmp_path: Path,
    cache: Path,
) -> None:
    """An extension module need not name a library that is in the process already."""
    kind, symbol = file
    elf = Elf(arch="x86_64", type=kind, needed=(), imports=(symbol,))
    assert complaints(elf, release, tmp_path, cache) == expected
