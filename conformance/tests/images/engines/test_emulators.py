"""Emulators: the handler that the kernel names, and the version it tells."""

from pathlib import Path

import pytest
from manylinux_conformance.images.engines import emulators
from manylinux_conformance.images.engines.emulators import emulator, handler
from manylinux_conformance.platforms.architectures import (
    ARCHITECTURES,
    Architecture,
)

S390X = ARCHITECTURES["s390x"]


@pytest.fixture
def handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder in place of the kernel's."""
    folder = tmp_path / "binfmt_misc"
    folder.mkdir()
    monkeypatch.setattr(emulators, "HANDLERS", folder)
    return folder


def register(handlers: Path, arch: Architecture, says: str) -> Path:
    """Register a handler, in the kernel's own form, for a program that says a text."""
    program = handlers.parent / f"qemu-{arch.emulator}-static"
    program.write_text(says)
    program.chmod(0o755)
    (handlers / f"qemu-{arch.emulator}").write_text(
        f"enabled\ninterpreter {program}\nflags: PF\noffset 0\nmagic 7f454c46\n"
    )
    return program


@pytest.mark.usefixtures("handlers")
def test_architecture_without_a_handler_has_no_emulator() -> None:
    assert handler(S390X) is None
    assert emulator(S390X) == ""


@pytest.mark.parametrize("content", ["", "enabled\n", "disabled\nflags: \n"])
def test_handler_without_a_program_is_none(handlers: Path, content: str) -> None:
    (handlers / "qemu-s390x").write_text(content)
    assert handler(S390X) is None


@pytest.mark.parametrize(
    ("says", "named"),
    [
        (
            "#!/bin/sh\necho 'qemu-s390x version 7.2.22 (Debian 1:7.2+dfsg-7)'",
            "qemu-s390x 7.2.22",
        ),
        ("#!/bin/sh\necho 'qemu-s390x version 10.0'", "qemu-s390x 10.0"),
        ("#!/bin/sh\necho 'something else'", "qemu-s390x"),
        ("#!/nowhere/interpreter\n", "qemu-s390x"),
    ],
)
def test_version_is_what_the_program_says(
    handlers: Path, says: str, named: str
) -> None:
    register(handlers, S390X, says)
    assert emulator(S390X) == named


def test_program_behind_a_link_is_asked_under_its_own_name(handlers: Path) -> None:
    """Debian's handlers name links whose names would make QEMU keep ``argv[0]``."""
    register(handlers, S390X, "")
    real = handlers.parent / "real"
    real.write_text('#!/bin/sh\n[ "${0##*/}" = real ] && echo version 1.2\n')
    real.chmod(0o755)
    (handlers.parent / "link").symlink_to(real)
    (handlers / "qemu-s390x").write_text(f"interpreter {handlers.parent / 'link'}\n")
    assert emulator(S390X) == "qemu-s390x 1.2"
