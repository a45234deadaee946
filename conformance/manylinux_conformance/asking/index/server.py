"""An index of one's own: prepared, started, waited for, and ended with all it began."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from manylinux_conformance.asking.index.client import IndexClient, NoAnswerError
from manylinux_conformance.errors import UnavailableError
from manylinux_conformance.sandbox.process import SAID_NOTHING, last_error, run

PAUSE = 0.05  # seconds between two looks whether a server is ready
TAIL = 4096  # bytes of what a server said that are looked at when it fails
PATIENCE = 10  # seconds in which a server may end by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Startup:
    """What starts an index, and where; each command is empty if it needs none.

    ``prepare`` and ``after`` run to their end, before and after the server is ready;
    ``front`` is a program in front of it.
    ``ready`` are the addresses that answer once the server and what is in front of it
    can be used; ``seconds`` is how long each step may take.
    """

    folder: Path
    variables: Mapping[str, str]
    ready: Sequence[str]
    seconds: float
    prepare: Sequence[str]
    start: Sequence[str]
    front: Sequence[str]
    after: Sequence[str]


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface that nobody uses."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


@contextlib.contextmanager
def started(startup: Startup, client: IndexClient) -> Iterator[None]:
    """Have an index run for as long as the context lasts.

    Raises UnavailableError if it does not come up.
    """
    _finish(startup.prepare, startup)
    with contextlib.ExitStack() as running:
        for number, command in enumerate((startup.start, startup.front)):
            if command:
                said = startup.folder / f"server-{number}.txt"
                process = running.enter_context(_process(command, startup, said))
                end = time.monotonic() + startup.seconds
                while not _is_ready(process, startup.ready[number], client, said):
                    if time.monotonic() > end:
                        reason = f"is not ready after {startup.seconds:.0f} seconds"
                        raise UnavailableError("the index", reason)
                    time.sleep(PAUSE)
        _finish(startup.after, startup)
        yield


def _finish(command: Sequence[str], startup: Startup) -> None:
    if not command:
        return
    ended = run(
        command,
        folder=startup.folder,
        variables=startup.variables,
        seconds=startup.seconds,
    )
    if ended.status != 0:
        reason = ended.failure or ended.complaint
        raise UnavailableError(Path(command[0]).name, f"fails: {reason}")


@contextlib.contextmanager
def _process(
    command: Sequence[str], startup: Startup, said: Path
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        with said.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=startup.folder,
                env=dict(startup.variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        reason = f"cannot be started: {error.strerror}"
        raise UnavailableError(Path(command[0]).name, reason) from error
    with process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and the processes of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _is_ready(
    process: subprocess.Popen[bytes], url: str, client: IndexClient, said: Path
) -> bool:
    """Return whether an address answers with anything but an error of the server's."""
    if process.poll() is not None:
        end = said.read_bytes()[-TAIL:].decode(errors="replace")
        words = last_error(end) or SAID_NOTHING
        raise UnavailableError("the index", f"ends before it is ready: {words}")
    try:
        return client.get(url).status < HTTPStatus.INTERNAL_SERVER_ERROR
    except NoAnswerError:
        return False
