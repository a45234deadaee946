"""Whose a container is: a label by which one that nobody needs any more is known."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def owner() -> str:
    """Return the label by which a container tells whose it is.

    It names the machine, its start, the process and that one's start.
    """
    process = str(os.getpid())
    return ":".join((socket.gethostname(), _boot(), process, _begun(process)))


def is_orphan(label: str, *, running: bool) -> bool:
    """Return whether nobody needs a container any more; others' are not touched."""
    machine, boot, process, begun = [*label.split(":"), "", "", ""][:4]
    if machine != socket.gethostname() or not begun:
        return False
    if boot != _boot():
        # Of this machine before it was started anew, or of another of the same name.
        return not running
    return not _is_alive(process, begun)


def _is_alive(process: str, begun: str) -> bool:
    """Return whether a process lives; numbers are used again, so the start counts."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return _begun(process) in {begun, ""}


def _begun(process: str) -> str:
    """Return when a process began, in ticks since the boot; empty if that is hidden.

    Source: proc(5), field 22 of ``/proc/PID/stat``.
    """
    try:
        facts = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return ""
    return facts.rpartition(")")[2].split()[19]


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
