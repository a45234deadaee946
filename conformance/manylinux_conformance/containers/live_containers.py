"""Live containers: those of this run, and those that a killed run left behind."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from dataclasses import dataclass, field

from manylinux_conformance.containers.engine import LABEL, TROUBLE, Engine


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
        """Remove a container, whatever runs in it."""
        with self._lock:
            engine = self._live.pop(container, None)
        if engine is not None:
            _remove(engine, container)

    def end(self) -> None:
        """Remove all; what runs in them ends as if it had been killed."""
        self.ended = True
        for container in list(self._live):
            self.remove(container)


def owner() -> str:
    """Return the label by which a container tells whose it is: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def remove_orphans(engine: Engine) -> None:
    """Remove the containers of runs of this machine that are not alive any more."""
    with contextlib.suppress(*TROUBLE):
        for each in engine.client.api.containers(all=True, filters={"label": LABEL}):
            machine, _, process = each["Labels"][LABEL].rpartition(":")
            if machine == socket.gethostname() and not _is_alive(process):
                _remove(engine, each["Id"])


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


def _remove(engine: Engine, container: str) -> None:
    with contextlib.suppress(*TROUBLE):
        engine.client.api.remove_container(container, force=True, v=True)
