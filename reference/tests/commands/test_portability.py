"""``check`` and ``audit`` need nothing that Windows or macOS lack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from manylinux_fixtures.hostile.well_formed import (
    EXTENSION,
    FILENAME,
    well_formed_wheel,
)

# Of POSIX systems, or of Linux alone (Python's library reference).
MODULES = (
    "fcntl", "grp", "posix_ipc", "pty", "pwd", "readline", "resource", "syslog",
    "termios", "tty",
)  # fmt: skip
FUNCTIONS = (
    "chown", "fork", "forkpty", "getuid", "geteuid", "mkfifo", "pread", "preadv",
    "posix_fadvise", "sched_getaffinity", "sendfile", "wait4", "O_CLOEXEC",
    "O_NONBLOCK",
)  # fmt: skip
ELSEWHERE = f"""
import os, signal, sys
for name in {MODULES}:
    sys.modules[name] = None
for name in {FUNCTIONS}:
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGALRM", "SIGHUP", "SIGCHLD", "alarm", "setitimer"):
    if hasattr(signal, name):
        delattr(signal, name)
from manylinux_reference.commands.cli import main
sys.exit(main())
"""


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / FILENAME
    path.write_bytes(well_formed_wheel({EXTENSION: b""}))
    return path


@pytest.mark.parametrize(
    "words", [["check"], ["audit"], ["audit", "--json"], ["check", "--no-hashes"]]
)
def test_command_needs_nothing_of_posix(words: list[str], wheel: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *words, str(wheel)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert FILENAME in done.stdout
    assert done.returncode in (0, 1)
