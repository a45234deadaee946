"""A running container: where a tool runs on a platform, with no way out of it."""

from __future__ import annotations

import contextlib
import functools
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import docker.errors

from manylinux_conformance.containers.command import FEED, WAIT, Command
from manylinux_conformance.containers.file_transfer import TransferError
from manylinux_conformance.containers.files import (
    ContainerFiles,
    CopiedFiles,
    SharedFiles,
    container_user,
)
from manylinux_conformance.containers.live_containers import LiveContainers
from manylinux_conformance.containers.timing import Timings
from manylinux_conformance.errors import (
    EngineError,
    LostContainerError,
    MissingPythonError,
    SuiteError,
    UnusableImageError,
)
from manylinux_conformance.images.engines.container_owner import owner
from manylinux_conformance.images.engines.engine import (
    LABEL,
    TROUBLE,
    Engine,
    translated,
)
from manylinux_conformance.images.engines.interruption import Interrupted
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.sandbox import simple_index
from manylinux_conformance.sandbox.process import (
    ProcessResult,
    Streams,
    blame_disk,
    fit_for_report,
    last_error,
)
from manylinux_conformance.sandbox.simple_index import Served

MEMORY = "1g"  # with no swap on top; the largest tool needs a third, emulated
PROCESSES = 256
INDEX_PORT = 8080  # of the container's own loopback interface
TEMPORARY = {"/tmp": "size=64m"}  # noqa: S108 - the container's own
SLOWER = 5  # how much longer an emulated program may take
BY_SIGNAL = 128  # an engine adds the number of the signal to it
EXIT_STATUS_TIMEOUT = 5  # seconds for the engine to notice that a program has ended
CONTAINER_END_TIMEOUT = 0.5  # seconds from a program's end to its container's, at most
PAUSE = 0.01  # seconds between two looks
DOCTOR = "manylinux-conformance platforms doctor"
# QEMU's own last words; see linux-user/signal.c.
QEMU_DIED = ("qemu: uncaught target signal", "qemu: unhandled")


@dataclass
class RunningContainer:
    """A container and the commands in it.

    ``readable`` are folders that it may read, ``writable`` the one that it may change;
    each has the same path inside.  ``shared``: its engine can mount them.
    ``entrypoint`` is put before every command.
    ``python`` is the interpreter by which it was started, empty before.
    """

    engine: Engine
    container: Container
    readable: Sequence[Path]
    writable: Path
    emulated: bool
    timings: Timings
    live: LiveContainers
    shared: bool = True
    entrypoint: Sequence[str] = ()
    python: str = field(default="", init=False)
    _id: str = field(default="", init=False)
    _used: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @functools.cached_property
    def files(self) -> ContainerFiles:
        """The files of this machine that its programs use."""
        if self.shared:
            return SharedFiles(self.readable, self.writable)
        return CopiedFiles(self.engine, self.readable, self.writable)

    def start(self) -> None:
        """Start the container with the first of its interpreters that exists.

        Raises MissingPythonError if its image has none, EngineError if the engine
        refuses, and Interrupted after the end of the run.
        """
        refused: EngineError | None = None
        for python in self.container.release.interpreters:
            with self.timings.on("start-up"):
                try:
                    self._start(python)
                except EngineError as error:
                    self.stop()
                    refused = error
                else:
                    self.python = python
                    return
        if refused is None:
            reason = "its catalogue entry names no interpreter"
            raise UnusableImageError(self.container.name, reason)
        if "no such file" in refused.reason:
            tried = ", ".join(self.container.release.interpreters)
            reason = f"the image has no Python at {tried}"
            raise MissingPythonError(self.container.name, reason)
        raise refused

    def stop(self) -> None:
        """Remove the container, whatever runs in it."""
        with self._lock:
            self._count("tool")
            gone, self._id = self._id, ""
        if gone:
            self.live.remove(gone)

    @contextlib.contextmanager
    def serve(self, links: Path) -> Iterator[Served]:
        """Have a command serve wheels to itself: nobody else can reach a container."""
        command = (self.python, simple_index.__file__, str(links), str(INDEX_PORT))
        yield Served(f"http://127.0.0.1:{INDEX_PORT}/simple/", command)

    def run(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        variables: Mapping[str, str],
        seconds: float,
        questions: bytes = b"",
    ) -> ProcessResult:
        """Run a command of a tool, as ``process.run`` does on this machine.

        Raises what ``run_counted`` raises.
        """
        tool = Command(command, folder, variables, seconds, questions)
        return self.run_counted(tool, "tool")

    def run_counted(self, command: Command, work: str) -> ProcessResult:
        """Run a command; its time is counted as that kind of work.

        At its time limit the container is removed; the next run starts a new one.
        Raises LostContainerError if the container or the emulator broke,
        UnusableImageError if nothing can be run, and what start and blame_disk raise.
        """
        if not self._id:
            self.start()
        folder = command.folder.parent
        arguments = [*self.entrypoint, *command.arguments]
        if command.standard_input:
            file = command.folder / ".questions"
            file.write_bytes(command.standard_input)
            arguments = [self.python, "-S", "-c", FEED, str(file), *arguments]
        try:
            self._transfer(self.files.send, folder)
            if work != "tool" or not self._used:  # what came before, or the start
                self._count("tool" if self._used else "start-up")
            with self.timings.on(work):
                ended = self._exec(replace(command, arguments=arguments))
            if work != "tool":
                self._count(work)
            if not ended.timed_out:
                self._transfer(self.files.fetch, folder)
                self._end_what_is_left()
        except (*TROUBLE, OSError) as error:
            raise self._lost(error) from error
        blame_disk(command.folder, ended.stderr_tail)
        self._blame_emulator(ended)
        return ended

    def _transfer(self, how: Callable[[str, Path], None], folder: Path) -> None:
        try:
            how(self._id, folder)
        except TROUBLE:
            raise
        except (TransferError, OSError) as error:
            raise self._gone(f"its files cannot be transferred: {error}") from error

    def _end_what_is_left(self) -> None:
        """Remove the container if a command left processes behind in it.

        An engine whose machine has no ``ps`` cannot tell; then they stay until the end.
        """
        with contextlib.suppress(*TROUBLE):
            if len(self.engine.client.api.top(self._id)["Processes"] or ()) > 1:
                self.stop()

    def _count(self, work: str) -> None:
        """Count the processor time since the last look as some kind of work."""
        if self._id:
            used = self.engine.processor_seconds(self._id)
            self.timings.spend(work, used - self._used)
            self._used = max(used, self._used)

    def _limit(self, seconds: float) -> float:
        return seconds * SLOWER if self.emulated else seconds

    def _start(self, python: str) -> None:
        if self.live.ended:
            raise Interrupted
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
            self._used = 0.0
            api.start(self._id)

    def _confinement(self) -> object:
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

    def _exec(self, command: Command) -> ProcessResult:
        api = self.engine.client.api
        running = api.exec_create(
            self._id,
            list(command.arguments),
            environment=dict(command.variables),
            workdir=str(command.folder),
        )["Id"]
        late = threading.Event()
        timer = threading.Timer(self._limit(command.seconds), self._end, (late,))
        timer.daemon = True
        streams = Streams()
        timer.start()
        try:
            stream = api.exec_start(running, stream=True, demux=True)
            with contextlib.closing(stream._response):  # noqa: SLF001 - the stream's own close() leaves a socket
                for output, errors in stream:
                    streams.take("output", output or b"")
                    streams.take("stderr_tail", errors or b"")
        finally:
            timer.cancel()
            timer.join()  # or it might remove the container of the next command
        said = streams.stderr_tail.decode(errors="replace")
        if late.is_set():
            killed, output = -signal.SIGKILL, bytes(streams.output)
            return ProcessResult(
                killed, timed_out=True, output=output, stderr_tail=said
            )
        return self._ended(self._status(running), streams, said)

    def _end(self, late: threading.Event) -> None:
        late.set()
        self.stop()

    def _status(self, running: str) -> int | None:
        """Return the exit status, as soon as the engine knows it."""
        deadline = time.monotonic() + EXIT_STATUS_TIMEOUT
        while time.monotonic() < deadline:
            status = self.engine.client.api.exec_inspect(running)["ExitCode"]
            if status is not None:
                return int(status)
            time.sleep(PAUSE)
        return None

    def _ended(self, status: int | None, streams: Streams, said: str) -> ProcessResult:
        if status in {None, BY_SIGNAL + signal.SIGKILL} and self._dies():
            raise self._lost()
        if status is None:
            self.stop()
            raise self._gone("the engine does not say how a process ended")
        if status in {126, 127}:
            words = _not_started(streams, said)
            if "exec format error" in words:
                raise self._cannot_start(words)
            if self._dies():  # the container's first process did, before the command
                raise self._lost()
            if words:
                return ProcessResult(
                    None, timed_out=False, output=b"", stderr_tail=words
                )
        if BY_SIGNAL < status < BY_SIGNAL + signal.NSIG:
            status = BY_SIGNAL - status
        return ProcessResult(
            status, timed_out=False, output=bytes(streams.output), stderr_tail=said
        )

    def _dies(self) -> bool:
        """Return whether the container has ended, or does so in a moment."""
        deadline = time.monotonic() + CONTAINER_END_TIMEOUT
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

    def _lost(self, error: Exception | None = None) -> SuiteError:
        """Remove the container and return why it is lost, in the same words each time.

        An engine's own words name the container, which is another one in each run.
        """
        reason = f"the engine failed: {type(error).__name__}"
        logs = b""
        with contextlib.suppress(*TROUBLE):
            if not self._alive():
                reason = "the container was ended from outside"
                logs = self.engine.client.api.logs(self._id)
        self.stop()
        said = last_error(logs.decode(errors="replace"))
        return self._cannot_start(said) if said else self._gone(reason)

    def _gone(self, reason: str) -> LostContainerError:
        return LostContainerError(self.container.name, reason)

    def _cannot_start(self, said: str) -> UnusableImageError:
        """Return that what is in the image cannot be run here."""
        remedy = DOCTOR if self.emulated or "exec format error" in said else ""
        reason = f"its Python does not start: {fit_for_report(said)}"
        return UnusableImageError(self.container.name, reason, remedy)

    def _blame_emulator(self, ended: ProcessResult) -> None:
        if not self.emulated:
            return
        if ended.timed_out or any(words in ended.stderr_tail for words in QEMU_DIED):
            raise self._gone(f"under emulation, a process {ended.failure or 'crashed'}")
        if ended.status is not None and ended.status < 0:
            raise self._gone(f"under emulation, a process {ended.failure}")


@contextlib.contextmanager
def started(container: RunningContainer) -> Iterator[RunningContainer]:
    """Start a container and remove it at the end, come what may."""
    try:
        container.start()
        yield container
    finally:
        container.stop()


def _not_started(streams: Streams, said: str) -> str:
    """Return an engine's words about a program that it could not start.

    A busy engine sometimes closes the stream before it has said them.
    """
    words = f"{said} {streams.output.decode(errors='replace')}".strip()
    if not words:
        return "the engine does not say why"
    _, found, reason = words.partition("exec failed: ")
    return reason.rpartition(": unknown")[0] or reason if found else ""
