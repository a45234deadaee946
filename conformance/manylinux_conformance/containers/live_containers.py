"""Live containers: those of this run, and those that a killed run left behind."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path

import docker.errors

from manylinux_conformance.images.engine import LABEL, TROUBLE, Engine


@dataclass(slots=True)
class LiveContainers:
    """The containers of a run; after ``end`` none is left and none is started."""

    ended: bool = False
    _live: dict[str, Engine] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, engine: Engine, container: str) -> None:
        """Take note of a container that was created."""
        with self._lock:
            self._live[container] = engine
        if self.ended:
            self.remove(container)

    def remove(self, container: str) -> None:
        """Remove a container, whatever runs in it; ``end`` tries again what fails."""
        with self._lock:
            engine = self._live.get(container)
        if engine is not None and _remove(engine, container):
            with self._lock:
                self._live.pop(container, None)

    def end(self) -> None:
        """Remove all; what runs in them ends as if it had been killed."""
        self.ended = True
        with self._lock:
            left = list(self._live)
        for container in left:
            self.remove(container)


def owner() -> str:
    """Return the label by which a container tells whose it is.

    It names the machine, its start, the process and that one's start.
    """
    process = str(os.getpid())
    return ":".join((socket.gethostname(), _boot(), process, _begun(process)))


def remove_orphans(engine: Engine) -> None:
    """Remove the containers of runs of this machine that are not alive any more."""
    with contextlib.suppress(*TROUBLE):
        for each in engine.client.api.containers(all=True, filters={"label": LABEL}):
            if _is_orphan(each["Labels"][LABEL], running=each["State"] == "running"):
                _remove(engine, each["Id"])


def _is_orphan(label: str, *, running: bool) -> bool:
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


def _remove(engine: Engine, container: str) -> bool:
    """Remove a container; return whether it is gone."""
    try:
        engine.client.api.remove_container(container, force=True, v=True)
    except docker.errors.NotFound:
        return True
    except TROUBLE:
        return False
    return True
