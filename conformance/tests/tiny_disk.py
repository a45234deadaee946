"""Commands of the suite that see a tiny disk, or none at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FULL = "the disk is full"
DEAD = ("http://127.0.0.1:9", "https://nowhere.invalid")  # closed, and unknown
# The file system goes with the process, however that ends; see mount_namespaces(7).
ON_A_TINY_DISK = 'mount -t tmpfs -o "size=$1" tiny "$2" && shift 2 && exec "$@"'


def suite(*arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name("manylinux-conformance")), *arguments)


def on_tiny_disk(
    folder: Path, size: str, command: Sequence[str], variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command that sees an empty disk of some size in the place of a folder."""
    own = () if os.getuid() == 0 else ("--user", "--map-root-user")
    wrapped = ("unshare", *own, "--mount", "sh", "-c", ON_A_TINY_DISK, "sh", size)
    return run([*wrapped, str(folder), *command], variables)


def run(
    command: Sequence[str], variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command with some more variables."""
    return subprocess.run(
        command,
        env={**os.environ, "COLUMNS": "300", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def called(said: subprocess.CompletedProcess[str], words: str) -> str:
    """Return what was said: words for a person, and never a traceback."""
    everything = said.stdout + said.stderr
    assert words in everything, everything
    assert "Traceback" not in everything
    assert len(everything) < 4000
    assert said.returncode in {1, 3}
    return everything
