"""Commands in a container, and the programs that wait for them and feed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# The first process: it waits, and lets the kernel clear away what others leave behind.
WAIT = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    signal.pause()
"""
# An engine cannot end a program's input, so the program opens it as a file.
FEED = """
import os, sys
os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0)
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A command in a container: its folder, all its variables, and its time limit.

    ``standard_input`` is what it reads.
    """

    arguments: Sequence[str]
    folder: Path
    variables: Mapping[str, str]
    seconds: float
    standard_input: bytes = b""
