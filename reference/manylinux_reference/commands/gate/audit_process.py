"""Has each wheel audited in a process of its own, which has limits.

To start Python and import what an audit needs takes longer than to audit a small wheel.
So a process that has done so waits, and forks for each wheel: what a wheel does to the
process that reads it ends with that process.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import resource
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from manylinux_reference.commands.gate.audit import (
    LIMITS,
    AuditFailedError,
    Found,
    found_in,
)
from manylinux_reference.reading.record import BUILT_IN
from manylinux_reference.reading.unusable import UnusableError
from manylinux_reference.rules.findings import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeVar

    from manylinux_reference.commands.gate.settings import Settings

    Entry = TypeVar("Entry")

ROOT = Path(__file__).resolve().parents[3]  # what the package lies in
WAITING = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from manylinux_reference.commands.gate.audit_process import main; "
    "main(sys.argv[2:])"
)
# What audits import when they need it, beside what is imported above.
NEEDED = (
    *("_csv", "binascii", "bisect", "hashlib", "re", "unicodedata", BUILT_IN),
    "zlib_ng.zlib_ng",
    "manylinux_reference.reading.wheel.entry_points",
    "manylinux_reference.reading.wheel.requirement",
)
AT_A_LIMIT = (-signal.SIGXCPU, -signal.SIGALRM)  # SIGKILL comes from elsewhere
GRACE = 1  # seconds between the two limits of processor time: the hard one kills
PATIENCE = 2  # times the processor time may pass on a clock
MEGABYTE = 1024 * 1024
LONGEST_QUESTION = 1 << 14
LONGEST_ANSWER = 1 << 24


class PartOfFile:
    """A range of an open file, to be read like a file of its own."""

    def __init__(self, descriptor: int, start: int, length: int) -> None:
        self.descriptor = descriptor
        self.start = start
        self.length = length

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly these bytes.  Raises UnusableError."""
        size_here = max(0, min(size, self.length - offset))
        data = os.pread(self.descriptor, size_here, self.start + max(0, offset))
        if len(data) != size:
            raise UnusableError(f"ends before byte {offset + size}")
        return data

    def choose(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return all entries: nothing is cheaper to leave out."""
        return entries

    def close(self) -> None:
        """Leave the file open, which belongs to somebody else."""


class Auditors:
    """Processes that wait for wheels; as many as there are processors, twice.

    ``close`` ends them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._idle: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._free = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))

    def found_in(
        self, filename: str, descriptor: int, start: int, size: int
    ) -> list[Found]:
        """Return what is found about the wheel in a part of an open file.

        A wheel that costs more than the settings say is over the limits.
        Raises AuditFailedError.
        """
        question = json.dumps([filename, start, size]).encode()
        with self._free:
            waiting = self._waiting()
            try:
                status, said = waiting.ask(question, descriptor)
            except BaseException:
                waiting.close()
                raise
            self._idle.put(waiting)
        if status in AT_A_LIMIT:
            seconds = self.settings.seconds
            said = f"takes more than {seconds} seconds to audit"
            return [Found(LIMITS, STANDARD, said)]
        if status:
            raise AuditFailedError(f"it ended with status {status}")
        return list(_read(said))

    def _waiting(self) -> _Waiting:
        with contextlib.suppress(queue.Empty):
            while True:
                waiting = self._idle.get_nowait()
                if waiting.process.poll() is None:
                    return waiting
                waiting.close()  # somebody has killed it, as the kernel may
        return _Waiting(self.settings)

    def close(self) -> None:
        """End the processes that wait."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


class _Waiting:
    """A process that waits for wheels, and the socket through which it gets them.

    Raises AuditFailedError if it cannot be started.
    """

    def __init__(self, settings: Settings) -> None:
        limits = (str(settings.seconds), str(settings.megabytes))
        command = (sys.executable, "-I", "-c", WAITING, str(ROOT), *limits)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self.process = subprocess.Popen(
                    [*command, *settings.provided_by],
                    stdin=theirs.fileno(),
                    stderr=subprocess.DEVNULL,  # the gate's own is lines of JSON
                )
            except OSError as error:
                ours.close()
                said = f"no process can be started: {error.strerror}"
                raise AuditFailedError(said) from error
        self.channel = ours

    def ask(self, question: bytes, descriptor: int) -> tuple[int, str]:
        """Return with which status an audit ended and what it wrote."""
        try:
            socket.send_fds(self.channel, [question], [descriptor])
            with self.channel.makefile("rb") as answers:
                status, said = json.loads(answers.readline(LONGEST_ANSWER))
        except (OSError, ValueError) as error:
            raise AuditFailedError("its process has ended") from error
        return int(status), str(said)

    def close(self) -> None:
        """End the process: nobody will ask any more."""
        self.channel.close()
        self.process.terminate()
        self.process.wait()


def _read(said: str) -> Iterator[Found]:
    try:
        for each in json.loads(said):
            yield Found(**{**each, "symbols": tuple(each["symbols"])})
    except (ValueError, TypeError, KeyError) as error:
        raise AuditFailedError("its answer cannot be read") from error


def main(arguments: list[str]) -> None:
    """Fork for each wheel that comes through standard input, until nobody asks."""
    seconds, megabytes, *provided = arguments
    for name in NEEDED:
        with contextlib.suppress(ImportError):  # some are CPython's own
            import_module(name)
    gc.disable()  # an audit makes no garbage in circles
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the gate hears it, and goes
    with socket.socket(fileno=0) as channel:
        while True:
            question, descriptors, *_ = socket.recv_fds(channel, LONGEST_QUESTION, 1)
            if not question:
                return
            reading, writing = os.pipe()
            if (child := os.fork()) == 0:
                channel.close()
                keep_to(int(seconds), int(megabytes))
                _audit(question, descriptors[0], provided, writing)
            os.close(writing)
            os.close(descriptors[0])
            with open(reading, encoding="utf-8") as answer:  # noqa: PTH123 - a pipe
                said = answer.read(LONGEST_ANSWER)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            channel.sendall(json.dumps([status, said]).encode() + b"\n")


def keep_to(seconds: int, megabytes: int) -> None:
    """Have the system end this process at its limits (setrlimit(2), setitimer(2))."""
    for kind, most in (
        (resource.RLIMIT_AS, megabytes * MEGABYTE),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        allowed = resource.getrlimit(kind)[1]
        hard = most + GRACE * (kind == resource.RLIMIT_CPU)
        if allowed != resource.RLIM_INFINITY:
            hard = min(hard, allowed)
        resource.setrlimit(kind, (min(most, hard), hard))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds)


def _audit(
    question: bytes, descriptor: int, provided: Sequence[str], writing: int
) -> None:
    """Write what is found in a wheel, and end this process."""
    status = 1
    try:
        filename, start, size = json.loads(question)
        pairs = [(each.partition(":")[0], each.partition(":")[2]) for each in provided]
        file = PartOfFile(descriptor, start, size)
        found = [asdict(each) for each in found_in(filename, pairs, file)]
        with open(writing, "w", encoding="utf-8") as answer:
            json.dump(found, answer)
        status = 0
    finally:
        os._exit(status)
