"""Running a tool's process: bounded in time and output, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Protocol

from manylinux_conformance.errors import DISK_FULL, UnavailableError, is_disk_full

LARGEST_OUTPUT = 16 * 1024 * 1024  # bytes kept of standard output; the rest is dropped
STDERR_TAIL = 16_384  # bytes kept of the end of standard error
LAST_WORDS = 4096  # of which the end says why; uv quotes 5 KB of JSON behind its reason
SAID_NOTHING = "it said nothing"
LONGEST_REPORTED = 200  # characters of a line in a report
CHUNK = 1 << 16
LITTLE_ROOM = 1 << 20  # bytes; less than a tool needs for any question
LEFT_IN_A_PIPE = 1 << 20  # what a pipe can hold at most after its writer ended


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """How a process ended.

    ``status`` is the exit status, negative for a signal, None if it never started.
    ``output`` is standard output up to LARGEST_OUTPUT bytes.
    ``stderr_tail`` is the end of standard error, or why the process did not start.
    """

    status: int | None
    timed_out: bool
    output: bytes
    stderr_tail: str

    @property
    def failure(self) -> str:
        """How the process broke, in words; empty if it ended by itself."""
        if self.status is None:
            return f"cannot be started: {self.stderr_tail}"
        if self.timed_out:
            return "was still running at its time limit"
        if self.status < 0:
            return f"was ended by {signal.Signals(-self.status).name}"
        return ""

    @property
    def last_error(self) -> str:
        """What standard error says last about an error, fit for a report."""
        return last_error(self.stderr_tail)

    @property
    def complaint(self) -> str:
        """The same, or what standard output says last where that is all there is.

        Never empty: a message that breaks off would look like a fault of the suite.
        """
        end = self.output[-STDERR_TAIL:].decode(errors="replace")
        return self.last_error or last_error(end) or SAID_NOTHING

    def after(self, answers: int) -> ProcessResult:
        """Return the same with one line of output: what stands for the next answer."""
        lines = self.output.splitlines()[answers : answers + 1]
        return replace(self, output=b"".join(lines))


def last_error(said: str) -> str:
    """Return the last line about an error, or else the last line, fit for a report."""
    lines = _lines(said[-LAST_WORDS:])
    errors = [line for line in lines if "error" in line.lower()] or [
        line for line in _lines(said) if line.startswith("error:")
    ]
    return fit_for_report((errors or lines or [""])[-1])


def _lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def fit_for_report(said: str) -> str:
    """Return what a tool said as one line, without paths: they differ between runs."""
    line = " ".join(said.split())
    shown = "".join(char if char.isprintable() else "?" for char in line)
    return re.sub(r"\S*/\S*", "...", shown)[:LONGEST_REPORTED]


@dataclass(slots=True)
class Streams:
    """What is kept of standard output and of standard error."""

    output: bytearray = field(default_factory=bytearray)
    stderr_tail: bytearray = field(default_factory=bytearray)

    def take(self, name: str, chunk: bytes) -> None:
        """Keep a chunk of ``output`` or of ``stderr_tail``, within bounds."""
        if name == "output":
            self.output += chunk[: LARGEST_OUTPUT - len(self.output)]
        else:
            self.stderr_tail = (self.stderr_tail + chunk)[-STDERR_TAIL:]


class Run(Protocol):
    """Runs a command: ``run`` on this machine, or its like in a container."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
        questions: bytes = b"",
    ) -> ProcessResult:
        """Run a command in a folder; see ``run``."""


def run(
    command: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    seconds: float,
    questions: bytes = b"",
) -> ProcessResult:
    """Run a command in a folder with exactly these environment variables.

    ``questions`` is its standard input.  The command leads a process group of its
    own; whatever of that group is left at the end, or at the time limit, is killed.
    Raises what ``blame_disk`` raises.
    """
    try:
        with _input(questions) as standard_input:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(variables),
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except OSError as error:
        reason = f"{Path(command[0]).name}: {error.strerror}"
        return ProcessResult(None, timed_out=False, output=b"", stderr_tail=reason)
    streams = Streams()
    with process:
        timed_out = not _follow(process, streams, time.monotonic() + seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
    said = streams.stderr_tail.decode(errors="replace")
    blame_disk(folder, said)
    return ProcessResult(status, timed_out, bytes(streams.output), said)


def blame_disk(folder: Path, said: str) -> None:
    """Raise UnavailableError if a program complains of a disk that is full indeed.

    Otherwise the tool would be blamed for it, or one that only says so spared.
    """
    if is_disk_full(said) and shutil.disk_usage(folder).free < LITTLE_ROOM:
        raise UnavailableError(folder, DISK_FULL)


@contextlib.contextmanager
def _input(questions: bytes) -> Iterator[IO[bytes] | int]:
    if not questions:
        yield subprocess.DEVNULL
        return
    with os.fdopen(os.memfd_create("questions"), "w+b") as file:
        file.write(questions)
        file.seek(0)
        yield file


def _follow(
    process: subprocess.Popen[bytes], streams: Streams, deadline: float
) -> bool:
    """Read both streams until the process has ended; False if the time ran out.

    The process's end counts, not the pipes': a child may hold them open.
    """
    end = os.pidfd_open(process.pid)
    with selectors.DefaultSelector() as waiting:
        waiting.register(end, selectors.EVENT_READ, "end")
        for name, stream in (
            ("output", process.stdout),
            ("stderr_tail", process.stderr),
        ):
            if stream is not None:
                waiting.register(stream, selectors.EVENT_READ, name)
        try:
            while (left := deadline - time.monotonic()) > 0:
                if _take(waiting, streams, left):
                    for _ in range(LEFT_IN_A_PIPE // CHUNK):
                        _take(waiting, streams, 0)
                    return True
            return False
        finally:
            os.close(end)


def _take(waiting: selectors.BaseSelector, streams: Streams, seconds: float) -> bool:
    """Take what the streams hold; return whether the process has ended."""
    ended = False
    for key, _ in waiting.select(seconds):
        if key.data == "end":
            ended = True
            continue
        chunk = os.read(key.fd, CHUNK)
        streams.take(key.data, chunk)
        if not chunk:
            waiting.unregister(key.fileobj)
    return ended
