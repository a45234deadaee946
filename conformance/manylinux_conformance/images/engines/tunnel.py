"""Tunnels: the engine of a machine that is reached by SSH, as a socket of this one.

The user's own ``ssh`` makes the connection: their keys, agent and settings count.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from manylinux_fixtures.files.temporary_folder import temporary_folder

from manylinux_conformance.errors import EngineError, InputError, MissingProgramError

ENGINE = "/var/run/docker.sock"  # on the other machine
INSTALL = "apt-get install openssh-client"
CONNECT_TIMEOUT = 30  # seconds until the other machine has answered
PAUSE = 0.05  # seconds between two looks
OPTIONS = (
    "-nNT",
    "-oBatchMode=yes",  # nobody is there to answer questions
    "-oExitOnForwardFailure=yes",
    "-oServerAliveInterval=30",
)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A running ``ssh`` and the folder of its socket, which ``held`` removes."""

    process: subprocess.Popen[bytes]
    folder: Path
    held: contextlib.ExitStack

    @property
    def socket(self) -> Path:
        """Return this machine's end."""
        return self.folder / "docker.sock"

    @property
    def said(self) -> Path:
        """Return the file of what ``ssh`` says."""
        return self.folder / "said"

    def close(self) -> None:
        """End the connection and leave nothing of it."""
        self.process.terminate()
        self.process.wait()
        self.held.close()


def open_tunnel(address: str) -> Tunnel:
    """Return a tunnel to an ``ssh://`` engine, once it leads there.

    A path in the address is the engine's socket on the other machine.
    Raises InputError for an address that names no machine, MissingProgramError without
    ``ssh``, and EngineError with what it says if it does not get there.
    """
    destination = _destination(address)
    program = shutil.which("ssh")
    if program is None:
        raise MissingProgramError("ssh", "is not installed", INSTALL)
    held = contextlib.ExitStack()
    folder = held.enter_context(temporary_folder())
    socket = f"-L{folder / 'docker.sock'}:{urlsplit(address).path or ENGINE}"
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [program, *OPTIONS, socket, *destination],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # Ctrl-C is for the suite, which has to tidy up
        )
    opened = Tunnel(process, folder, held)
    if reason := _failure_reason(opened):
        opened.close()
        raise EngineError(address, reason)
    return opened


def _failure_reason(opened: Tunnel) -> str:
    """Wait for this machine's end; return why it does not come, empty if it does."""
    deadline = time.monotonic() + CONNECT_TIMEOUT
    while not opened.socket.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            opened.process.wait(PAUSE)
            said = opened.said.read_text(errors="replace").strip()
            return said.splitlines()[-1].strip() if said else "ssh ended"
        if time.monotonic() > deadline:
            return f"no connection within {CONNECT_TIMEOUT} seconds"
    return ""


def _destination(address: str) -> list[str]:
    """Return user, port and machine as arguments; none of them can be an option."""
    try:
        parts = urlsplit(address)
        port = [f"-p{parts.port}"] if parts.port else []
    except ValueError as error:
        raise InputError(address, str(error)) from error
    if not parts.hostname:
        raise InputError(address, "names no machine")
    user = [f"-l{parts.username}"] if parts.username else []
    return [*user, *port, "--", parts.hostname]
