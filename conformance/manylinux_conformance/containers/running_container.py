"""A running container: one tool's place on one platform, without a way out."""

from __future__ import annotations

import contextlib
import functools
import signal
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker.errors

from manylinux_conformance.containers.file_transfer import ParcelError
from manylinux_conformance.containers.files import (
    ContainerFiles,
    CopiedFiles,
    SharedFiles,
    container_user,
)
from manylinux_conformance.containers.live_containers import LiveContainers, owner
from manylinux_conformance.containers.timing import Spent
from manylinux_conformance.errors import InputError, UnavailableError
from manylinux_conformance.images.engine import LABEL, TROUBLE, Engine, translated
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.sandbox import simple_index
from manylinux_conformance.sandbox.process import Ended, Streams, fit_for_report
from manylinux_conformance.sandbox.simple_index import Served

MEMORY = "1g"  # with no swap on top; the largest tool needs a third, emulated
PROCESSES = 256
INDEX_PORT = 8080  # of the container's own loopback interface
TEMPORARY = {"/tmp": "size=64m"}  # noqa: S108 - the container's own
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
SLOWER = 5  # how much longer an emulated program may take
BY_SIGNAL = 128  # an engine adds the number of the signal to it
SETTLING = 5  # seconds for the engine to notice that a program has ended
DYING = 0.5  # seconds between a program's end and its container's, at most
PAUSE = 0.01  # seconds between two looks
DOCTOR = "see 'manylinux-conformance platforms doctor'"
# QEMU's own last words; see linux-user/signal.c.
QEMU_DIED = ("qemu: uncaught target signal", "qemu: unhandled")


class LostError(UnavailableError):
    """A container is gone, or its emulator broke: never the tool's fault."""

    def __init__(self, reason: str) -> None:
        super().__init__("container", reason)


@dataclass
class RunningContainer:
    """A container and the commands in it.

    ``readable`` are folders that it may read, ``writable`` the one that it may change;
    each has the same path inside.  ``shared``: its engine can mount them.
    ``entrypoint`` stands before every command.
    """

    engine: Engine
    container: Container
    readable: Sequence[Path]
    writable: Path
    emulated: bool
    spent: Spent
    live: LiveContainers
    shared: bool = True
    entrypoint: Sequence[str] = ()
    python: str = ""
    _id: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @functools.cached_property
    def files(self) -> ContainerFiles:
        """The files of this machine that its programs use."""
        if self.shared:
            return SharedFiles(self.readable, self.writable)
        return CopiedFiles(self.engine, self.readable, self.writable)

    def start(self) -> None:
        """Start the container with the first of its interpreters that exists.

        Raises InputError if its image has none or the engine refuses.
        """
        reason = "its catalogue entry names no interpreter"
        for python in self.container.release.interpreters:
            with self.spent.on("start-up"):
                try:
                    self._start(python)
                except InputError as error:
                    self.stop()
                    reason = error.reason
                else:
                    self.python = python
                    return
        if "no such file" in reason:
            tried = ", ".join(self.container.release.interpreters)
            reason = f"the image has no Python at {tried}"
        raise InputError(self.container.name, reason)

    def stop(self) -> None:
        """Remove the container, whatever runs in it."""
        with self._lock:
            gone, self._id = self._id, ""
        if gone:
            self.live.remove(gone)

    @contextlib.contextmanager
    def serve(self, links: Path) -> Iterator[Served]:
        """Have a command serve wheels to itself: nobody else can reach a container."""
        command = (self.python, simple_index.__file__, str(links), str(INDEX_PORT))
        yield Served(f"http://127.0.0.1:{INDEX_PORT}/simple/", command)

    def run(  # noqa: PLR0913 - one argument per fact
        self,
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
        questions: bytes = b"",
        counted_as: str = "tool",
    ) -> Ended:
        """Run a command in the container, as ``running.run`` does on this machine.

        Its time is ``counted_as`` that kind of work.
        At its time limit the container is removed; the next run starts a new one.
        Raises LostError if the container or the emulator broke.
        """
        if not self._id:
            self.start()
        command = [*self.entrypoint, *command]
        if questions:
            file = folder / ".questions"
            file.write_bytes(questions)
            command = [self.python, "-S", "-c", FEED, str(file), *command]
        try:
            self.files.send(self._id, folder.parent)
            with self.spent.on(counted_as):
                ended = self._exec(command, folder, variables, self._limit(seconds))
            if not ended.timed_out:
                self.files.fetch(self._id, folder.parent)
                self._end_what_is_left()
        except TROUBLE as error:
            raise self._lost(error) from error
        except ParcelError as error:
            raise LostError(f"what it left cannot be brought back: {error}") from error
        self._blame_emulator(ended)
        return ended

    def _end_what_is_left(self) -> None:
        """Remove the container if a command left processes behind in it.

        An engine whose machine has no ``ps`` cannot tell; then they stay until the end.
        """
        with contextlib.suppress(*TROUBLE):
            if len(self.engine.client.api.top(self._id)["Processes"] or ()) > 1:
                self.stop()

    def _limit(self, seconds: float) -> float:
        return seconds * SLOWER if self.emulated else seconds

    def _start(self, python: str) -> None:
        if self.live.ended:
            raise InputError(self.container.name, "the run is being ended")
        api = self.engine.client.api
        with translated(self.container.name):
            self._id = api.create_container(
                image=self.container.image,
                platform=self.container.arch.platform,
                name=f"{LABEL}-{uuid.uuid4().hex[:12]}",
                entrypoint=[python, "-S", "-c", WAIT],
                command=[],
                user=":".join(map(str, container_user())),
                labels={LABEL: owner()},
                host_config=self._confinement(),
            )["Id"]
            self.live.add(self.engine, self._id)
            api.start(self._id)

    def _confinement(self) -> Any:  # noqa: ANN401 - docker ships no types
        return self.engine.client.api.create_host_config(
            cap_drop=["ALL"],
            mem_limit=MEMORY,
            memswap_limit=MEMORY,
            mounts=self.files.mounts(),
            network_mode="none",
            pids_limit=PROCESSES,
            read_only=True,
            security_opt=["no-new-privileges"],
            tmpfs=TEMPORARY,
        )

    def _exec(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
    ) -> Ended:
        api = self.engine.client.api
        running = api.exec_create(
            self._id, list(command), environment=dict(variables), workdir=str(folder)
        )["Id"]
        late = threading.Event()
        timer = threading.Timer(seconds, self._end, (late,))
        timer.daemon = True
        streams = Streams()
        timer.start()
        try:
            stream = api.exec_start(running, stream=True, demux=True)
            for output, tail in stream:
                streams.take("output", output or b"")
                streams.take("tail", tail or b"")
            stream._response.close()  # noqa: SLF001 - its own close() leaves a socket
        finally:
            timer.cancel()
            timer.join()  # or it might remove the container of the next command
        said = streams.tail.decode(errors="replace")
        if late.is_set():
            output = bytes(streams.output)
            return Ended(-signal.SIGKILL, timed_out=True, output=output, tail=said)
        return self._ended(self._status(running), streams, said)

    def _end(self, late: threading.Event) -> None:
        late.set()
        self.stop()

    def _status(self, running: str) -> int | None:
        """Return the exit status, as soon as the engine knows it."""
        deadline = time.monotonic() + SETTLING
        while time.monotonic() < deadline:
            status = self.engine.client.api.exec_inspect(running)["ExitCode"]
            if status is not None:
                return int(status)
            time.sleep(PAUSE)
        return None

    def _ended(self, status: int | None, streams: Streams, said: str) -> Ended:
        if status in {None, BY_SIGNAL + signal.SIGKILL} and self._dies():
            raise self._lost()
        if status is None:
            self.stop()
            raise LostError("the engine does not say how a process ended")
        if status in {126, 127}:
            words = _not_started(streams, said)
            if "exec format error" in words:
                raise InputError(self.container.name, self._unusable(words))
            if self._dies():  # the container's first process did, before the command
                raise self._lost()
            if words:
                return Ended(None, timed_out=False, output=b"", tail=words)
        if BY_SIGNAL < status < BY_SIGNAL + signal.NSIG:
            status = BY_SIGNAL - status
        return Ended(status, timed_out=False, output=bytes(streams.output), tail=said)

    def _dies(self) -> bool:
        """Return whether the container has ended, or does so in a moment."""
        deadline = time.monotonic() + DYING
        while self._alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True

    def _alive(self) -> bool:
        try:
            state = self.engine.client.api.inspect_container(self._id)["State"]
        except docker.errors.NotFound:
            return False
        return bool(state["Running"])

    def _lost(self, error: Exception | None = None) -> Exception:
        """Remove the container and return why it is lost, in the same words each time.

        An engine's own words name the container, which is another one in each run.
        """
        reason = f"the engine failed: {type(error).__name__}"
        said = b""
        with contextlib.suppress(*TROUBLE):
            if not self._alive():
                reason = "the container was ended from outside"
                said = self.engine.client.api.logs(self._id)
        self.stop()
        words = Ended(
            1, timed_out=False, output=b"", tail=said.decode("utf-8", "replace")
        )
        if words.words:
            return InputError(self.container.name, self._unusable(words.words))
        return LostError(reason)

    def _unusable(self, words: str) -> str:
        """Say that what is in the image cannot be run here."""
        reason = f"its Python does not start: {fit_for_report(words)}"
        broken = self.emulated or "exec format error" in words
        return f"{reason}; {DOCTOR}" if broken else reason

    def _blame_emulator(self, ended: Ended) -> None:
        if not self.emulated:
            return
        if ended.timed_out or any(words in ended.tail for words in QEMU_DIED):
            raise LostError(f"under emulation, a process {ended.crash or 'crashed'}")
        if ended.status is not None and ended.status < 0:
            raise LostError(f"under emulation, a process {ended.crash}")


@contextlib.contextmanager
def started(container: RunningContainer) -> Iterator[RunningContainer]:
    """Start a container and remove it at the end, come what may."""
    try:
        container.start()
        yield container
    finally:
        container.stop()


def _not_started(streams: Streams, said: str) -> str:
    """Return an engine's words about a program that it could not start."""
    words = f"{said} {streams.output.decode(errors='replace')}".strip()
    _, found, reason = words.partition("exec failed: ")
    return reason.rpartition(": unknown")[0] or reason if found else ""
